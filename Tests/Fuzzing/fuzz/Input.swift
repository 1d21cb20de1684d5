/// The bytes of one input, which may be those of several files.
struct Input {
    let bytes: UnsafeRawBufferPointer

    private static let separator = Array("\n%%%%\n".utf8)

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The files, with a line of `%%%%` between one and the next; the last ones may be missing.
    func parts(_ most: Int) -> [UnsafeRawBufferPointer] {
        var parts: [UnsafeRawBufferPointer] = []
        var rest = bytes[...]
        while parts.count < most - 1, let end = Self.separatorStart(in: rest) {
            parts.append(UnsafeRawBufferPointer(rebasing: rest[..<end]))
            rest = rest[(end + Self.separator.count)...]
        }
        return parts + [UnsafeRawBufferPointer(rebasing: rest)]
    }

    private static func separatorStart(in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        bytes.indices.first { bytes[$0] == separator[0] && bytes[$0...].starts(with: separator) }
    }
}
