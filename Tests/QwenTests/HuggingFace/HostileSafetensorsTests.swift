import Glibc
import TestSupport
import Testing

@testable import Qwen

/// Files from outside: whatever the bytes, an error or a result, never a crash.
@Suite struct HostileSafetensorsTests {
    private let directory = TemporaryDirectory()

    private static let good = SafetensorsWriter([
        SafetensorsWriter.Tensor(name: "a", shape: [2, 2], values: [1, 2, 3, 4]),
        SafetensorsWriter.Tensor(name: "b", type: "BF16", shape: [3], data: [1, 2, 3, 4, 5, 6]),
        SafetensorsWriter.Tensor(name: "c", shape: [0, 7], values: []),
    ])

    private func read(_ bytes: [UInt8]) throws -> SafetensorsFile {
        try SafetensorsFile(ModelFile(path: directory.write(bytes, to: "model.safetensors")))
    }

    @Test func aGoodFileIsRead() throws {
        let bytes = Self.good.bytes()
        let tensors = try read(bytes).tensors
        #expect(tensors.count == 3)
        #expect(tensors["a"]?.shape == [2, 2] && tensors["a"]?.typeName == "F32")
        #expect(tensors["a"]?.byteRange == bytes.count - 22..<bytes.count - 6)
        #expect(tensors["b"]?.byteRange == bytes.count - 6..<bytes.count)
    }

    @Test func everyCutIsNoticed() {
        let bytes = Self.good.bytes()
        for count in 1..<bytes.count {
            #expect(throws: QwenError.self) { try read(Array(bytes[..<count])) }
        }
        #expect(throws: QwenError.self) { try read(bytes + [0]) }
    }

    @Test func noFlippedBitCrashesTheReader() {
        let bytes = Self.good.bytes()
        var refused = 0
        for index in 0..<bytes.count - 22 {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << bit
                refused += (try? read(flipped)) == nil ? 1 : 0
            }
        }
        #expect(refused > 500)
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let says: String
        let change: @Sendable (inout SafetensorsWriter) -> Void

        init(
            _ description: String, says: String,
            _ change: @escaping @Sendable (inout SafetensorsWriter) -> Void
        ) {
            testDescription = description
            self.says = says
            self.change = change
        }

        /// With a header of its own before the 22 bytes of numbers.
        init(header: String, says: String) {
            self.init(String(header.prefix(60)), says: says) { $0.header = header }
        }
    }

    private static func entry(_ begin: Int, _ end: Int) -> String {
        #"{"dtype": "U8", "shape": [1], "data_offsets": [\#(begin), \#(end)]}"#
    }

    static let broken: [Broken] = [
        Broken("length beyond the file", says: "reaches beyond the end") { $0.headerLength = 1000 },
        Broken("largest length", says: "reaches beyond the end") { $0.headerLength = .max },
        Broken("most negative length", says: "reaches beyond") { $0.headerLength = 1 << 63 },
        Broken("no length", says: "it ends where a value belongs") { $0.headerLength = 0 },
        Broken("short length", says: "of its header") { $0.headerLength = 20 },
        Broken("end before begin", says: "offsets of b") { $0.tensors[1].offsets = "[22, 16]" },
        Broken("negative begin", says: "offsets of a") { $0.tensors[0].offsets = "[-1, 15]" },
        Broken("one offset", says: "offsets of a") { $0.tensors[0].offsets = "[16]" },
        Broken("three offsets", says: "offsets of a") { $0.tensors[0].offsets = "[0, 16, 22]" },
        Broken("offsets of text", says: "offsets of a") { $0.tensors[0].offsets = #"[0, "16"]"# },
        Broken("huge end", says: "offsets of a") { $0.tensors[0].offsets = "[0, 1e99]" },
        Broken("largest end", says: "truncated") { $0.tensors[0].offsets = "[0, \(Int.max)]" },
        Broken("end beyond the file", says: "b ends at 24 of 22") {
            $0.tensors[1].offsets = "[18, 24]"
        },
        Broken("wrong size", says: "b has 6 bytes") { $0.tensors[1].shape = [4] },
        Broken("wrong type", says: "b has 6 bytes") { $0.tensors[1].type = "F32" },
        Broken("overflowing shape", says: "a has 16 bytes") {
            $0.tensors[0].shape = [Int.max, Int.max]
        },
        // 2⁶² numbers of 4 bytes and 4 more: 2⁶⁴ + 16 bytes would be 16.
        Broken("wrapping shape", says: "a has 16 bytes") { $0.tensors[0].shape = [1 << 62 + 4] },
        Broken("negative shape", says: "shape of a") { $0.tensors[0].shape = [-2, -2] },
        Broken("overlap", says: "overlaps") { $0.tensors[1].offsets = "[10, 16]" },
        Broken("the same place", says: "overlaps") {
            $0.tensors[1] = $0.tensors[0]
            $0.tensors[1].name = "b"
            $0.tensors[1].offsets = "[0, 16]"
        },
        Broken("numbers of nobody at the end", says: "after the last") {
            $0.tensors[2].data = [1]
            $0.tensors[2].offsets = "[22, 22]"
        },
        Broken("one name twice", says: "'a' stands twice") { $0.tensors[1].name = "a" },
        Broken(
            header: "{\"\u{e9}\": \(entry(0, 16)), \"e\u{301}\": \(entry(16, 22))}",
            says: "stands there twice"),
        Broken(header: "{\"b\": \(entry(1, 22))}", says: "before b"),
        Broken(header: "[]", says: "no JSON object"),
        Broken(header: "{\"a\": 1}", says: "dtype of a"),
        Broken(header: #"{"a": {"dtype": "F32"}}"#, says: "shape of a"),
        Broken(header: #"{"a": {"dtype": "F32", "shape": [2.5]}}"#, says: "shape of a"),
        Broken(header: #"{"a": {"dtype": "F32", "shape": []}}"#, says: "offsets of a"),
        Broken(header: "{} {}", says: "follows the end"),
        Broken(
            header: "{\"a\": " + String(repeating: "[", count: 100_000), says: "nests deeper"),
    ]

    @Test(arguments: broken)
    func brokenFilesSayWhere(_ broken: Broken) {
        var writer = Self.good
        broken.change(&writer)
        let error = #expect(throws: QwenError.self) { try read(writer.bytes()) }
        #expect(error?.description.contains(broken.says) == true, "\(error?.description ?? "")")
    }

    @Test func aHeaderThatIsTooLargeIsNotParsed() throws {
        var writer = Self.good
        writer.headerLength = 17 << 20
        let path = directory.write(writer.bytes(), to: "model.safetensors")
        #expect(truncate(path, 18 << 20) == 0)
        let error = #expect(throws: QwenError.self) {
            try SafetensorsFile(ModelFile(path: path))
        }
        #expect(error?.description.contains("more than 16777216") == true)
    }

    @Test func aPointerOfLFSIsNamed() {
        let text = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9\n"
        let error = #expect(throws: QwenError.self) { try read(Array(text.utf8)) }
        #expect(error?.description.contains("Git LFS") == true)
    }
}
