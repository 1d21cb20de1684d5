import Qwen
import TestSupport
import Testing

@Suite struct GGUFFileTests {
    private func parse(_ bytes: [UInt8]) throws -> GGUFFile {
        try bytes.withUnsafeBytes { try GGUFFile($0) }
    }

    @Test func metadataAndTensorsAreRead() throws {
        let file = try parse(GGUFWriter.tinyModel().bytes())
        #expect(try file.text("general.name") == "Tiny Test")
        #expect(try file.integer("qwen2.block_count") == 1)
        #expect(try file.number("qwen2.rope.freq_base") == 10000)
        #expect(try file.booleanIfPresent("tokenizer.ggml.add_bos_token") == false)
        #expect(try file.texts("tokenizer.ggml.merges") == ["h e"])
        let tensor = try #require(file.tensors["blk.0.ffn_down.weight"])
        #expect(tensor.columns == 12 && tensor.rows == 8 && tensor.type == .f32)
        #expect(tensor.byteRange.count == 12 * 8 * 4)
        #expect(tensor.byteRange.lowerBound % 32 == 0)
    }

    @Test func aKeyOfAnotherTypeNamesItself() throws {
        let file = try parse(GGUFWriter.tinyModel().bytes())
        #expect(throws: QwenError.self) { try file.integer("general.name") }
        let error = #expect(throws: QwenError.self) { try file.text("no.such.key") }
        #expect(error?.description.contains("no.such.key") == true)
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// What the message must say.
        let says: String
        let change: @Sendable (inout GGUFWriter) -> Void
    }

    static let broken: [Broken] = [
        Broken(testDescription: "magic", says: "no GGUF file") { $0.magic = 0x1234 },
        Broken(testDescription: "version 1", says: "version is 1") { $0.version = 1 },
        Broken(testDescription: "big-endian", says: "big-endian") { $0.version = 0x0300_0000 },
        Broken(testDescription: "many keys", says: "number of keys") { $0.keyCount = .max },
        Broken(testDescription: "many tensors", says: "number of tensors") {
            $0.tensorCount = 1 << 62
        },
        Broken(testDescription: "key twice", says: "twice") {
            $0.keys.append(("general.name", .text("again")))
        },
        Broken(testDescription: "unknown value type", says: "unknown type 99") {
            $0.set("general.name", .raw(99, [0, 0, 0, 0]))
        },
        Broken(testDescription: "array of arrays", says: "array of arrays") {
            $0.set("x", .raw(9, [9, 0, 0, 0] + [UInt8](repeating: 0, count: 8)))
        },
        Broken(testDescription: "absurd array", says: "more than the file has room for") {
            $0.set("x", .raw(9, [4, 0, 0, 0] + [UInt8](repeating: 255, count: 8)))
        },
        Broken(testDescription: "absurd text", says: "more than the file has room for") {
            $0.set("x", .raw(8, [UInt8](repeating: 255, count: 8)))
        },
        Broken(testDescription: "truth of 2", says: "truth value of 2") {
            $0.set("x", .boolean(2))
        },
        Broken(testDescription: "alignment 3", says: "power of two") {
            $0.set("general.alignment", .uint32(3))
        },
        Broken(testDescription: "alignment 0", says: "power of two") {
            $0.set("general.alignment", .uint32(0))
        },
        Broken(testDescription: "tensor twice", says: "twice") {
            $0.tensors[1].name = $0.tensors[0].name
        },
        Broken(testDescription: "overlap", says: "overlap") { $0.tensors[2].offset = 0 },
        Broken(testDescription: "offset out of range", says: "beyond the end") {
            $0.tensors[2].offset = 1 << 40
        },
        Broken(testDescription: "offset unaligned", says: "not a multiple") {
            $0.tensors[2].offset = 7
        },
        Broken(testDescription: "offset overflows", says: "beyond the end") {
            $0.tensors[2].offset = UInt64(Int64.max) / 32 * 32
        },
        Broken(testDescription: "offset above Int", says: "not a multiple") {
            $0.tensors[2].offset = UInt64.max / 32 * 32
        },
        Broken(testDescription: "no dimensions", says: "0 dimensions") {
            $0.tensors[0].dimensions = []
        },
        Broken(testDescription: "five dimensions", says: "5 dimensions") {
            $0.tensors[0].dimensions = [1, 1, 1, 1, 1]
        },
        Broken(testDescription: "dimension 0", says: "is 0") { $0.tensors[0].dimensions = [0] },
        Broken(testDescription: "huge dimension", says: "dimension 0") {
            $0.tensors[0].dimensions = [.max]
        },
        Broken(testDescription: "dimensions overflow", says: "numbers") {
            $0.tensors[0].dimensions = [1 << 40, 1 << 40]
        },
        Broken(testDescription: "product of dimensions overflows", says: "numbers") {
            $0.tensors[0].dimensions = [2, 1 << 48, 1 << 48]
        },
        Broken(testDescription: "rows of half a block", says: "not a multiple of the 32") {
            $0.tensors[0].type = 2
        },
    ]

    @Test(arguments: broken)
    func brokenFilesSayWhatIsWrong(_ broken: Broken) {
        var writer = GGUFWriter.tinyModel()
        broken.change(&writer)
        let error = #expect(throws: QwenError.self) { try parse(writer.bytes()) }
        #expect(error?.description.contains(broken.says) == true, "\(error?.description ?? "")")
    }

    @Test func aFileCutAtAnyByteIsRefused() throws {
        let whole = GGUFWriter.tinyModel().bytes()
        // The last tensor is padded; without the padding nothing is missing.
        let end = try #require(try parse(whole).tensors.values.map(\.byteRange.upperBound).max())
        for length in 0..<end {
            #expect(throws: QwenError.self, "cut at \(length)") {
                try parse(Array(whole[..<length]))
            }
        }
        #expect(throws: Never.self) { try parse(Array(whole[..<end])) }
    }
}
