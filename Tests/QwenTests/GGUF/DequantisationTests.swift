import Foundation
import Qwen
import TestSupport
import Testing

@Suite struct DequantisationTests {
    struct Case: Decodable {
        let type: String
        let bytes: Data
        let values: Data
    }

    struct Cases: Decodable {
        let cases: [Case]
    }

    /// Random blocks against the numbers that another implementation reads from them.
    @Test func everyFormatIsReadAsAnotherImplementationReadsIt() throws {
        let url = try #require(
            Bundle.module.url(
                forResource: "Fixtures/gguf/dequantisation", withExtension: "json"))
        let cases = try JSONDecoder().decode(Cases.self, from: Data(contentsOf: url)).cases
        #expect(cases.count == GGUFTensorType.allCases.count - 1)
        for test in cases {
            let type = try #require(GGUFTensorType.allCases.first { $0.name == test.type })
            let expected = test.values.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            let actual = try decode(Array(test.bytes), as: type, count: expected.count)
            let largest = expected.map(abs).max() ?? 0
            for (index, value) in expected.enumerated() {
                // Products may round differently by a unit or two in the last place.
                #expect(
                    abs(actual[index] - value) <= largest * 0x1p-22, "\(test.type) \(index)")
            }
        }
    }

    @Test func f32IsReadAsItIs() throws {
        let values: [Float] = [0, -0.0, 1.5, -3e38]
        let bytes = values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
        #expect(
            try decode(bytes, as: .f32, count: 4).map(\.bitPattern) == values.map(\.bitPattern))
    }

    /// 0x3c00 is 1, 0x0001 the least subnormal, 0x7c00 infinity, 0xc000 −2.
    @Test func f16ReadsSubnormalsAndInfinities() throws {
        let bytes: [UInt8] = [0x00, 0x3c, 0x01, 0x00, 0x00, 0x7c, 0x00, 0xc0]
        #expect(try decode(bytes, as: .f16, count: 4) == [1, 0x1p-24, .infinity, -2])
    }

    /// d = 2, the first byte 0xf1: 1 − 8 = −7 in the low half, 15 − 8 = 7 in the high one.
    @Test func q4_0ByHand() throws {
        let bytes: [UInt8] = [0x00, 0x40, 0xf1] + [UInt8](repeating: 0x88, count: 15)
        let values = try decode(bytes, as: .q4_0, count: 32)
        #expect(values[0] == -14 && values[16] == 14 && values[1] == 0)
    }

    /// Reads one row through a file, as the packer does.
    private func decode(_ bytes: [UInt8], as type: GGUFTensorType, count: Int) throws -> [Float] {
        // One row of the embedding in the format under test, the rest of the model as it is.
        var writer = GGUFWriter.tinyModel()
        writer.set("qwen2.embedding_length", .uint32(UInt32(count)))
        let texts = GGUFWriter.byteTexts.count + 2
        writer.tensors = []
        writer.tensors.append(
            .init(
                name: "token_embd.weight", dimensions: [UInt64(count), UInt64(texts)],
                type: type.rawValue, data: Array(repeating: bytes, count: texts).flatMap { $0 }))
        let dimension = count / 2
        writer.add("output_norm.weight", count)
        writer.add("blk.0.attn_norm.weight", count)
        writer.add("blk.0.attn_q.weight", count, count)
        writer.add("blk.0.attn_k.weight", count, dimension)
        writer.add("blk.0.attn_v.weight", count, dimension)
        writer.add("blk.0.attn_output.weight", count, count)
        writer.add("blk.0.ffn_norm.weight", count)
        writer.add("blk.0.ffn_gate.weight", count, 12)
        writer.add("blk.0.ffn_up.weight", count, 12)
        writer.add("blk.0.ffn_down.weight", 12, count)
        writer.add("blk.0.attn_q.bias", count)
        writer.add("blk.0.attn_k.bias", dimension)
        writer.add("blk.0.attn_v.bias", dimension)
        let model = try GGUFModel.reading(writer.bytes())
        var values = [Float](repeating: 0, count: count)
        values.withUnsafeMutableBufferPointer { model.readRow(.tokenEmbedding, row: 1, into: $0) }
        return values
    }
}
