import Basics
import Glibc
import Testing

@testable import Qwen

/// Draws against the definition written down plainly: all tokens sorted, then cut.
@Suite struct SamplerReferenceTests {
    private static let vocabulary = 500

    /// What the sampler must choose, with a sort of the whole vocabulary.
    private static func reference(
        _ logits: [Float], _ options: SamplingOptions, share: Float, prompt: [Int] = [],
        chosen: [Int] = []
    ) -> Int {
        var logits = logits
        for bias in options.biases { logits[bias.token] += bias.value }
        for token in Set(prompt + chosen) {
            logits[token] *=
                logits[token] > 0 ? 1 / options.repetitionPenalty : options.repetitionPenalty
        }
        for token in Set(chosen) {
            logits[token] -=
                Float(chosen.count { $0 == token }) * options.frequencyPenalty
                + options.presencePenalty
        }
        for token in options.suppressedTokens { logits[token] = -.infinity }
        let maximum = logits.max() ?? 0
        let weights = logits.map { expf(($0 - maximum) / options.temperature) }
        var candidates = Array(weights.indices)
        if options.topK > 0 || options.topP < 1 {
            candidates.sort { (weights[$0], $1) > (weights[$1], $0) }
        }
        if options.topK > 0 { candidates = Array(candidates.prefix(options.topK)) }
        if options.topP < 1 {
            let total = candidates.reduce(0.0) { $0 + Double(weights[$1]) }
            var sum = 0.0
            let end = candidates.firstIndex { token in
                sum += Double(weights[token])
                return Float(sum) >= options.topP * Float(total)
            }
            if let end { candidates = Array(candidates[...end]) }
        }
        // All processors see what the one before leaves: min-p that which top-p does.
        candidates.removeAll { weights[$0] < options.minP * (weights.max() ?? 0) }
        var rest = share * candidates.reduce(Float(0)) { $0 + weights[$1] }
        for token in candidates {
            rest -= weights[token]
            if rest < 0 { return token }
        }
        return candidates.last { weights[$0] > 0 } ?? candidates[0]
    }

    /// 24 bits, the upper ones.
    private static func share(_ generator: inout SplitMix64) -> Float {
        Float(generator.next() >> 40) * 0x1p-24
    }

    enum Spread: CaseIterable {
        case random, fewValues, equal, ascending, descending, steep, underflowing

        func logits(_ seed: Int) -> [Float] {
            var generator = SplitMix64(seed: UInt64(seed))
            return (0..<vocabulary).map { token in
                let share = SamplerReferenceTests.share(&generator)
                return switch self {
                case .random: share * 12
                case .fewValues: (share * 3).rounded(.down)
                case .equal: 2
                case .ascending: Float(token) * 0.01
                case .descending: Float(token) * -0.01
                case .steep: token == 78 ? 20 : share
                // Most weights are 0, and ties.
                case .underflowing: share * 3000
                }
            }
        }
    }

    @Test(arguments: Spread.allCases, [0, 1, 2, 40, 499, 500, 600])
    func drawsAreThoseOfASortedVocabulary(_ spread: Spread, topK: Int) throws {
        for topP: Float in [1e-6, 0.1, 0.5, 0.9, 0.999, 1] {
            var options = SamplingOptions()
            options.temperature = 0.8
            options.topK = topK
            options.topP = topP
            options.seed = 11
            options.suppressedTokens = [0, 77, 301]
            var sampler = try Sampler(options, vocabularySize: Self.vocabulary)
            var generator = SplitMix64(seed: options.seed)
            for draw in 0..<20 {
                let logits = spread.logits(draw)
                #expect(
                    try sampler.next(logits)
                        == Self.reference(logits, options, share: Self.share(&generator)),
                    "top-p \(topP), draw \(draw)")
            }
        }
    }

    /// Powers of two, so that no rounding depends on how the formula is written.
    @Test(arguments: Spread.allCases, [0, 40])
    func allOptionsTogetherActInTheirOrder(_ spread: Spread, topK: Int) throws {
        for (topP, minP) in [(Float(0.9), Float(0)), (0.9, 0.1), (1, 0), (1, 0.1), (1, 0.5)] {
            var options = SamplingOptions()
            options.biases = [.init(token: 3, value: 4), .init(token: 78, value: -8)]
            options.repetitionPenalty = 2
            options.frequencyPenalty = 0.5
            options.presencePenalty = 0.25
            options.suppressedTokens = [0, 301]
            options.temperature = 0.5
            options.topK = topK
            options.topP = topP
            options.minP = minP
            options.seed = 12
            let prompt = Array(stride(from: 0, to: Self.vocabulary, by: 3))
            var sampler = try Sampler(options, vocabularySize: Self.vocabulary)
            for token in prompt { sampler.observe(token) }
            var generator = SplitMix64(seed: options.seed)
            var chosen: [Int] = []
            for draw in 0..<20 {
                // The same logits, so that what was chosen meets its penalties.
                let logits = spread.logits(draw % 2)
                let token = try sampler.next(logits)
                #expect(
                    token
                        == Self.reference(
                            logits, options, share: Self.share(&generator), prompt: prompt,
                            chosen: chosen),
                    "top-p \(topP), min-p \(minP), draw \(draw)")
                chosen.append(token)
            }
        }
    }
}
