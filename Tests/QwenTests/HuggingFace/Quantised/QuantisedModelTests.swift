import TestSupport
import Testing

@testable import Qwen

/// Whole directories that GPTQ or AWQ quantised.
@Suite struct QuantisedModelTests {
    private static let model = ModelConfiguration(
        name: "tiny", architecture: .qwen2, hiddenSize: 128, layerCount: 2, headCount: 2,
        kvHeadCount: 1, headDimension: 64, intermediateSize: 256, vocabularySize: 32,
        maximumPositions: 64, rmsNormEpsilon: 1e-6, ropeTheta: 10000, tiesEmbeddings: true)

    private func matrix(_ shape: [Int], _ seed: Int) -> QuantisedMatrix {
        QuantisedMatrix(
            outputs: shape[0], inputs: shape[1], number: { ($0 * 11 + $1 * 5 + seed) / 3 % 16 },
            zero: { 7 + ($0 + $1) % 3 }, scale: { Float(1 + ($0 + $1 + seed) % 5) / 256 })
    }

    /// The directory, and the rows of each quantised tensor.
    private func directory(
        _ method: Quantisation.Method, _ description: String, stored: Int
    ) -> (ModelDirectory, [String: [[Float]]]) {
        var directory = ModelDirectory(Self.model, RandomTensorSource(Self.model, seed: 1))
        var rows: [String: [[Float]]] = [:]
        directory.tensors = directory.tensors.enumerated().flatMap { index, tensor in
            guard tensor.name.hasSuffix("_proj.weight") else { return [tensor] }
            let matrix = matrix(tensor.shape, index)
            rows[tensor.name] = matrix.rows
            return matrix.tensors(String(tensor.name.dropLast(7)), method, stored: stored)
        }
        let text = directory.configuration
        let open = text[..<(text.lastIndex(of: "}") ?? text.endIndex)]
        directory.configuration = #"\#(open), "quantization_config": {\#(description)}}"#
        return (directory, rows)
    }

    private func row(_ model: HuggingFaceModel, _ role: TensorRole, _ row: Int) -> [Float] {
        let count = role.shape(Self.model).columns
        return [Float](unsafeUninitializedCapacity: count) { values, initialized in
            model.readRow(
                role, row: row, into: UnsafeMutableBufferPointer(rebasing: values[..<count]))
            initialized = count
        }
    }

    @Test(arguments: [
        (Quantisation.Method.gptq, #""quant_method": "gptq", "bits": 4, "group_size": 128"#, 1),
        (
            .gptq,
            #""quant_method": "gptq", "bits": 4, "group_size": 128, "checkpoint_format": "gptq_v2""#,
            0
        ),
        (.awq, #""quant_method": "awq", "bits": 4, "group_size": 128, "version": "gemm""#, 0),
    ])
    func itsMatricesAreThoseOfTheFormula(
        _ method: Quantisation.Method, _ description: String, _ stored: Int
    ) throws {
        let (directory, rows) = directory(method, description, stored: stored)
        #expect(rows.count == 14)
        // What belongs together may lie in several files.
        for shards in [1, 3] {
            let model = try directory.load(shards: shards)
            #expect(model.isQuantised)
            for role in TensorRole.all(Self.model) {
                guard let right = rows[role.place(in: Self.model).name] else { continue }
                for index in right.indices { #expect(row(model, role, index) == right[index]) }
            }
            let embedding = RandomTensorSource(Self.model, seed: 1)
            var whole = [Float](repeating: 0, count: 128)
            whole.withUnsafeMutableBufferPointer {
                embedding.readRow(.tokenEmbedding, row: 5, into: $0)
            }
            #expect(row(model, .tokenEmbedding, 5) == whole)
        }
    }

    /// Multiples of a power of two below 2⁸ are exact in bf16.
    @Test func theLossIsThatOfThePrecision() throws {
        let (directory, _) = directory(
            .gptq, #""quant_method": "gptq", "bits": 4, "group_size": 128"#, stored: 1)
        let model = try directory.load()
        func loss(_ precision: Precision) -> PackingLoss? {
            PackingLoss(of: model, Self.model, precision: precision)
        }
        #expect(loss(.f32)?.largest == 0)
        #expect(loss(.f32)?.description.hasPrefix("by 0 % ") == true)
        let bf16 = try #require(loss(.bf16))
        // Only the embedding has other numbers than small multiples.
        #expect(bf16.worst == .tokenEmbedding)
        #expect(bf16.largest < 0.004 && bf16.mean < bf16.largest)
        let int8 = try #require(loss(.int8))
        #expect(int8.mean > 0.001 && int8.largest < 0.02, "\(int8)")
        // 16 levels of one scale are what 4 bits hold; the embedding is in 8.
        let int4 = try #require(loss(.int4))
        #expect(int4.worst == .tokenEmbedding)
        #expect(int4.mean < int8.mean, "\(int4)")
    }
}
