/// Writes JSON (RFC 8259) as UTF-8.
package struct JSONWriter {
    private let isIndented: Bool
    private var bytes: [UInt8] = []

    private init(isIndented: Bool) {
        self.isIndented = isIndented
    }

    /// The text of a document.
    ///
    /// - Parameter isIndented: whether every member and element has a line of its own, and the last
    ///   one an end; otherwise there is no white space at all.
    package static func bytes(_ json: JSON, isIndented: Bool = true) -> [UInt8] {
        var writer = JSONWriter(isIndented: isIndented)
        writer.append(json, depth: 0)
        if isIndented { writer.bytes.append(UInt8(ascii: "\n")) }
        return writer.bytes
    }

    private mutating func append(_ json: JSON, depth: Int) {
        switch json {
        case .null: bytes += "null".utf8
        case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
        case .integer(let number): bytes += "\(number)".utf8
        case .number(let number):
            // Not a number has no text; no document of ours has one.
            precondition(number.isFinite, "JSON has no text for \(number)")
            bytes += "\(number)".utf8
        case .string(let text): bytes.append(json: text)
        case .array(let elements):
            append(elements, between: ("[", "]"), depth: depth) { writer, element in
                writer.append(element, depth: depth + 1)
            }
        case .object(let members):
            append(members, between: ("{", "}"), depth: depth) { writer, member in
                writer.bytes.append(json: member.name)
                writer.bytes += (writer.isIndented ? ": " : ":").utf8
                writer.append(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func append<Item>(
        _ items: [Item], between marks: (String, String), depth: Int,
        _ appendItem: (inout JSONWriter, Item) -> Void
    ) {
        bytes += marks.0.utf8
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            startLine(depth + 1)
            appendItem(&self, item)
        }
        if !items.isEmpty { startLine(depth) }
        bytes += marks.1.utf8
    }

    private mutating func startLine(_ depth: Int) {
        guard isIndented else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes += repeatElement(UInt8(ascii: " "), count: 2 * depth)
    }
}
