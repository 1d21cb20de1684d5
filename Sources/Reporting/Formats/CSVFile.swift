internal import Texts

/// A file of comma-separated values, read after RFC 4180: a header, and lines of as many fields.
///
/// What spreadsheets make of it is taken too: UTF-16, a byte order mark, line ends of two characters,
/// blank lines, a first line `sep=;`, and where the header has no comma, semicolons or tabs in place of
/// commas.
package struct CSVFile {
    package struct Line {
        /// Where it begins, counted from 1.
        package let number: Int
        package let fields: [String]
    }

    package let path: String
    package let header: [String]
    package let lines: [Line]
    /// What stands between two fields: `,`, `;` or a tab.
    package let separator: Character

    /// More is not a table that a person looks at.
    private static let mostBytes = 16 << 20

    /// - Parameter trims: Whether blanks around fields are no part of them.
    /// - Throws: ``ReportingError`` that names the file, the line and what is wrong with it.
    package init(path: String, trims: Bool = false) throws(ReportingError) {
        self.path = path
        let text = try PlainText.read(path, limit: Self.mostBytes)
        let separator = Self.separator(of: text)
        self.separator = Character(UnicodeScalar(separator))
        var records = CSVRecords(text, separator, trims: trims)
        var lines: [Line] = []
        do {
            while let line = try records.next() { lines.append(line) }
        } catch {
            throw .malformed(path: path, line: error.line, what: error.what)
        }
        // For Excel, which shows nothing of it: the separator follows the sign.
        if lines.first?.fields == ["sep=", ""] { lines.removeFirst() }
        guard let first = lines.first else {
            throw .malformed(path: path, line: 1, what: "the file is empty")
        }
        header = first.fields
        self.lines = Array(lines.dropFirst())
        for line in self.lines where line.fields.count != header.count {
            throw .malformed(
                path: path, line: line.number,
                what: "\(line.fields.count) fields under \(header.count) titles")
        }
    }

    /// What separates the fields of the first line that is not blank, quoted parts left out.
    private static func separator(of text: String) -> UInt8 {
        var isQuoted = false
        var found: Set<UInt8> = []
        for byte in text.utf8.drop(while: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
        {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
            found.insert(byte)
        }
        let others = [UInt8(ascii: ";"), UInt8(ascii: "\t")]
        let comma = UInt8(ascii: ",")
        return found.contains(comma) ? comma : others.first { found.contains($0) } ?? comma
    }
}

/// The records of a text, one after the other.
private struct CSVRecords {
    struct Failure: Error {
        let line: Int
        let what: String
    }

    private var rest: ArraySlice<UInt8>
    private var line = 1
    private let separator: UInt8
    private let trims: Bool

    init(_ text: String, _ separator: UInt8, trims: Bool) {
        rest = Array(text.utf8)[...]
        self.trims = trims
        self.separator = separator
    }

    /// The next line that is not blank; nil at the end.
    mutating func next() throws(Failure) -> CSVFile.Line? {
        while !rest.isEmpty {
            let number = line
            let fields = try record()
            if fields != [""] { return CSVFile.Line(number: number, fields: fields) }
        }
        return nil
    }

    private mutating func record() throws(Failure) -> [String] {
        var fields: [String] = []
        while true {
            dropBlanks()
            fields.append(rest.first == UInt8(ascii: "\"") ? try quoted() : plain())
            dropBlanks()
            guard let end = rest.popFirst() else { return fields }
            switch end {
            case separator: continue
            case UInt8(ascii: "\r") where rest.first == UInt8(ascii: "\n"):
                rest.removeFirst()
                line += 1
                return fields
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                line += 1
                return fields
            default: throw Failure(line: line, what: "text after the closing quote of a field")
            }
        }
    }

    private mutating func dropBlanks() {
        if trims { rest = rest.drop { $0 == UInt8(ascii: " ") } }
    }

    private mutating func plain() -> String {
        var field = rest.prefix {
            $0 != separator && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r")
        }
        rest = rest[field.endIndex...]
        while trims, field.last == UInt8(ascii: " ") { field.removeLast() }
        return String(decoding: field, as: UTF8.self)
    }

    private mutating func quoted() throws(Failure) -> String {
        let start = line
        var field: [UInt8] = []
        rest.removeFirst()
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") {
                guard rest.first == byte else { return String(decoding: field, as: UTF8.self) }
                rest.removeFirst()
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            field.append(byte)
        }
        throw Failure(line: start, what: "a quote that does not end")
    }
}
