#if canImport(Glibc)
internal import Glibc
#endif

/// The log-probability of a token among all that could have stood there.
package struct LogProbability: Sendable, Equatable {
    package let token: Int32
    /// ln p, at most 0.
    package let value: Float

    package init(token: Int32, value: Float) {
        self.token = token
        self.value = value
    }
}

/// ln softmax of logits: ln p(token) = logit − ln Σ exp(logit), summed in double.
package struct LogSoftmax {
    private let logits: UnsafeBufferPointer<Float>
    private let largest: Float
    private let logSum: Double

    /// - Parameters:
    ///   - logits: (vocabulary) f32, which stay where and as they are while this is used.
    ///   - position: of the token that they come after, for the message of an error.
    /// - Throws: `QwenError.logitsNotFinite` when a logit is no number.
    package init(
        _ logits: UnsafeBufferPointer<Float>, position: Int? = nil
    ) throws(QwenError) {
        guard logits.firstNotFinite == nil else { throw .logitsNotFinite(position: position) }
        self.logits = logits
        var largest = -Float.infinity
        for logit in logits where logit > largest { largest = logit }
        var sum = 0.0
        for logit in logits { sum += Double(expf(logit - largest)) }
        self.largest = largest
        logSum = log(sum)
    }

    /// ln p of a token.
    package subscript(token: Int) -> Double { Double(logits[token] - largest) - logSum }

    /// Appends the most probable tokens, most probable first, lower ids first among equals.
    ///
    /// Allocates nothing where `list` has room for them.
    ///
    /// - Parameter count: how many, or all that there are.
    /// - Complexity: O(vocabulary · count) at worst, O(vocabulary) where few of them are in ascending
    ///   order.
    package func appendMostProbable(_ count: Int, to list: inout [LogProbability]) {
        let first = list.count
        guard count > 0 else { return }
        for token in logits.indices {
            let isFull = list.count == first + count
            if isFull, logits[token] <= logits[Int(list[list.count - 1].token)] { continue }
            if isFull { list.removeLast() }
            var place = list.count
            while place > first, logits[Int(list[place - 1].token)] < logits[token] { place -= 1 }
            list.insert(
                LogProbability(token: Int32(token), value: Float(self[token])), at: place)
        }
    }
}
