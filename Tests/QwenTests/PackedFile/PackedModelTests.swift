import Foundation
import Machine
import TestSupport
import Testing

@testable import Qwen

/// What is packed into a file is what is packed into memory.
@Suite struct PackedModelTests {
    private static let model = ModelConfiguration(
        name: "packed", architecture: .qwen2, hiddenSize: 48, layerCount: 2, headCount: 4,
        kvHeadCount: 2, headDimension: 12, intermediateSize: 80, vocabularySize: 100,
        maximumPositions: 64, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)

    private let directory = TemporaryDirectory()
    private var path: String { directory.path("model.packed") }

    @discardableResult
    private func write(
        _ model: ModelConfiguration = model, precision: Precision = .f32, files: [KeptFile] = [],
        threads: Int = 1
    ) throws -> Int {
        try PackedModelWriter(
            model, precision: precision, origin: "a test", files: files
        ).write(
            RandomTensorSource(model, seed: 7), to: path,
            on: Generation.pool(threads: threads, Topology.read()))
    }

    @Test(arguments: Precision.allCases, [false, true])
    func aPackedFileGivesTheSameLogits(_ precision: Precision, tied: Bool) throws {
        var model = Self.model
        model.tiesEmbeddings = tied
        try write(model, precision: precision, threads: 2)
        let file = try PackedModelFile(path: path)
        #expect(file.configuration == model)
        #expect(file.precision == precision)
        #expect(file.origin == "a test")
        let prompts: [[Int32]] = [[3, 1, 4, 1, 5], [9, 2]]
        let packed = try Generation(file).run(prompts, count: 4)
        let direct = try Generation(
            model, source: RandomTensorSource(model, seed: 7), precision: precision
        ).run(prompts, count: 4)
        for (one, other) in zip(packed.joined(), direct.joined()) {
            #expect(one.logits == other.logits)
        }
    }

    @Test func normsOfHeadsComeAlong() throws {
        let fixture = try ReferenceFixture.load("qwen3-tied")
        try write(fixture.model, threads: 2)
        let file = try PackedModelFile(path: path)
        #expect(file.configuration == fixture.model)
        let source = RandomTensorSource(fixture.model, seed: 7)
        let packed = try Generation(file).run(fixture.prompts, count: 3)
        let direct = try Generation(fixture.model, source: source).run(fixture.prompts, count: 3)
        #expect(packed.map { $0.map(\.logits) } == direct.map { $0.map(\.logits) })
    }

    @Test func theBytesDependOnTheModelAlone() throws {
        let size = try write(precision: .int4, threads: 1)
        let one = try Data(contentsOf: URL(fileURLWithPath: path))
        try write(precision: .int4, threads: 2)
        let two = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(one == two)
        #expect(one.count == size)
        #expect(directory.entries == ["model.packed"])
    }

    @Test func theTokenizerOfAGGUFFileComesAlong() throws {
        let gguf = try GGUFModel(
            path: directory.write(GGUFWriter.tinyModel().bytes(), to: "tiny.gguf"))
        try write(files: [gguf.keptFile])
        let original = try Tokenizer(gguf.file)
        let kept = try #require(try PackedModelFile(path: path).tokenizer())
        #expect(try kept.encode("he said 12") == original.encode("he said 12"))
        #expect(kept.endTokens == original.endTokens)
    }

    /// Every form that a directory may have, with what stands beside it.
    @Test(arguments: ["tokenizer.json", "vocab.json"])
    func theTokenizerOfADirectoryComesAlong(_ form: String) throws {
        let model = TemporaryDirectory()
        if form == "tokenizer.json" {
            model.write(TinyTokenizer.text(TinyTokenizer.document), to: form)
        } else {
            model.write(TinyTokenizer.vocabulary(), to: form)
            model.write(TinyTokenizer.merges.joined(separator: "\n"), to: "merges.txt")
            model.write(#"{"<|end|>": 260, "<mark>": 261}"#, to: "added_tokens.json")
            model.write(#"{"eos_token": "<mark>"}"#, to: "special_tokens_map.json")
        }
        model.write(#"{"eos_token": "<|end|>"}"#, to: "tokenizer_config.json")
        model.write(#"{"eos_token_id": [7, 9]}"#, to: "config.json")
        model.write("no part of a tokenizer", to: "README.md")
        let original = try Tokenizer(path: model.path)
        let files = try KeptFile.tokenizer(directory: model.path)
        #expect(!files.contains { $0.name == "README.md" })
        try write(files: files)
        let kept = try #require(try PackedModelFile(path: path).tokenizer())
        let text = "hello 中 e\u{301} <|end|>"
        #expect(
            try kept.encode(text, recognisesSpecials: true)
                == original.encode(text, recognisesSpecials: true))
        #expect(original.endTokens == (form == "vocab.json" ? [260, 261] : [260]))
        #expect(kept.endTokens == original.endTokens)
        #expect(try PackedModelFile(path: path).generation().endTokens == [7, 9])
    }

    /// Files packed before these were kept say as much as they did.
    @Test func filesWithFewerPartsAreRead() throws {
        let parts = [
            ("tokenizer.json", TinyTokenizer.text(TinyTokenizer.document)),
            ("generation_config.json", #"{"eos_token_id": 4}"#),
        ]
        try write(files: parts.map { KeptFile(name: $0, bytes: Array($1.utf8)) })
        let file = try PackedModelFile(path: path)
        #expect(try file.tokenizer()?.endTokens == [260])
        #expect(try file.generation().endTokens == [4])
    }

    @Test func withoutATokenizerThereIsNone() throws {
        try write()
        #expect(try PackedModelFile(path: path).tokenizer() == nil)
        #expect(try KeptFile.tokenizer(directory: TemporaryDirectory().path) == [])
    }

    @Test func aBrokenTokenizerIsNamedAndTheWeightsStayUsable() throws {
        try write(files: [KeptFile(name: "tokenizer.json", bytes: Array("{".utf8))])
        let file = try PackedModelFile(path: path)
        let error = #expect(throws: QwenError.self) { try file.tokenizer() }
        #expect(error?.description.contains("tokenizer.json in \(path)") == true)
        #expect(try Generation(file).run([[1]], count: 1)[0].count == 1)
    }

    /// What the header says of the five bytes of the one file in it, with a checksum that fits.
    @Test(
        arguments: [
            [("a", 4)], [("a", 6)], [], [("a", 2), ("b", 2)], [("a", -1), ("b", 6)],
            [("a", 2), ("a", 3)], [("a", .max), ("b", .max)], [("a", 5), ("b", .min)],
        ] as [[(String, Int)]])
    func filesThatDoNotFillTheirPlaceAreRefused(_ files: [(String, Int)]) throws {
        let layout = try WeightLayout(Self.model, precision: .f32)
        let whole = try PackedModelHeader.bytes(
            description: PackedModelHeader.Description(
                configuration: Self.model, precision: .f32, layoutChecksum: layout.checksum,
                origin: ""),
            files: [KeptFile(name: "*", bytes: Array("bytes".utf8))],
            weightsByteCount: layout.byteCount)
        let listed = files.map { #"{"byte_count":\#($0.1),"name":"\#($0.0)"}"# }
        let header = try #require(
            Self.replacing(
                #"{"byte_count":5,"name":"*"}"#, by: listed.joined(separator: ","), in: whole))
        let bytes = header + [UInt8](repeating: 0, count: layout.byteCount)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: QwenError.self) { try PackedModelFile(path: path) }
        #expect(error?.description.contains("tokenmark convert") == true)
    }

    /// A header whose description has another text in place of one, its length and checksum right.
    private static func replacing(_ text: String, by other: String, in header: [UInt8]) -> [UInt8]?
    {
        let length = Int(header[16]) | Int(header[17]) << 8
        let description = String(decoding: header[48..<48 + length], as: UTF8.self)
        guard description.contains(text) else { return nil }
        let changed = Array(description.replacing(text, with: other).utf8)
        var bytes = Array(header[..<40])
        withUnsafeBytes(of: UInt64(changed.count).littleEndian) {
            bytes.replaceSubrange(16..<24, with: $0)
        }
        let files = header[48 + length..<48 + length + 5]
        var checksum = Checksum()
        checksum.combine(bytes)
        checksum.combine(changed)
        checksum.combine(files)
        withUnsafeBytes(of: checksum.value.littleEndian) { bytes += $0 }
        bytes += changed
        bytes += files
        return bytes + [UInt8](repeating: 0, count: header.count - bytes.count)
    }

    @Test func anOlderVersionIsRefusedWithTheRemedy() throws {
        try write()
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        bytes[8] = 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: QwenError.self) { try PackedModelFile(path: path) }
        #expect(
            error?.description
                == "not a usable packed file: its version is 1, this program reads 2; make it again "
                + "with tokenmark convert")
    }

    @Test func aFileCutAnywhereIsRefused() throws {
        let size = try write()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in [1, 7, 8, 20, 47, 48, 100, 400, 1 << 20, 2 << 20, size - 1] {
            try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(throws: QwenError.self) { try PackedModelFile(path: path) }
        }
    }

    @Test func everyFlippedBitOfTheHeaderIsRefused() throws {
        try write()
        let good = try Data(contentsOf: URL(fileURLWithPath: path))
        let descriptionBytes = Int(good[16]) | Int(good[17]) << 8
        for index in 0..<48 + descriptionBytes {
            var bytes = good
            bytes[index] ^= 1 << (index % 8)
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(throws: QwenError.self, "byte \(index)") {
                try PackedModelFile(path: path)
            }
        }
    }

    /// Sizes near the largest integers, with a checksum that fits them.
    @Test(arguments: [16, 24, 32], [UInt64.max, UInt64(Int.max), 1 << 62, 1 << 40])
    func sizesBeyondTheFileAreRefused(at offset: Int, size: UInt64) throws {
        try write()
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        withUnsafeBytes(of: size.littleEndian) {
            bytes.replaceSubrange(offset..<offset + 8, with: $0)
        }
        var checksum = Checksum()
        checksum.combine(bytes[0..<40])
        withUnsafeBytes(of: checksum.value.littleEndian) {
            bytes.replaceSubrange(40..<48, with: $0)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(throws: QwenError.self) { try PackedModelFile(path: path) }
    }

    @Test func anotherLayoutIsRefused() throws {
        let layout = try WeightLayout(Self.model, precision: .f32)
        let header = try PackedModelHeader.bytes(
            description: PackedModelHeader.Description(
                configuration: Self.model, precision: .f32,
                layoutChecksum: layout.checksum ^ 1, origin: ""),
            weightsByteCount: layout.byteCount)
        let bytes = header + [UInt8](repeating: 0, count: layout.byteCount)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(
            throws: QwenError.invalidPackedFile(
                problem: "it was packed for another version of this program")
        ) { try PackedModelFile(path: path) }
    }

    @Test func aFailedWriteLeavesNothing() throws {
        let missing = directory.path("none/model.packed")
        #expect(throws: MachineError.self) {
            try PackedModelWriter(Self.model, precision: .f32, origin: "").write(
                RandomTensorSource(Self.model, seed: 7), to: missing,
                on: Generation.pool(threads: 1, Topology.read()))
        }
        // More than any disk has.
        #expect(throws: MachineError.self) {
            try MappedOutput(path: path, byteCount: 1 << 60)
        }
        #expect(directory.entries == [])
    }

    // MARK: - Parts

    /// Writes the parts of all ranks of a model of which a rank can have a part.
    private func writeParts(_ model: ModelConfiguration, ranks: Int, origin: String = "") throws {
        try FileManager.default.createDirectory(
            atPath: directory.path("parts"), withIntermediateDirectories: true)
        for rank in 0..<ranks {
            let folder = RankParts.folder(in: directory.path("parts"), rank: rank)
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            _ = try PackedModelWriter(
                RankShare(model, rank: rank, of: ranks), precision: .f32, origin: origin
            ).write(
                RandomTensorSource(model, seed: 7),
                to: RankParts.path(in: directory.path("parts"), rank: rank),
                on: Generation.pool(threads: 1, Topology.read()))
        }
    }

    @Test func aPartSaysWhoseItIsAndIsNoModel() throws {
        try writeParts(Self.model, ranks: 2)
        #expect(RankParts.exist(in: directory.path("parts")))
        #expect(!RankParts.exist(in: directory.path("none")))
        let parts = try RankParts(directory: directory.path("parts"))
        #expect(parts.paths.count == 2)
        for rank in 0..<2 {
            let part = try parts.part(of: rank)
            let share = try RankShare(Self.model, rank: rank, of: 2)
            #expect(part.share == share && part.configuration == share.configuration)
        }
        // Packed from files or cut from the source: the same bytes.
        let part = try parts.part(of: 1)
        let bytes = UnsafeRawBufferPointer(start: part.weights, count: part.layout.byteCount)
        let share = try RankShare(Self.model, rank: 1, of: 2)
        _ = try PackedModelWriter(share.configuration, precision: .f32, origin: "").write(
            RankTensorSource(RandomTensorSource(Self.model, seed: 7), share: share), to: path,
            on: Generation.pool(threads: 1, Topology.read()))
        let whole = try PackedModelFile(path: path)
        #expect(whole.share == nil)
        #expect(
            bytes.elementsEqual(
                UnsafeRawBufferPointer(start: whole.weights, count: whole.layout.byteCount)))
    }

    @Test func partsOfTwoModelsAreRefused() throws {
        try writeParts(Self.model, ranks: 2, origin: "one")
        let first = RankParts.path(in: directory.path("parts"), rank: 0)
        let kept = try Data(contentsOf: URL(fileURLWithPath: first))
        try writeParts(Self.model, ranks: 2, origin: "two")
        try kept.write(to: URL(fileURLWithPath: first))
        let parts = try RankParts(directory: directory.path("parts"))
        #expect(throws: QwenError.self) { try parts.part(of: 1) }
        // Rank 1's in the place of rank 0's.
        let second = try Data(
            contentsOf: URL(
                fileURLWithPath: RankParts.path(in: directory.path("parts"), rank: 1)))
        try second.write(to: URL(fileURLWithPath: first))
        #expect(throws: QwenError.self) { try RankParts(directory: directory.path("parts")) }
    }

    /// Ranks that are none, parts that are others', and a part that is written as a model.
    @Test(arguments: [(-1, 2), (2, 2), (0, 0), (0, 5), (1, 2), (0, Int.max)])
    func aPartOfNoRankIsRefused(rank: Int, ranks: Int) throws {
        let share = try RankShare(Self.model, rank: 0, of: 2)
        let layout = try WeightLayout(share.configuration, precision: .f32)
        let header = try PackedModelHeader.bytes(
            description: PackedModelHeader.Description(
                configuration: share.configuration, precision: .f32,
                layoutChecksum: layout.checksum, origin: "",
                part: .init(rank: rank, ranks: ranks, whole: Self.model)),
            weightsByteCount: layout.byteCount)
        #expect(header[8] == 3, "older programs refuse it")
        let bytes = header + [UInt8](repeating: 0, count: layout.byteCount)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(throws: QwenError.self) { try PackedModelFile(path: path) }
    }
}
