internal import Basics
internal import FoundationEssentials
internal import JSON
internal import Machine

/// What stands before the weights of a packed file.
///
/// | byte | what |
/// | --- | --- |
/// | 0 | "TOKENMRK" |
/// | 8 | version, 32 bits: 2, or 3 where it is the part of a rank; four zero bytes |
/// | 16 | bytes of the description |
/// | 24 | bytes of the files, all together |
/// | 32 | bytes of the weights |
/// | 40 | checksum (FNV-1a) of bytes 0 to 40, description and files |
/// | 48 | the description: JSON; the files, in its order, one behind the other |
/// | ⌈…⌉ | the weights, at the next multiple of 2 MiB, as `WeightLayout` has them |
///
/// Integers are 64 bits and little-endian where nothing else is said.
struct PackedModelHeader {
    /// What the weights are.
    struct Description: Codable, Equatable {
        let configuration: ModelConfiguration
        let precision: Precision
        /// Of the layout that the weights were packed in: another version may pack otherwise.
        let layoutChecksum: UInt64
        /// What the weights were made from.
        let origin: String
        /// Whose part of which model it is; nil for a whole one.
        var part: Part?
        /// The files that are kept beside the weights.
        var files: [File] = []

        struct Part: Codable, Equatable {
            let rank: Int
            let ranks: Int
            let whole: ModelConfiguration
        }

        struct File: Codable, Equatable {
            let name: String
            let byteCount: Int

            enum CodingKeys: String, CodingKey {
                case name
                case byteCount = "byte_count"
            }
        }

        enum CodingKeys: String, CodingKey {
            case configuration, precision, origin, part, files
            case layoutChecksum = "layout_checksum"
        }
    }

    static let magic = Array("TOKENMRK".utf8)
    static let version: UInt32 = 2
    /// Of a part, so that no program that knows of none takes it for a model.
    static let partVersion: UInt32 = 3
    /// Weights begin at a multiple, so that a mapping of them can have huge pages.
    private static let alignment = 2 << 20
    private static let fixedByteCount = 48
    /// Far more than any description takes.
    private static let mostDescriptionBytes = 1 << 20

    let description: Description
    /// Where the kept files lie, by name.
    let files: [String: Range<Int>]
    let weightsRange: Range<Int>

    /// The bytes of a header, up to where the weights begin.
    ///
    /// - Parameter files: each name once.
    static func bytes(
        description: Description, files: [KeptFile] = [], weightsByteCount: Int
    ) throws(QwenError) -> [UInt8] {
        var description = description
        description.files = files.map { .init(name: $0.name, byteCount: $0.bytes.count) }
        let content = files.flatMap(\.bytes)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json: Data
        do {
            json = try encoder.encode(description)
        } catch {
            throw .invalidPackedFile(problem: "its description cannot be written: \(error)")
        }
        var bytes = magic
        func append(_ number: UInt64) {
            withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
        }
        append(UInt64(description.part == nil ? version : partVersion))
        append(UInt64(json.count))
        append(UInt64(content.count))
        append(UInt64(weightsByteCount))
        var checksum = Checksum()
        checksum.combine(bytes)
        checksum.combine(json)
        checksum.combine(content)
        append(checksum.value)
        bytes += json
        bytes += content
        let end = bytes.count.roundedUp(toMultipleOf: alignment)
        bytes += [UInt8](repeating: 0, count: end - bytes.count)
        return bytes
    }

    /// Reads and checks the header of a whole file.
    ///
    /// - Throws: `QwenError.invalidPackedFile` saying what is wrong.
    init(_ file: UnsafeRawBufferPointer) throws(QwenError) {
        guard Self.isPacked(file), file.count >= Self.fixedByteCount else {
            throw .invalidPackedFile(problem: "it does not begin with a whole header")
        }
        func number(at offset: Int) -> UInt64 {
            UInt64(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        let isPart = number(at: 8) == UInt64(Self.partVersion)
        guard isPart || number(at: 8) == UInt64(Self.version) else {
            throw .invalidPackedFile(
                problem: "its version is \(number(at: 8)), this program reads \(Self.version)")
        }
        let most = UInt64(file.count)
        let sizes = [number(at: 16), number(at: 24), number(at: 32)]
        guard sizes[0] <= Self.mostDescriptionBytes, sizes.allSatisfy({ $0 <= most }) else {
            throw .invalidPackedFile(problem: "its parts are larger than the file: it is cut off")
        }
        let descriptionEnd = Self.fixedByteCount + Int(sizes[0])
        let filesEnd = descriptionEnd + Int(sizes[1])
        let weightsStart = filesEnd.roundedUp(toMultipleOf: Self.alignment)
        guard weightsStart <= file.count, Int(sizes[2]) <= file.count - weightsStart else {
            throw .invalidPackedFile(
                problem: "it has \(file.count) bytes and its weights end at "
                    + "\(weightsStart + Int(sizes[2])): it is cut off")
        }
        var checksum = Checksum()
        checksum.combine(file[0..<40])
        checksum.combine(file[Self.fixedByteCount..<filesEnd])
        guard checksum.value == number(at: 40) else {
            throw .invalidPackedFile(problem: "its header does not match its checksum")
        }
        do {
            description = try JSONDecoder().decode(
                Description.self, from: Data(file[Self.fixedByteCount..<descriptionEnd]))
        } catch {
            throw .invalidPackedFile(problem: "its description cannot be read")
        }
        guard isPart == (description.part != nil) else {
            throw .invalidPackedFile(problem: "it does not say whose part it is, or says too much")
        }
        files = try Self.places(description.files, in: descriptionEnd..<filesEnd)
        weightsRange = weightsStart..<weightsStart + Int(sizes[2])
    }

    /// Where the files lie, one behind the other.
    private static func places(
        _ files: [Description.File], in range: Range<Int>
    ) throws(QwenError) -> [String: Range<Int>] {
        var places: [String: Range<Int>] = [:]
        var start = range.lowerBound
        for file in files {
            guard 0...range.upperBound - start ~= file.byteCount, places[file.name] == nil else {
                throw .invalidPackedFile(
                    problem: "the file \(file.name) in it has \(file.byteCount) bytes, or is there "
                        + "twice")
            }
            places[file.name] = start..<start + file.byteCount
            start += file.byteCount
        }
        guard start == range.upperBound else {
            throw .invalidPackedFile(problem: "it has bytes that belong to none of its files")
        }
        return places
    }

    /// Whether a file begins as packed ones do.
    static func isPacked(_ file: UnsafeRawBufferPointer) -> Bool {
        file.prefix(magic.count).elementsEqual(magic)
    }
}

/// FNV-1a over bytes and integers: tells a broken header from a whole one.
struct Checksum {
    private var mark = FNV1a()

    var value: UInt64 { mark.value }

    mutating func combine(_ bytes: some Sequence<UInt8>) { mark.combine(bytes) }

    mutating func combine(_ number: Int) { mark.combine(UInt64(bitPattern: Int64(number))) }
}

/// A small file that a packed file keeps beside the weights, so that it stands alone.
package struct KeptFile: Equatable, Sendable {
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// What a packed file calls the metadata of a GGUF file, its tokenizer among them: a GGUF file
    /// without tensors.
    static let metadataName = "metadata.gguf"

    /// The files of a Hugging Face directory that say how a text becomes tokens.
    private static let vocabularyNames = [
        "tokenizer.json", "qwen.tiktoken", "vocab.json", "merges.txt",
    ]
    /// Those that say more, such as what ends an answer and how a chat is written.
    private static let furtherNames = [
        "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "generation_config.json", "chat_template.jinja", "config.json",
    ]

    /// Those files of a directory that there are, as they are but for a byte order mark; none without
    /// a vocabulary.
    ///
    /// - Throws: `MachineError` for one that cannot be read, `QwenError.invalidModelFile` for one
    ///   that is too large.
    package static func tokenizer(directory: String) throws -> [KeptFile] {
        let folder = ModelFolder.directory(directory)
        guard vocabularyNames.contains(where: folder.has) else { return [] }
        return try (vocabularyNames + furtherNames).compactMap { name in
            try ModelFile(name, in: folder).map {
                KeptFile(name: name, bytes: Array(try $0.content()))
            }
        }
    }
}
