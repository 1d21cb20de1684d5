#if canImport(Glibc)
internal import Glibc
#endif

/// Chooses one token after another: penalty, temperature, top-k, top-p, then a draw, in the order
/// of Hugging Face's `generate`.
///
/// After `init` it allocates nothing.
package struct Sampler {
    private let options: SamplingOptions
    private var generator: UniformGenerator
    /// Token ids, the candidates first.
    private var candidates: [Int32]
    private var isPenalised: [Bool]

    /// - Throws: `QwenError.invalidSampling`.
    package init(_ options: SamplingOptions, vocabularySize: Int) throws(QwenError) {
        try options.validate()
        self.options = options
        generator = UniformGenerator(seed: options.seed)
        candidates = (0..<Int32(vocabularySize)).map { $0 }
        isPenalised = Array(repeating: false, count: vocabularySize)
    }

    /// Takes note of a token of the prompt or of one that was chosen, for the repetition penalty.
    package mutating func observe(_ token: Int) {
        isPenalised[token] = true
    }

    /// Chooses a token and takes note of it.
    ///
    /// - Parameters:
    ///   - logits: (vocabulary) f32; overwritten.
    ///   - position: of the token that they come after, for the message of an error.
    /// - Returns: the lowest id among equals where it is greedy.
    /// - Throws: `QwenError.logitsNotFinite` when a logit is no number.
    /// - Complexity: O(vocabulary), and O(n log n) in the candidates of top-k or top-p.
    package mutating func next(
        _ logits: UnsafeMutableBufferPointer<Float>, position: Int? = nil
    ) throws(QwenError) -> Int {
        precondition(logits.count == candidates.count, "not the logits of this vocabulary")
        guard UnsafeBufferPointer(logits).firstNotFinite == nil else {
            throw .logitsNotFinite(position: position)
        }
        for token in options.suppressedTokens { logits[token] = -.infinity }
        penalise(logits)
        let best = Self.largest(logits)
        let token = options.temperature == 0 ? best : draw(logits, maximum: logits[best])
        observe(token)
        return token
    }

    /// Keskar et al., CTRL, 2019: positive logits are divided by the penalty, negative multiplied.
    private func penalise(_ logits: UnsafeMutableBufferPointer<Float>) {
        guard options.repetitionPenalty != 1 else { return }
        for token in logits.indices where isPenalised[token] {
            let logit = logits[token]
            logits[token] =
                logit > 0 ? logit / options.repetitionPenalty : logit * options.repetitionPenalty
        }
    }

    private static func largest(_ logits: UnsafeMutableBufferPointer<Float>) -> Int {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        return best
    }

    private mutating func draw(
        _ logits: UnsafeMutableBufferPointer<Float>, maximum: Float
    ) -> Int {
        let vocabulary = logits.count
        // Probabilities up to a common factor.
        for index in logits.indices {
            logits[index] = expf((logits[index] - maximum) / options.temperature)
        }
        var count = vocabulary
        if options.topK > 0 || options.topP < 1 {
            candidates.sort { (logits[Int($0)], $1) > (logits[Int($1)], $0) }
            if options.topK > 0 { count = min(count, options.topK) }
            if options.topP < 1 { count = nucleus(logits, within: count) }
        }
        var total: Float = 0
        for index in 0..<count { total += logits[Int(candidates[index])] }
        var rest = generator.next() * total
        for index in 0..<count {
            let token = Int(candidates[index])
            rest -= logits[token]
            if rest < 0 { return token }
        }
        // Rounding can leave a little; the last candidate that is possible takes it.
        let last = candidates[..<count].last { logits[Int($0)] > 0 }
        return Int(last ?? candidates[0])
    }

    /// How many of the sorted candidates it takes to reach the share `topP`.
    private func nucleus(_ logits: UnsafeMutableBufferPointer<Float>, within count: Int) -> Int {
        var total: Float = 0
        for index in 0..<count { total += logits[Int(candidates[index])] }
        var sum: Float = 0
        for index in 0..<count {
            sum += logits[Int(candidates[index])]
            if sum >= options.topP * total { return index + 1 }
        }
        return count
    }
}
