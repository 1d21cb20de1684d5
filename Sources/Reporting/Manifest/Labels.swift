/// What a user calls a run by, as `branch=main`: kept in its manifest, and what a history selects by.
///
/// Both come from outside, from a command line or from a file, and end in terminals, tables and queries;
/// so there are only such as can be read in one line.
package struct Labels: Equatable, Sendable {
    /// What is wrong with one.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// No run needs more.
    static let most = 64
    /// Bytes of a key, and of a value.
    static let mostKeyBytes = 63
    static let mostValueBytes = 256

    package private(set) var values: [String: String] = [:]

    package init() {}

    /// Reads `key=value`, as often as given.
    ///
    /// - Throws: ``Fault`` that names the label, for a key that comes twice, too.
    package init(_ texts: [String]) throws(Fault) {
        for text in texts {
            guard let equals = text.firstIndex(of: "=") else {
                throw Fault(description: "\"\(Self.shown(text))\" is no label; write key=value")
            }
            let key = String(text[..<equals])
            guard values[key] == nil else {
                throw Fault(description: "the label \"\(Self.shown(key))\" comes twice")
            }
            try add(key, String(text[text.index(after: equals)...]))
        }
    }

    /// Takes labels that are pairs already.
    ///
    /// - Throws: ``Fault`` that names one that cannot be such.
    package init(_ values: [String: String]) throws(Fault) {
        for (key, value) in values.sorted(by: { $0.key < $1.key }) { try add(key, value) }
    }

    package var isEmpty: Bool { values.isEmpty }

    /// `branch=main, host=a`, by key; empty without any.
    package var text: String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    }

    /// These, and those of others whose keys they do not have.
    ///
    /// - Throws: ``Fault`` if they are too many together.
    func completed(by others: Labels) throws(Fault) -> Labels {
        try Labels(values.merging(others.values) { own, _ in own })
    }

    private mutating func add(_ key: String, _ value: String) throws(Fault) {
        guard Self.isKey(key) else {
            throw Fault(
                description: "\"\(Self.shown(key))\" is no key of a label: a letter or digit, then "
                    + "letters, digits, '.', '_', '-' or '/', \(Self.mostKeyBytes) in all at most")
        }
        guard (1...Self.mostValueBytes).contains(value.utf8.count), !Self.breaksALine(value) else {
            throw Fault(
                description: "the label \(key) has the value \"\(Self.shown(value))\": write 1 to "
                    + "\(Self.mostValueBytes) bytes without control characters")
        }
        guard values.count < Self.most else {
            throw Fault(description: "more than \(Self.most) labels")
        }
        values[key] = value
    }

    private static func isKey(_ text: String) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
        }
        guard let first = text.utf8.first, isPlain(first), text.utf8.count <= mostKeyBytes else {
            return false
        }
        return text.utf8.allSatisfy { isPlain($0) || "._-/".utf8.contains($0) }
    }

    /// Whether a terminal would obey a part of the text, or end the line there.
    private static func breaksALine(_ text: String) -> Bool {
        text.unicodeScalars.contains {
            [.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
    }

    /// The beginning of a text, for a message of one line.
    private static func shown(_ text: String) -> String {
        let line = text.unicodeScalars.prefix(40).map {
            breaksALine(String($0)) ? "\u{FFFD}" : String($0)
        }.joined()
        return text.unicodeScalars.count > 40 ? line + "…" : line
    }
}

extension Labels: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(container.decode([String: String].self))
        } catch let fault as Fault {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: fault.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}
