internal import JSON
internal import Machine
internal import Texts

/// The header of a safetensors file: where the tensors are; every size and offset checked.
///
/// Eight bytes of length, little-endian; that much JSON; the tensors, one after the other without
/// gaps (the format's README, "Format").
struct SafetensorsFile {
    let file: ModelFile
    let tensors: [String: SafetensorsTensor]

    private static let lengthByteCount = 8
    /// More than any model has; what is read of it takes a few times as much memory.
    private static let mostHeaderBytes = 16 << 20

    /// - Throws: `QwenError.invalidModelFile` naming the tensor.
    init(_ file: ModelFile) throws(QwenError) {
        self.file = file
        let bytes = file.mapping.bytes
        guard bytes.count >= Self.lengthByteCount else {
            throw file.invalid("it ends within the length of its header")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= bytes.count - Self.lengthByteCount else {
            if let kind = FileKind.name(bytes) { throw file.unsupported("it is \(kind)") }
            throw file.invalid(
                "its header of \(length) bytes reaches beyond the end of the file, which has "
                    + "\(bytes.count)")
        }
        guard length <= Self.mostHeaderBytes else {
            throw file.invalid("its header has \(length) bytes, more than \(Self.mostHeaderBytes)")
        }
        let dataStart = Self.lengthByteCount + Int(length)
        let header = UnsafeRawBufferPointer(rebasing: bytes[Self.lengthByteCount..<dataStart])
        tensors = try Self.readTensors(header, of: file, data: dataStart..<bytes.count)
        try checkGaps(from: dataStart)
    }

    private static func readTensors(
        _ header: UnsafeRawBufferPointer, of file: ModelFile, data: Range<Int>
    ) throws(QwenError) -> [String: SafetensorsTensor] {
        let json: JSON
        do {
            json = try JSONReader.read(header)
        } catch {
            throw file.invalid("in line \(error.line) of its header, \(error.problem)")
        }
        guard let members = json.members else {
            throw file.invalid("its header is no JSON object")
        }
        var tensors: [String: SafetensorsTensor] = [:]
        for member in members where member.name != "__metadata__" {
            // Names of other bytes can be equal as texts.
            guard tensors[member.name] == nil else {
                throw file.invalid("the tensor \(member.name) stands there twice")
            }
            tensors[member.name] = try tensor(member, of: file, data: data)
        }
        return tensors
    }

    private static func tensor(
        _ member: JSON.Member, of file: ModelFile, data: Range<Int>
    ) throws(QwenError) -> SafetensorsTensor {
        let name = member.name
        guard let typeName = member.value["dtype"]?.string else {
            throw file.invalid("the dtype of \(name) is not a text")
        }
        guard let sizes = member.value["shape"]?.array else {
            throw file.invalid("the shape of \(name) is not a list")
        }
        let shape = sizes.compactMap(\.integer)
        guard shape.count == sizes.count, shape.allSatisfy({ $0 >= 0 }) else {
            throw file.invalid("the shape of \(name) has something else than sizes")
        }
        let offsets = member.value["data_offsets"]?.array?.compactMap(\.integer) ?? []
        guard offsets.count == 2, member.value["data_offsets"]?.array?.count == 2,
            0 <= offsets[0], offsets[0] <= offsets[1]
        else {
            throw file.invalid("the data_offsets of \(name) are not a begin and an end")
        }
        guard offsets[1] <= data.count else {
            throw file.invalid(
                "\(name) ends at \(offsets[1]) of \(data.count) bytes: the file is truncated")
        }
        let byteCount = offsets[1] - offsets[0]
        if let type = SafetensorsType(rawValue: typeName) {
            guard Self.byteCount(shape, type) == byteCount else {
                throw file.invalid(
                    "\(name) has \(byteCount) bytes, which is not its shape in \(typeName)")
            }
        }
        let start = data.lowerBound + offsets[0]
        return SafetensorsTensor(
            typeName: typeName, shape: shape, byteRange: start..<start + byteCount)
    }

    /// nil where that is more than any file has.
    private static func byteCount(_ shape: [Int], _ type: SafetensorsType) -> Int? {
        var product = type.byteCount
        for size in shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            product = next
        }
        return product
    }

    /// Every byte after the header belongs to one tensor.
    private func checkGaps(from dataStart: Int) throws(QwenError) {
        let sorted = tensors.sorted {
            ($0.value.byteRange.lowerBound, $0.value.byteRange.upperBound)
                < ($1.value.byteRange.lowerBound, $1.value.byteRange.upperBound)
        }
        var end = dataStart
        for (name, tensor) in sorted {
            guard tensor.byteRange.lowerBound >= end else {
                throw file.invalid("\(name) overlaps with another tensor")
            }
            guard tensor.byteRange.lowerBound == end else {
                throw file.invalid("there are bytes before \(name) that belong to no tensor")
            }
            end = tensor.byteRange.upperBound
        }
        guard end == file.mapping.bytes.count else {
            throw file.invalid("there are bytes after the last tensor")
        }
    }
}

/// Where one tensor of a safetensors file lies, checked against the file.
struct SafetensorsTensor: Equatable {
    /// As the file names the number format; one that is not read matters only where it is needed.
    let typeName: String
    let shape: [Int]
    /// Bytes of the tensor in the file.
    let byteRange: Range<Int>
}

/// A tensor in the safetensors file that has it.
struct StoredTensor: Sendable {
    let name: String
    let file: ModelFile
    let tensor: SafetensorsTensor

    /// Its numbers, one after the other, little-endian.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: file.mapping.bytes[tensor.byteRange])
    }

    /// - Throws: `QwenError.unsupportedModel` naming the tensor if it is something else.
    func check(_ shape: [Int], types: [String], byteCount: Int) throws(QwenError) {
        guard tensor.shape == shape else {
            throw file.unsupported(
                "\(name) is \(Self.text(tensor.shape)) and should be \(Self.text(shape))")
        }
        guard types.contains(tensor.typeName) else {
            throw file.unsupported(
                "\(name) is in \(tensor.typeName); read are \(types.joined(separator: ", "))")
        }
        // The header of the file is not checked for types that are no weights of ours.
        guard tensor.byteRange.count == byteCount else {
            throw file.invalid(
                "\(name) has \(tensor.byteRange.count) bytes, which is not its shape")
        }
    }

    private static func text(_ shape: [Int]) -> String {
        shape.prefix(6).map(String.init).joined(separator: " × ")
    }
}
