import Machine
import TestSupport
import Testing

@testable import Qwen

/// A NaN or an infinity among the weights is an error with its place, in every precision.
@Suite struct NotFiniteTests {
    /// Random weights, one of which is no number.
    private struct BrokenSource: TensorSource {
        let source: RandomTensorSource
        let broken: TensorRole
        let row: Int
        let number: Float

        func readRow(
            _ tensor: TensorRole, row: Int, into values: UnsafeMutableBufferPointer<Float>
        ) {
            source.readRow(tensor, row: row, into: values)
            if tensor == broken, row == self.row { values[5] = number }
        }
    }

    @Test(
        arguments: [
            TensorRole.tokenEmbedding, .outputHead, .attentionOutput(layer: 1), .down(layer: 0),
            .key(layer: 1), .up(layer: 0),
        ], Precision.allCases)
    func amongWeightsItIsNamed(_ role: TensorRole, _ precision: Precision) throws {
        let model = try ReferenceFixture.load("llama-biased").model
        for number in [Float.nan, .infinity, -.infinity] {
            let source = BrokenSource(
                source: RandomTensorSource(model, seed: 1), broken: role, row: 7, number: number)
            #expect(
                throws: QwenError.weightsNotFinite(tensor: "\(role.name), row 7", column: 5)
            ) {
                try Generation(model, source: source, precision: precision, threads: 2)
            }
        }
    }

    @Test(arguments: [
        ("llama-biased", TensorRole.finalNorm), ("llama-biased", .attentionNorm(layer: 1)),
        ("llama-biased", .queryBias(layer: 0)), ("llama-biased", .downBias(layer: 1)),
        ("llama-biased", .gateBias(layer: 0)), ("qwen3-tied", .queryNorm(layer: 2)),
        ("qwen3-tied", .keyNorm(layer: 0)),
    ])
    func inVectorsToo(_ fixture: String, _ role: TensorRole) throws {
        let model = try ReferenceFixture.load(fixture).model
        let source = BrokenSource(
            source: RandomTensorSource(model, seed: 1), broken: role, row: 0, number: .nan)
        let expected = QwenError.weightsNotFinite(tensor: "\(role.name), row 0", column: 5)
        #expect(throws: expected) { try Generation(model, source: source, precision: .int8) }
        let directory = TemporaryDirectory()
        let packed = PackedModelWriter(model, precision: .int4, origin: "test")
        #expect(throws: expected) {
            try packed.write(
                source, to: directory.path("packed"),
                on: Generation.pool(threads: 1, Topology.read()))
        }
        let writer = try HuggingFaceWriter(
            model, type: .bf16, shardByteCount: 1 << 30, files: ModelFiles(model))
        #expect(throws: expected) { try writer.write(source, to: directory.path("model")) }
        #expect(directory.entries.isEmpty)
    }

    /// The rows of rotated matrices are those of the file, not ours.
    @Test func aFilesOwnRowIsNamed() throws {
        let model = try ReferenceFixture.load("llama-gqa").model
        let broken = BrokenSource(
            source: RandomTensorSource(model, seed: 1), broken: .query(layer: 0), row: 3,
            number: .nan)
        let file = try GGUFModel.reading(GGUFWriter(model, broken).bytes())
        // Row 3 of the first half of a head of 10 is the file's row 6.
        #expect(
            throws: QwenError.weightsNotFinite(tensor: "blk.0.attn_q.weight, row 6", column: 5)
        ) {
            try Generation(file.configuration, source: file)
        }
        let directory = try ModelDirectory(model, broken).load()
        #expect(
            throws: QwenError.weightsNotFinite(
                tensor: "model.layers.0.self_attn.q_proj.weight, row 3", column: 5)
        ) {
            try Generation(directory.configuration, source: directory)
        }
    }

    /// What int4 fits groups by would overflow, and make zeros of them.
    @Test func weightsThatInt4CannotHoldAreNamed() throws {
        let model = try ReferenceFixture.load("llama-gqa").model
        let source = BrokenSource(
            source: RandomTensorSource(model, seed: 1), broken: .up(layer: 0), row: 7, number: 1e22)
        #expect(
            throws: QwenError.weightTooLarge(tensor: "blk.0.ffn_up.weight, row 7", column: 5)
        ) {
            try Generation(model, source: source, precision: .int4)
        }
        #expect(throws: Never.self) { try Generation(model, source: source, precision: .int8) }
    }

    /// Weights that are numbers, and overflow on their way to the logits.
    @Test func logitsThatAreNoneEndARun() throws {
        let model = try ReferenceFixture.load("llama-gqa").model
        let source = BrokenSource(
            source: RandomTensorSource(model, seed: 1), broken: .feedForwardNorm(layer: 2),
            row: 0, number: .greatestFiniteMagnitude)
        let generation = try Generation(model, source: source)
        let session = try Session(
            model: generation.model, batch: 1, capacity: 32, availableBytes: nil)
        var perplexity = Perplexity(context: 16)
        #expect(throws: QwenError.logitsNotFinite(position: 8)) {
            try perplexity.score([(0..<16).map { Int32($0 * 7 % 100) }], with: session)
        }
        #expect(perplexity.tokenCount == 0)
        #expect(throws: QwenError.logitsNotFinite(position: 8)) { try session.greedyToken(0) }
    }
}
