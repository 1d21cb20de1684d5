import FoundationEssentials

/// A file of comma-separated values, read after RFC 4180: a header, and lines of as many fields.
///
/// What spreadsheets add is taken too: a byte order mark, line ends of two characters, blank lines.
package struct CSVFile {
    package struct Line {
        /// Where it begins, counted from 1.
        package let number: Int
        package let fields: [String]
    }

    package let path: String
    package let header: [String]
    package let lines: [Line]

    /// More is not a table that a person looks at.
    private static let mostBytes = 16 << 20

    /// - Throws: ``ReportingError`` that names the file, the line and what is wrong with it.
    package init(path: String) throws(ReportingError) {
        self.path = path
        var records = CSVRecords(try Report.read(path, limit: Self.mostBytes))
        var lines: [Line] = []
        do {
            while let line = try records.next() { lines.append(line) }
        } catch {
            throw .malformed(path: path, line: error.line, what: error.what)
        }
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
}

/// The records of a text, one after the other.
private struct CSVRecords {
    struct Failure: Error {
        let line: Int
        let what: String
    }

    private var rest: ArraySlice<UInt8>
    private var line = 1

    init(_ data: Data) {
        let bytes = [UInt8](data)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        rest = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
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
            fields.append(rest.first == UInt8(ascii: "\"") ? try quoted() : try plain())
            guard let separator = rest.popFirst() else { return fields }
            switch separator {
            case UInt8(ascii: ","): continue
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

    private mutating func plain() throws(Failure) -> String {
        let field = rest.prefix {
            $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r")
        }
        rest = rest[field.endIndex...]
        return try text(Array(field))
    }

    private mutating func quoted() throws(Failure) -> String {
        let start = line
        var field: [UInt8] = []
        rest.removeFirst()
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") {
                guard rest.first == byte else { return try text(field) }
                rest.removeFirst()
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            field.append(byte)
        }
        throw Failure(line: start, what: "a quote that does not end")
    }

    private func text(_ bytes: [UInt8]) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(line: line, what: "a field that is not UTF-8")
        }
        return text
    }
}
