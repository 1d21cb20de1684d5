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
        _ model: ModelConfiguration = model, precision: Precision = .f32, metadata: [UInt8] = [],
        threads: Int = 1
    ) throws -> Int {
        try PackedModelWriter(
            model, precision: precision, origin: "a test", metadata: metadata
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

    @Test func theBytesDependOnTheModelAlone() throws {
        let size = try write(precision: .int4, threads: 1)
        let one = try Data(contentsOf: URL(fileURLWithPath: path))
        try write(precision: .int4, threads: 2)
        let two = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(one == two)
        #expect(one.count == size)
        #expect(directory.entries == ["model.packed"])
    }

    @Test func theTokenizerComesAlong() throws {
        let bytes = GGUFWriter.tinyModel().bytes()
        let metadata = try bytes.withUnsafeBytes { try GGUFFile($0).metadataOnly(of: $0) }
        try write(metadata: metadata)
        let original = try bytes.withUnsafeBytes { try Tokenizer(GGUFFile($0)) }
        let kept = try #require(try PackedModelFile(path: path).metadata())
        #expect(kept.tensors.isEmpty)
        #expect(
            try Tokenizer(kept).encode("he said 12") == original.encode("he said 12"))
    }

    @Test func withoutATokenizerThereIsNone() throws {
        try write()
        #expect(try PackedModelFile(path: path).metadata() == nil)
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
            metadata: [], weightsByteCount: layout.byteCount)
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
}
