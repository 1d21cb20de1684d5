import Qwen
import TestSupport
import Testing

@Suite struct GGUFModelTests {
    private func load(_ bytes: [UInt8]) throws -> GGUFModel {
        try GGUFModel.reading(bytes)
    }

    @Test func theConfigurationComesFromTheFile() throws {
        let model = try load(GGUFWriter.tinyModel().bytes()).configuration
        #expect(model.name == "tiny-test")
        #expect(model.architecture == .qwen2 && model.biases == .queryKeyValue)
        #expect(model.hiddenSize == 8 && model.headCount == 2 && model.kvHeadCount == 1)
        #expect(model.headDimension == 4 && model.intermediateSize == 12)
        #expect(model.vocabularySize == 258 && model.maximumPositions == 64)
        #expect(model.tiesEmbeddings)
    }

    @Test func rowsAreReadAsTheyLie() throws {
        let model = try load(GGUFWriter.tinyModel().bytes())
        var row = [Float](repeating: 0, count: 12)
        row.withUnsafeMutableBufferPointer { model.readRow(.down(layer: 0), row: 3, into: $0) }
        #expect(row == (0..<12).map { Float(36 + $0) / 16 })
    }

    /// `llama` files hold the rotary pairs of queries and keys side by side: with heads of 4, our
    /// rows 0, 1, 2, 3 are their rows 0, 2, 1, 3.
    @Test func llamaQueriesAndKeysComeOutHalfAHeadApart() throws {
        let model = try load(GGUFWriter.tinyModel(architecture: "llama").bytes())
        func firstOfRow(_ role: TensorRole, _ row: Int) -> Float {
            var values = [Float](repeating: 0, count: 8)
            values.withUnsafeMutableBufferPointer { model.readRow(role, row: row, into: $0) }
            return values[0] * 16 / 8
        }
        #expect((0..<8).map { firstOfRow(.query(layer: 0), $0) } == [0, 2, 1, 3, 4, 6, 5, 7])
        #expect((0..<4).map { firstOfRow(.key(layer: 0), $0) } == [0, 2, 1, 3])
        #expect((0..<4).map { firstOfRow(.value(layer: 0), $0) } == [0, 1, 2, 3])
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let says: String
        let change: @Sendable (inout GGUFWriter) -> Void
    }

    static let broken: [Broken] = [
        Broken(testDescription: "architecture", says: "'gpt2'; qwen2, qwen3 and llama are read") {
            $0.set("general.architecture", .text("gpt2"))
        },
        Broken(testDescription: "a family without GGUF files", says: "'qwen'; qwen2") {
            $0.set("general.architecture", .text("qwen"))
        },
        Broken(testDescription: "missing key", says: "qwen2.block_count is missing") {
            $0.set("qwen2.block_count", nil)
        },
        Broken(testDescription: "wrong type", says: "is not a whole number") {
            $0.set("qwen2.block_count", .text("one"))
        },
        Broken(testDescription: "no heads", says: "0 heads") {
            $0.set("qwen2.attention.head_count", .uint32(0))
        },
        Broken(testDescription: "absurd layers", says: "layer count") {
            $0.set("qwen2.block_count", .uint32(.max))
        },
        Broken(testDescription: "missing layer", says: "blk.1.") {
            $0.set("qwen2.block_count", .uint32(2))
        },
        Broken(testDescription: "missing tensor", says: "ffn_up.weight is missing") {
            $0.tensors.removeAll { $0.name == "blk.0.ffn_up.weight" }
        },
        Broken(testDescription: "shape", says: "should be 12 × 8") {
            for index in $0.tensors.indices where $0.tensors[index].name == "blk.0.ffn_up.weight" {
                $0.tensors[index].dimensions = [12, 8]
            }
        },
        Broken(testDescription: "unsupported type", says: "Q2_K") { $0.tensors[0].type = 10 },
        Broken(testDescription: "unknown type", says: "type 77") { $0.tensors[0].type = 77 },
        Broken(testDescription: "scaled positions", says: "su") {
            $0.set("qwen2.rope.scaling.type", .text("su"))
        },
        Broken(testDescription: "partly rotated heads", says: "rotates 2 of 4") {
            $0.set("qwen2.rope.dimension_count", .uint32(2))
        },
    ]

    @Test(arguments: broken)
    func modelsThatCannotRunSayWhy(_ broken: Broken) {
        var writer = GGUFWriter.tinyModel()
        broken.change(&writer)
        let error = #expect(throws: QwenError.self) { try load(writer.bytes()) }
        #expect(error?.description.contains(broken.says) == true, "\(error?.description ?? "")")
    }

    @Test func aMissingNumberOfHeadsIsNamed() {
        var writer = GGUFWriter.tinyModel()
        writer.set("qwen2.attention.head_count_kv", nil)
        let error = #expect(throws: QwenError.self) { try GGUFModel.reading(writer.bytes()) }
        #expect(
            error?.description.contains("the file lacks qwen2.attention.head_count_kv") == true,
            "\(error?.description ?? "")")
    }
}
