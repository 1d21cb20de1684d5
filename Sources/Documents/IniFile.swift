/// A file of sections and keys as the documents' driver reads it (Python's ConfigParser).
///
/// `[section]` lines; `key = value` or `key: value` lines; lines that begin with `;` or `#` are
/// comments; an indented line continues the value above it. Keys ignore case, sections do not.
package struct IniFile: Equatable {
    package struct Entry: Equatable {
        package let key: String
        package let value: String
        package let line: Int
    }

    package struct Section: Equatable {
        package let name: String
        package let line: Int
        package var entries: [Entry]
    }

    package private(set) var sections: [Section] = []

    /// Larger files are not configurations.
    package static let maximumByteCount = 1 << 20

    /// - Throws: `IniError` with the line where the text stops making sense.
    package init(parsing text: String) throws(IniError) {
        guard text.utf8.count <= Self.maximumByteCount else {
            throw IniError(line: 1, problem: "the file is larger than 1 MiB")
        }
        var number = 0
        let lines = text.split(omittingEmptySubsequences: false) {
            // A line end of Windows is one Character.
            $0 == "\n" || $0 == "\r\n" || $0 == "\r"
        }
        for var line in lines {
            number += 1
            if number == 1, line.first == "\u{FEFF}" { line = line.dropFirst() }
            let content = line.trimmed
            if content.isEmpty || content.first == ";" || content.first == "#" { continue }
            if line.first == " " || line.first == "\t", continueValue(with: content) { continue }
            if content.first == "[" {
                try openSection(content, number)
            } else {
                try addEntry(content, number)
            }
        }
    }

    package subscript(section: String) -> Section? {
        sections.first { $0.name == section }
    }

    private mutating func continueValue(with content: Substring) -> Bool {
        guard let section = sections.indices.last,
            let entry = sections[section].entries.indices.last
        else { return false }
        let old = sections[section].entries[entry]
        sections[section].entries[entry] = Entry(
            key: old.key, value: old.value.isEmpty ? String(content) : old.value + "\n" + content,
            line: old.line)
        return true
    }

    private mutating func openSection(_ content: Substring, _ line: Int) throws(IniError) {
        guard content.last == "]", content.count > 2 else {
            throw IniError(line: line, problem: "'\(content)' is not a section; write [name]")
        }
        let name = String(content.dropFirst().dropLast())
        if let first = self[name] {
            throw IniError(
                line: line, problem: "section [\(name)] stands already in line \(first.line)")
        }
        sections.append(Section(name: name, line: line, entries: []))
    }

    private mutating func addEntry(_ content: Substring, _ line: Int) throws(IniError) {
        guard let separator = content.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
            throw IniError(line: line, problem: "'\(content)' has no '='; write key = value")
        }
        let key = content[..<separator].trimmed.lowercased()
        let value = String(content[content.index(after: separator)...].trimmed)
        guard !key.isEmpty else {
            throw IniError(line: line, problem: "'\(content)' has no key before its '='")
        }
        guard let section = sections.indices.last else {
            throw IniError(line: line, problem: "'\(key)' stands before any [section]")
        }
        if let first = sections[section].entries.first(where: { $0.key == key }) {
            throw IniError(
                line: line,
                problem: "[\(sections[section].name)] \(key) stands already in line \(first.line)")
        }
        sections[section].entries.append(Entry(key: key, value: value, line: line))
    }
}
