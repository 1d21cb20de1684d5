import Foundation
import Kernels
import Qwen
import Testing

/// What each precision costs on a trained model, measured against f32.
@Suite(
    .enabled(
        if: TrainedModel.isThere,
        "SmolLM2 is missing; scripts/fetch-models brings it"))
struct PrecisionTests {
    static let text = """
        The town lay in a bend of the river, and in winter the fog stayed between its houses until \
        noon. People said that the clock on the tower had been late for forty years, always by the \
        same seven minutes, and that nobody who was born there could be on time anywhere else. In \
        1931 a watchmaker from the coast came to repair it. He opened the case, looked at the \
        wheels for a whole day, closed it again and rented a room across the square.
        """

    /// Mean Kullback–Leibler divergence from f32, in nats a token, and what it may be: twice what
    /// was measured when the formats were chosen.
    static let limits: [(Precision, CachePrecision, Double)] = [
        (.bf16, .bf16, 0.002), (.int8, .bf16, 0.03), (.int4, .bf16, 0.12),
        (.f32, .bf16, 0.001), (.f32, .int8, 0.002), (.bf16, .int8, 0.003), (.int8, .int8, 0.03),
    ]

    @Test(arguments: limits)
    func logitsStayCloseToThoseOfF32(
        _ precision: Precision, _ cache: CachePrecision, _ limit: Double
    ) throws {
        let gguf = try GGUFModel(path: TrainedModel.path)
        let tokens = try Tokenizer(gguf.file).encode(Self.text).map { Int32($0) }
        func logits(_ precision: Precision, _ cache: CachePrecision) throws -> [[Float]] {
            try Generation(
                gguf.configuration, source: gguf, precision: precision, cache: cache, threads: 2
            ).run([Array(tokens[..<8])], count: tokens.count - 8, forced: [Array(tokens[8...])])[0]
            .map(\.logits)
        }
        let reference = try logits(.f32, .f32)
        let other = try logits(precision, cache)
        let divergences = zip(reference, other).map(Self.divergence)
        let mean = divergences.reduce(0, +) / Double(divergences.count)
        #expect(mean <= limit, "\(precision), cache \(cache): \(mean)")
        #expect(mean > 0)
    }

    /// Σ p ln(p / q) for p = softmax(reference), q = softmax(other).
    private static func divergence(_ reference: [Float], _ other: [Float]) -> Double {
        let p = logProbabilities(reference)
        let q = logProbabilities(other)
        return zip(p, q).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
    }

    private static func logProbabilities(_ logits: [Float]) -> [Double] {
        let largest = Double(logits.max() ?? 0)
        let sum = logits.reduce(0.0) { $0 + exp(Double($1) - largest) }
        return logits.map { Double($0) - largest - log(sum) }
    }
}
