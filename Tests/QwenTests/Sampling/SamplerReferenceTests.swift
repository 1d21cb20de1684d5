import Basics
import Glibc
import Testing

@testable import Qwen

/// Draws against the definition written down plainly: all tokens sorted, then cut.
@Suite struct SamplerReferenceTests {
    private static let vocabulary = 500

    /// What the sampler must choose, with a sort of the whole vocabulary.
    private static func reference(
        _ logits: [Float], _ options: SamplingOptions, share: Float
    ) -> Int {
        var logits = logits
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
                var given = logits
                let token = try given.withUnsafeMutableBufferPointer {
                    (buffer) throws(QwenError) -> Int in try sampler.next(buffer)
                }
                #expect(
                    token == Self.reference(logits, options, share: Self.share(&generator)),
                    "top-p \(topP), draw \(draw)")
            }
        }
    }
}
