#if canImport(Glibc)
internal import Glibc
#endif

/// How well a model foretells a text, by the method of llama.cpp's `perplexity` tool.
///
/// The text is cut into windows of `context` tokens. The first half of each is context only; every
/// later token but the first of the second half is scored by the probability that the tokens
/// before it in the window give it. Perplexity is exp(−mean log probability).
package struct Perplexity: Codable, Sendable {
    package let context: Int
    /// Σ −ln p over the scored tokens.
    package private(set) var negativeLogLikelihood = 0.0
    /// Σ (ln p)², for the error of the mean.
    private var squares = 0.0
    package private(set) var tokenCount = 0

    package init(context: Int) {
        precondition(context >= 4, "half a window must have tokens to score")
        self.context = context
    }

    /// exp of the mean; nil before anything was scored.
    package var value: Double? {
        tokenCount == 0 ? nil : exp(negativeLogLikelihood / Double(tokenCount))
    }

    /// One standard error of `value`, from the spread of the tokens' log probabilities; nil for
    /// fewer than two.
    package var standardError: Double? {
        guard tokenCount > 1, let value else { return nil }
        let count = Double(tokenCount)
        let mean = negativeLogLikelihood / count
        let variance = max(0, squares / count - mean * mean)
        return value * (variance / (count - 1)).squareRoot()
    }

    /// Scores as many windows as the session has sequences, all in lock-step.
    ///
    /// - Parameters:
    ///   - windows: one for each sequence, `context` tokens each.
    ///   - session: with room for `context` positions.
    /// - Throws: `QwenError.logitsNotFinite`, `.tokenWithoutRow`.
    package mutating func score(
        _ windows: [[Int32]], with session: Session
    ) throws(QwenError) {
        precondition(windows.count == session.batch, "one window for each sequence")
        precondition(windows.allSatisfy { $0.count == context }, "windows of another length")
        for window in windows { try session.model.whole.checkRows(of: window) }
        let first = context / 2
        session.start(promptLengths: windows.map { _ in first + 1 })
        Array(windows.map { $0[...first] }.joined()).withUnsafeBufferPointer {
            session.stagePrompts($0)
        }
        for position in first..<context - 1 {
            session.forward()
            let next = windows.map { $0[position + 1] }
            for (sequence, token) in next.enumerated() {
                let softmax = try LogSoftmax(
                    UnsafeBufferPointer(session.logits(sequence)), position: position)
                let logProbability = softmax[Int(token)]
                negativeLogLikelihood -= logProbability
                squares += logProbability * logProbability
                tokenCount += 1
            }
            if position + 2 < context {
                next.withUnsafeBufferPointer { session.stageTokens($0) }
            }
        }
    }
}
