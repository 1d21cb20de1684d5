internal import Texts

/// The header of a GGUF file: metadata and where the tensors are; every size and offset checked.
///
/// Versions 2 and 3, little-endian, as llama.cpp writes them (ggml's `docs/gguf.md`).
package struct GGUFFile: Sendable {
    package let metadata: [String: GGUFValue]
    package let tensors: [String: GGUFTensor]
    /// Codes of the formats that are not read, by tensor; they matter only where one is needed.
    let unreadTensors: [String: UInt32]

    private let version: UInt32
    private let keyCount: Int
    /// Where in the file the metadata stand.
    private let keysRange: Range<Int>

    /// "GGUF", little-endian.
    private static let magic: UInt32 = 0x4655_4747

    /// Whether a file begins as a GGUF file does.
    package static func isGGUF(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.starts(with: withUnsafeBytes(of: magic.littleEndian) { Array($0) })
    }

    /// - Parameter bytes: the whole file.
    /// - Throws: `QwenError.invalidGGUF` naming the byte and the field, `.unsupportedGGUF`.
    package init(_ bytes: UnsafeRawBufferPointer) throws(QwenError) {
        var reader = GGUFReader(bytes)
        let magic = try reader.integer(UInt32.self, "the magic number")
        guard magic == Self.magic else {
            throw QwenError.unsupportedGGUF(
                problem:
                    "it is \(FileKind.name(bytes) ?? "no GGUF file: it begins with other bytes")")
        }
        let version = try reader.integer(UInt32.self, "the version")
        guard version == 2 || version == 3 else {
            throw QwenError.unsupportedGGUF(
                problem: version.byteSwapped <= 3 && version != 0
                    ? "it is big-endian; convert it on a little-endian machine"
                    : "its version is \(version); versions 2 and 3 are read")
        }
        // The least a tensor takes: name length, dimensions, one of them, type, offset.
        let tensorCount = try reader.count(eachAtLeast: 32, "the number of tensors")
        let keyCount = try reader.count(eachAtLeast: 13, "the number of keys")
        let keysStart = reader.offset
        metadata = try Self.readMetadata(&reader, count: keyCount)
        keysRange = keysStart..<reader.offset
        self.keyCount = keyCount
        self.version = version
        (tensors, unreadTensors) = try Self.readTensors(
            &reader, count: tensorCount, metadata: metadata)
    }

    /// The same metadata as a file without tensors.
    ///
    /// - Parameter bytes: the whole file, the one this was read from.
    package func metadataOnly(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var copy: [UInt8] = []
        withUnsafeBytes(of: Self.magic.littleEndian) { copy += $0 }
        withUnsafeBytes(of: version.littleEndian) { copy += $0 }
        withUnsafeBytes(of: UInt64(0)) { copy += $0 }
        withUnsafeBytes(of: UInt64(keyCount).littleEndian) { copy += $0 }
        return copy + bytes[keysRange]
    }

    private static func readMetadata(
        _ reader: inout GGUFReader, count: Int
    ) throws(QwenError) -> [String: GGUFValue] {
        var metadata: [String: GGUFValue] = [:]
        for index in 0..<count {
            let key = try reader.text("key \(index)")
            guard !key.isEmpty, metadata[key] == nil else {
                throw reader.failure("key \(index) '\(key)' is empty or stands there twice")
            }
            metadata[key] = try reader.value(of: key)
        }
        return metadata
    }

    private static func readTensors(
        _ reader: inout GGUFReader, count: Int, metadata: [String: GGUFValue]
    ) throws(QwenError) -> ([String: GGUFTensor], unread: [String: UInt32]) {
        let alignment = try alignment(reader, metadata)
        var entries: [(name: String, type: GGUFTensorType, columns: Int, rows: Int, offset: Int)] =
            []
        var unread: [String: UInt32] = [:]
        for index in 0..<count {
            let name = try reader.text("the name of tensor \(index)")
            let (columns, rows) = try dimensions(&reader, name)
            let code = try reader.integer(UInt32.self, "the type of \(name)")
            let offset = try reader.integer(UInt64.self, "the offset of \(name)")
            guard let offset = Int(exactly: offset), offset % alignment == 0 else {
                throw reader.failure(
                    "the offset \(offset) of \(name) is not a multiple of \(alignment)")
            }
            guard let type = GGUFTensorType(rawValue: code) else {
                guard unread.updateValue(code, forKey: name) == nil else {
                    throw reader.failure("the tensor \(name) stands there twice")
                }
                continue
            }
            guard columns % type.blockLength == 0 else {
                throw reader.failure(
                    "\(name) has rows of \(columns), not a multiple of the \(type.blockLength) of "
                        + type.name)
            }
            entries.append((name, type, columns, rows, offset))
        }
        let dataStart = reader.offset.roundedUp(toMultipleOf: alignment)
        var tensors: [String: GGUFTensor] = [:]
        for entry in entries {
            // Rows and columns were checked to multiply without overflow, and a block is never
            // larger than its numbers would be as f32.
            let byteCount =
                entry.columns / entry.type.blockLength * entry.type.blockByteCount * entry.rows
            let (start, overflow) = dataStart.addingReportingOverflow(entry.offset)
            guard !overflow, start <= reader.bytes.count, byteCount <= reader.bytes.count - start
            else {
                throw reader.failure(
                    "\(entry.name) (\(byteCount) bytes at \(entry.offset)) reaches beyond the "
                        + "end of the file, which is truncated")
            }
            guard tensors[entry.name] == nil, unread[entry.name] == nil else {
                throw reader.failure("the tensor \(entry.name) stands there twice")
            }
            tensors[entry.name] = GGUFTensor(
                name: entry.name, type: entry.type, columns: entry.columns, rows: entry.rows,
                byteRange: start..<start + byteCount)
        }
        try checkOverlap(reader, tensors)
        return (tensors, unread)
    }

    private static func alignment(
        _ reader: GGUFReader, _ metadata: [String: GGUFValue]
    ) throws(QwenError) -> Int {
        guard let value = metadata["general.alignment"] else { return 32 }
        guard case .integer(let alignment) = value, 1...(1 << 20) ~= alignment,
            alignment & (alignment - 1) == 0
        else {
            throw reader.failure("general.alignment is not a power of two up to 1 MiB")
        }
        return alignment
    }

    private static func dimensions(
        _ reader: inout GGUFReader, _ name: String
    ) throws(QwenError) -> (columns: Int, rows: Int) {
        let count = try reader.integer(UInt32.self, "the dimensions of \(name)")
        guard 1...4 ~= count else {
            throw reader.failure("\(name) has \(count) dimensions")
        }
        var columns = 1
        var rows = 1
        for index in 0..<count {
            let size = try reader.integer(UInt64.self, "dimension \(index) of \(name)")
            // 2⁴⁸ numbers are more than any file holds, and leave room to multiply by a block's bytes.
            guard let size = Int(exactly: size), 1...(1 << 48) ~= size else {
                throw reader.failure("dimension \(index) of \(name) is \(size)")
            }
            if index == 0 {
                columns = size
            } else {
                let (product, overflow) = rows.multipliedReportingOverflow(by: size)
                rows = overflow ? .max : product
            }
        }
        let (total, overflow) = columns.multipliedReportingOverflow(by: rows)
        guard !overflow, total <= 1 << 48 else {
            throw reader.failure("\(name) has \(columns) × \(rows) numbers")
        }
        return (columns, rows)
    }

    private static func checkOverlap(
        _ reader: GGUFReader, _ tensors: [String: GGUFTensor]
    ) throws(QwenError) {
        let sorted = tensors.values.sorted { $0.byteRange.lowerBound < $1.byteRange.lowerBound }
        for (first, second) in zip(sorted, sorted.dropFirst())
        where first.byteRange.upperBound > second.byteRange.lowerBound {
            throw reader.failure("the tensors \(first.name) and \(second.name) overlap")
        }
    }
}

extension GGUFFile {
    func problem(_ text: String) -> QwenError {
        .unsupportedGGUF(problem: text)
    }

    package func text(_ key: String) throws(QwenError) -> String {
        guard case .text(let value) = metadata[key] else { throw missing(key, "a text") }
        return value
    }

    package func integer(_ key: String) throws(QwenError) -> Int {
        guard case .integer(let value) = metadata[key] else { throw missing(key, "a whole number") }
        return value
    }

    /// nil where the key is missing.
    func textIfPresent(_ key: String) throws(QwenError) -> String? {
        metadata[key] == nil ? nil : try text(key)
    }

    /// nil where the key is missing.
    func numberIfPresent(_ key: String) throws(QwenError) -> Double? {
        metadata[key] == nil ? nil : try number(key)
    }

    /// nil where the key is missing.
    package func integerIfPresent(_ key: String) throws(QwenError) -> Int? {
        metadata[key] == nil ? nil : try integer(key)
    }

    package func number(_ key: String) throws(QwenError) -> Double {
        switch metadata[key] {
        case .number(let value): return value
        case .integer(let value): return Double(value)
        default: throw missing(key, "a number")
        }
    }

    package func texts(_ key: String) throws(QwenError) -> [String] {
        guard case .texts(let value) = metadata[key] else { throw missing(key, "a list of texts") }
        return value
    }

    package func booleanIfPresent(_ key: String) throws(QwenError) -> Bool? {
        guard let value = metadata[key] else { return nil }
        guard case .boolean(let boolean) = value else { throw missing(key, "true or false") }
        return boolean
    }

    private func missing(_ key: String, _ kind: String) -> QwenError {
        .unsupportedGGUF(
            problem: metadata[key] == nil ? "the key \(key) is missing" : "\(key) is not \(kind)")
    }
}
