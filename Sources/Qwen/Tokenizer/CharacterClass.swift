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
