import FoundationEssentials
internal import Texts

/// A file with one JSON object on each line, and blank lines.
///
/// What a program said before its first result, as llama.cpp's do of the devices they found, is left
/// out, and ``note`` says so.
struct JSONLinesFile {
    struct Line {
        /// Counted from 1.
        let number: Int
        let properties: [String: JSONValue]
    }

    let path: String
    /// At least one.
    let lines: [Line]
    /// What was left out; nil if nothing was.
    let note: String?

    /// More is not what a benchmark prints.
    private static let mostBytes = 64 << 20

    init(path: String) throws(ReportingError) {
        self.path = path
        let text = try PlainText.read(path, limit: Self.mostBytes)
        var lines: [Line] = []
        var preface: [Substring] = []
        // Of bytes: a line end of Windows is one Character.
        let texts = text.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in texts.enumerated() {
            guard let first = bytes.first(where: { !Self.blanks.contains($0) }) else { continue }
            if lines.isEmpty, first != UInt8(ascii: "{") {
                preface.append(Substring(bytes))
                continue
            }
            do {
                lines.append(
                    Line(
                        number: index + 1,
                        properties: try JSONDecoder().decode(
                            [String: JSONValue].self, from: Data(bytes))))
            } catch {
                throw Self.notAnObject(path, line: index + 1)
            }
        }
        guard !lines.isEmpty else {
            throw preface.isEmpty ? .notComparable(path: path) : Self.notAnObject(path, line: 1)
        }
        self.lines = lines
        note = Self.note(on: preface)
    }

    private static let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]

    private static func notAnObject(_ path: String, line: Int) -> ReportingError {
        .malformed(
            path: path, line: line,
            what: "not a JSON object; print with llama-bench -o jsonl or "
                + "llama-batched-bench --output-format jsonl")
    }

    /// Quotes the beginnings of the first lines.
    private static func note(on preface: [Substring]) -> String? {
        guard !preface.isEmpty else { return nil }
        let quotes = preface.prefix(3).map { line in
            // What is quoted goes to a terminal.
            let shown = line.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
                .map { $0.properties.generalCategory == .control ? " " : Character($0) }
            let text = String(shown.prefix(80))
            return "\"\(text.trimmingPrefix(while: \.isWhitespace))\(shown.count > 80 ? "…" : "")\""
        }
        let rest = preface.count - quotes.count
        return "left out before the first line of JSON: \(quotes.joined(separator: ", "))"
            + (rest > 0 ? " and \(rest) more" : "")
    }

    /// Whether the first line has all of these properties.
    func has(_ names: [String]) -> Bool {
        names.allSatisfy { lines[0].properties[$0] != nil }
    }

    /// Checks that all lines were measured in one way: that they are the same but for results.
    ///
    /// - Parameter isResult: Whether a property may be another one on each line.
    func checkOneConfiguration(
        exceptWhere isResult: (String) -> Bool
    ) throws(ReportingError) {
        let first = lines[0].properties.filter { !isResult($0.key) }
        for line in lines.dropFirst() {
            let names = Set(first.keys).union(line.properties.keys.filter { !isResult($0) })
            if let name = names.sorted().first(where: { first[$0] != line.properties[$0] }) {
                let (was, now) = (first[name] ?? .null, line.properties[name] ?? .null)
                throw .malformed(
                    path: path, line: line.number,
                    what: "\(name) is \(now.brief) and was \(was.brief): compare one "
                        + "configuration at a time")
            }
        }
    }

    /// A count within a range.
    func integer(
        _ name: String, in range: ClosedRange<Int>, of line: Line
    ) throws(ReportingError) -> Int {
        guard let value = line.properties[name] else { throw missing(name, of: line) }
        guard case .integer(let count) = value, range.contains(count) else {
            throw malformed("\"\(name)\" is \(value.brief), not a number in \(range)", of: line)
        }
        return count
    }

    /// A time or a rate.
    func positive(_ name: String, of line: Line) throws(ReportingError) -> Double {
        guard let value = line.properties[name] else { throw missing(name, of: line) }
        guard let number = value.positiveNumber else {
            throw malformed("\"\(name)\" is \(value.brief), not a time or rate", of: line)
        }
        return number
    }

    /// At least one time or rate.
    func positives(_ name: String, of line: Line) throws(ReportingError) -> [Double] {
        guard let value = line.properties[name] else { throw missing(name, of: line) }
        guard case .array(let values) = value, !values.isEmpty else {
            throw malformed("\"\(name)\" is not a list of numbers", of: line)
        }
        var numbers: [Double] = []
        for value in values {
            guard let number = value.positiveNumber else {
                throw malformed(
                    "\"\(name)\" has \(value.brief), not a time or rate", of: line)
            }
            numbers.append(number)
        }
        return numbers
    }

    func malformed(_ what: String, of line: Line) -> ReportingError {
        .malformed(path: path, line: line.number, what: what)
    }

    private func missing(_ name: String, of line: Line) -> ReportingError {
        malformed("\"\(name)\" is missing", of: line)
    }

    /// Facts of the first line, where it has them.
    func facts(_ names: [(property: String, name: String)]) -> [Fact] {
        names.compactMap { property, name in
            lines[0].properties[property].map { Fact(name, $0.brief) }
        }
    }
}

extension JSONValue {
    /// Nanoseconds or tokens a second, with room on both sides, and so that no ratio overflows.
    private static let possible = 1e-6...1e18

    fileprivate var positiveNumber: Double? {
        switch self {
        case .integer(let value) where Self.possible.contains(Double(value)): Double(value)
        case .number(let value) where Self.possible.contains(value): value
        default: nil
        }
    }
}
