/// The objects of a JSON text, one after the other: those of its one array, or those that follow each
/// other, as one on each line.
///
/// Only where they begin and end is looked at; whoever reads one finds what is wrong inside of it.
struct JSONObjects {
    struct Found {
        /// Where it begins, counted from 1.
        let line: Int
        let text: Substring.UTF8View
    }

    /// Why there is no next object.
    struct Problem: Error {
        /// Counted from 1.
        let line: Int
        let what: String
    }

    let isArray: Bool
    private let bytes: String.UTF8View
    private var index: String.Index
    private var line = 1
    private var isFirst = true
    private var isOver = false

    /// Deeper than any prompt; what reads the object may recurse.
    private static let mostDepth = 64
    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// Whether a text begins with an object, or with an array of objects or of nothing.
    ///
    /// A text that begins with a bracket may as well be one such as `[INST] …`.
    init?(_ text: String) {
        bytes = text.utf8
        index = bytes.startIndex
        let blanks = Self.isBlank
        let start = bytes.drop(while: blanks)
        switch start.first {
        case UInt8(ascii: "{"):
            isArray = false
        case UInt8(ascii: "["):
            let second = start.dropFirst().drop(while: blanks).first
            guard second == UInt8(ascii: "{") || second == UInt8(ascii: "]") else { return nil }
            isArray = true
            skipBlanks()
            step()
        default:
            return nil
        }
    }

    /// - Returns: nil behind the last one.
    mutating func next() throws(Problem) -> Found? {
        skipBlanks()
        if !isOver { isOver = isArray ? try endsArray() : byte == nil }
        guard !isOver else { return nil }
        isFirst = false
        guard byte == UInt8(ascii: "{") else {
            throw problem("there is no object where one belongs")
        }
        return try object()
    }

    /// Passes the comma before an object, or the end of the array.
    private mutating func endsArray() throws(Problem) -> Bool {
        switch byte {
        case UInt8(ascii: "]"):
            step()
            skipBlanks()
            guard byte == nil else { throw problem("something follows the end of the array") }
            return true
        case UInt8(ascii: ",") where !isFirst:
            step()
            skipBlanks()
            return false
        case nil:
            throw problem("the array is not closed")
        default:
            guard isFirst else { throw problem("there is no comma between two objects") }
            return false
        }
    }

    private mutating func object() throws(Problem) -> Found {
        let start = index
        let startLine = line
        var depth = 0
        var isInString = false
        while let byte {
            step()
            if isInString {
                switch byte {
                case Self.backslash: if self.byte != nil { step() }
                case Self.quote: isInString = false
                case Self.newline:
                    throw Problem(line: line - 1, what: "a string is not closed")
                default: break
                }
                continue
            }
            switch byte {
            case Self.quote:
                isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                guard depth <= Self.mostDepth else {
                    throw problem("it nests deeper than \(Self.mostDepth)")
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return Found(line: startLine, text: bytes[start..<index]) }
            default:
                break
            }
        }
        throw Problem(line: startLine, what: "the object that begins here is not closed")
    }

    private func problem(_ what: String) -> Problem { Problem(line: line, what: what) }

    private var byte: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    private mutating func step() {
        if bytes[index] == Self.newline { line += 1 }
        bytes.formIndex(after: &index)
    }

    private mutating func skipBlanks() {
        while let byte, Self.isBlank(byte) { step() }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
