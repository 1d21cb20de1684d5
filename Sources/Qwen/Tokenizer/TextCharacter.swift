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

/// What the split patterns ask of a character: `\p{L}`, `\p{N}`, `\s`, the ends of lines.
enum CharacterClass {
    case letter
    case number
    case newline
    /// White space that does not end a line.
    case blank
    case other

    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x41...0x5a, 0x61...0x7a: self = .letter
        case 0x30...0x39: self = .number
        case 0x0a, 0x0d: self = .newline
        case 0x20, 0x09, 0x0b, 0x0c: self = .blank
        case 0x00...0x7f: self = .other
        // Han and Hangul are most of the text outside ASCII, and letters throughout.
        case 0x4e00...0x9fff, 0xac00...0xd7a3: self = .letter
        default: self = CharacterClass(category: scalar.properties)
        }
    }

    private init(category properties: Unicode.Scalar.Properties) {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            self = .letter
        case .decimalNumber, .letterNumber, .otherNumber:
            self = .number
        default:
            self = properties.isWhitespace ? .blank : .other
        }
    }

    var isSpace: Bool { self == .blank || self == .newline }
}
