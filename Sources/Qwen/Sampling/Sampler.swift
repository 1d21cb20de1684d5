internal import Basics

#if canImport(Glibc)
internal import Glibc
#endif

/// Chooses one token after another: biases, penalties, temperature, top-k, top-p, min-p, then a draw,
/// in the order of Hugging Face's `generate`; the penalties that it does not have stand behind the
/// one that it has, as in vLLM.
///
/// After `init` it allocates nothing.
package struct Sampler {
    private let options: SamplingOptions
    private let vocabularySize: Int
    private var generator: SplitMix64
    /// (vocabulary) of prompt or answer; empty where that does not matter.
    private var isSeen: [Bool]
    /// (vocabulary) how often each was chosen; empty where that does not matter.
    private var choices: [Int32]

    /// - Throws: `QwenError.invalidSampling`.
    package init(_ options: SamplingOptions, vocabularySize: Int) throws(QwenError) {
        try options.validate(vocabularySize: vocabularySize)
        self.options = options
        self.vocabularySize = vocabularySize
        generator = SplitMix64(seed: options.seed)
        isSeen = Array(
            repeating: false, count: options.repetitionPenalty == 1 ? 0 : vocabularySize)
        choices = Array(repeating: 0, count: options.countsChoices ? vocabularySize : 0)
    }

    /// Takes note of a token of the prompt, for the repetition penalty.
    package mutating func observe(_ token: Int) {
        if !isSeen.isEmpty { isSeen[token] = true }
    }

    /// Chooses a token and takes note of it.
    ///
    /// - Parameters:
    ///   - logits: (vocabulary) f32; overwritten.
    ///   - ranking: for as many tokens; what is in it is lost.
    ///   - excluded: tokens that are not chosen this time.
    ///   - position: of the token that they come after, for the message of an error.
    /// - Returns: the lowest id among equals where it is greedy.
    /// - Throws: `QwenError.logitsNotFinite` when a logit is no number.
    /// - Complexity: O(vocabulary), and O(log vocabulary) for each candidate of top-k or top-p.
    package mutating func next(
        _ logits: UnsafeMutableBufferPointer<Float>, ranking: inout TokenHeap,
        excluding excluded: [Int] = [], position: Int? = nil
    ) throws(QwenError) -> Int {
        precondition(logits.count == vocabularySize, "not the logits of this vocabulary")
        guard UnsafeBufferPointer(logits).firstNotFinite == nil else {
            throw .logitsNotFinite(position: position)
        }
        for bias in options.biases { logits[bias.token] += bias.value }
        penalise(logits)
        for token in options.suppressedTokens { logits[token] = -.infinity }
        for token in excluded { logits[token] = -.infinity }
        let best = Self.largest(logits)
        // Infinite where the penalty overflows, or where all are suppressed: no shares to draw by.
        let isCertain = options.temperature == 0 || !logits[best].isFinite
        let token = isCertain ? best : draw(logits, maximum: logits[best], &ranking)
        observe(token)
        if !choices.isEmpty { choices[token] += 1 }
        return token
    }

    private func penalise(_ logits: UnsafeMutableBufferPointer<Float>) {
        // Keskar et al., CTRL, 2019: positive logits are divided by the penalty, negative multiplied.
        for token in isSeen.indices where isSeen[token] {
            let logit = logits[token]
            logits[token] =
                logit > 0 ? logit / options.repetitionPenalty : logit * options.repetitionPenalty
        }
        // OpenAI's API reference: c(token) · frequency + (c(token) > 0) · presence.
        for token in choices.indices where choices[token] > 0 {
            logits[token] -= Float(choices[token]) * options.frequencyPenalty
            logits[token] -= options.presencePenalty
        }
    }

    private static func largest(_ logits: UnsafeMutableBufferPointer<Float>) -> Int {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        return best
    }

    private mutating func draw(
        _ logits: UnsafeMutableBufferPointer<Float>, maximum: Float, _ ranking: inout TokenHeap
    ) -> Int {
        // Probabilities up to a common factor: the largest is 1.
        for index in logits.indices {
            logits[index] = expf((logits[index] - maximum) / options.temperature)
        }
        // As many bits as f32 has: 0..<1.
        let share = Float(generator.next() >> 40) * 0x1p-24
        guard options.topK > 0 || options.topP < 1 else {
            for index in logits.indices where logits[index] < options.minP { logits[index] = 0 }
            return Self.pick(share, of: logits.count) { (token: $0, weight: logits[$0]) }
        }
        var count = rank(logits, &ranking)
        // In descending order, the first of them 1.
        while count > 1, ranking[count - 1].weight < options.minP { count -= 1 }
        return Self.pick(share, of: count) { ranking[$0] }
    }

    /// Ranks as many tokens as top-k and top-p take.
    ///
    /// top-p takes the fewest, most probable first, that reach the share `topP` of those that top-k
    /// leaves. The sums are f64, so that a hundred thousand small weights count for what they are;
    /// they are compared as f32, as which `topP` was given.
    ///
    /// - Returns: how many.
    private func rank(
        _ weights: UnsafeMutableBufferPointer<Float>, _ ranking: inout TokenHeap
    ) -> Int {
        ranking.fill(weights)
        var limit = weights.count
        var total = 0.0
        if options.topK > 0 {
            limit = min(limit, options.topK)
            for _ in 0..<limit { total += Double(ranking.take()) }
        } else {
            for weight in weights { total += Double(weight) }
        }
        guard options.topP < 1 else { return limit }
        let wanted = options.topP * Float(total)
        var sum = 0.0
        for index in 0..<limit {
            sum += Double(index < ranking.takenCount ? ranking[index].weight : ranking.take())
            if Float(sum) >= wanted { return index + 1 }
        }
        return limit
    }

    /// The candidate in which the share ends of the sum of their weights, taken in their order.
    ///
    /// - Parameter share: 0..<1.
    private static func pick(
        _ share: Float, of count: Int, _ candidate: (Int) -> (token: Int, weight: Float)
    ) -> Int {
        var total: Float = 0
        for index in 0..<count { total += candidate(index).weight }
        var rest = share * total
        for index in 0..<count {
            let (token, weight) = candidate(index)
            rest -= weight
            if rest < 0 { return token }
        }
        // Rounding can leave a little; the last candidate that is possible takes it.
        let last = (0..<count).last { candidate($0).weight > 0 }
        return candidate(last ?? 0).token
    }
}
