import Basics
import FoundationEssentials
internal import Texts

/// A file with one JSON object on each line, and blank lines.
///
/// What a program said beside its results, as llama.cpp's do of the devices they found, is left out,
/// and ``note`` says so.
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
    let note: Wording?

    /// More is not what a benchmark prints.
    private static let mostBytes = 64 << 20

    init(path: String) throws(ReportingError) {
        self.path = path
        let text = try PlainText.read(path, limit: Self.mostBytes)
        var lines: [Line] = []
        var others: [Substring] = []
        // Of bytes: a line end of Windows is one Character.
        let texts = text.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in texts.enumerated() {
            let start = Self.start(of: bytes)
            let before = bytes[..<(start ?? bytes.endIndex)]
            if !before.allSatisfy(Self.blanks.contains) { others.append(Substring(before)) }
            guard let start else { continue }
            do {
                lines.append(
                    Line(
                        number: index + 1,
                        properties: try JSONDecoder().decode(
                            [String: JSONValue].self, from: Data(bytes[start...]))))
            } catch {
                throw Self.notAnObject(path, line: index + 1)
            }
        }
        guard !lines.isEmpty else {
            throw others.isEmpty ? .notComparable(path: path) : Self.notAnObject(path, line: 1)
        }
        self.lines = lines
        note = Self.note(on: others)
    }

    private static let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]

    /// Where the object of a line begins: at a brace before a name, or the first on the line.
    private static func start(of line: Substring.UTF8View) -> Substring.UTF8View.Index? {
        let brace = UInt8(ascii: "{")
        let first = line.firstIndex { !blanks.contains($0) }
        if let first, line[first] == brace { return first }
        return line.indices.first { index in
            line[index] == brace
                && line[index...].dropFirst().first { !blanks.contains($0) } == UInt8(ascii: "\"")
        }
    }

    private static func notAnObject(_ path: String, line: Int) -> ReportingError {
        .malformed(
            path: path, line: line,
            what: "not a JSON object; print with llama-bench -o jsonl or "
                + "llama-batched-bench --output-format jsonl")
    }

    /// Quotes the beginnings of the first of what was left out.
    private static func note(on others: [Substring]) -> Wording? {
        guard !others.isEmpty else { return nil }
        let quotes = others.prefix(3).map { line in
            // What is quoted goes to a terminal.
            let shown = line.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
                .map { $0.properties.generalCategory == .control ? " " : Character($0) }
            let text = String(shown.prefix(80))
            return "\"\(text.trimmingPrefix(while: \.isWhitespace))\(shown.count > 80 ? "…" : "")\""
        }
        let rest = others.count - quotes.count
        return Wording(
            en: "left out, as it is no JSON: \(quotes.joined(separator: ", "))"
                + (rest > 0 ? " and \(rest) more" : ""),
            zh: "略去，不是 JSON：\(quotes.joined(separator: "、"))"
                + (rest > 0 ? "，还有 \(rest) 行" : ""))
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
