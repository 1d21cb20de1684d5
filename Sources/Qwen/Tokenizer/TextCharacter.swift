/// A character of UTF-8 text as the split patterns see it.
struct TextCharacter {
    let scalar: Unicode.Scalar
    let kind: CharacterClass
    /// The offset behind it.
    let end: Int

    /// The character at an offset; nil at the end.
    ///
    /// - Precondition: `text` is valid UTF-8, and a character begins at `offset`.
    init?(at offset: Int, in text: Span<UInt8>) {
        guard offset < text.count else { return nil }
        scalar = text.scalar(at: offset)
        kind = CharacterClass(scalar)
        end = offset + UTF8.width(scalar)
    }
}

extension Span<UInt8> {
    /// The scalar that begins at an offset of valid UTF-8.
    func scalar(at offset: Int) -> Unicode.Scalar {
        let lead = self[offset]
        if lead < 0x80 { return Unicode.Scalar(lead) }
        func bits(_ distance: Int) -> UInt32 { UInt32(self[offset + distance] & 0x3f) }
        let value: UInt32 =
            if lead < 0xe0 {
                UInt32(lead & 0x1f) << 6 | bits(1)
            } else if lead < 0xf0 {
                UInt32(lead & 0x0f) << 12 | bits(1) << 6 | bits(2)
            } else {
                UInt32(lead & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3)
            }
        return Unicode.Scalar(value) ?? "\u{fffd}"
    }
}
