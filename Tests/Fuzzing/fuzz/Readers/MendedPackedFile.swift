@testable import Qwen

/// A packed file whose fixed header fits what follows it.
///
/// An input is the bytes of the weights, 32 bits; bytes of the description, 16 bits; the description;
/// the files.
struct MendedPackedFile {
    let header: [UInt8]
    /// With the weights.
    let fileByteCount: Int

    /// A tiny model's are a few MiB at most.
    private static let mostWeightBytes: UInt32 = 64 << 20
    private static let alignment = 2 << 20

    /// nil for an input that is too short to be one.
    init?(_ input: UnsafeRawBufferPointer) {
        guard input.count >= 6 else { return nil }
        let weights = input.loadUnaligned(as: UInt32.self).littleEndian % Self.mostWeightBytes
        let content = input.dropFirst(6)
        let asked = Int(input.loadUnaligned(fromByteOffset: 4, as: UInt16.self).littleEndian)
        let described = min(asked, content.count)
        var header = PackedModelHeader.magic
        func append(_ number: Int) {
            withUnsafeBytes(of: UInt64(number).littleEndian) { header += $0 }
        }
        append(Int(PackedModelHeader.version))
        append(described)
        append(content.count - described)
        append(Int(weights))
        var checksum = Checksum()
        checksum.combine(header)
        checksum.combine(content)
        withUnsafeBytes(of: checksum.value.littleEndian) { header += $0 }
        header += content
        self.header = header
        fileByteCount = header.count.roundedUp(toMultipleOf: Self.alignment) + Int(weights)
    }
}
