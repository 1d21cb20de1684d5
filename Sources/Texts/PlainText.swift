/// The text in a file that a person saved, in whichever form of Unicode the program chose.
package enum PlainText {
    /// Why bytes are no text.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        /// Where in the file, counted from 0.
        package let byte: Int
        /// The line it is in, counted from 1.
        package let line: Int
        package let problem: String
        package var remedy = "save the file as UTF-8"

        package var description: String { "\(problem); \(remedy)" }
    }

    /// The byte order mark of UTF-8, which some editors put before a text.
    package static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The text of a file, as ``decode(_:)`` has it.
    ///
    /// - Throws: ``Failure`` for a file that is something else, too, such as an archive.
    package static func decode(file bytes: [UInt8]) throws(Failure) -> String {
        let kind =
            isUTF16(bytes) ? nil : bytes.withUnsafeBytes { FileKind.name(whereTextBelongs: $0) }
        if let kind {
            throw Failure(
                byte: 0, line: 1, problem: "it is \(kind)", remedy: "a text belongs here")
        }
        return try decode(bytes)
    }

    /// Whether bytes begin with the mark of UTF-16, or of UTF-32.
    package static func isUTF16(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    }

    /// UTF-8 with or without its mark, or UTF-16 with its mark; the mark is left out.
    ///
    /// Nothing is mended: text that is not what was written gives numbers all the same.
    ///
    /// - Throws: ``Failure`` with the first byte that belongs to no character.
    package static func decode(_ bytes: [UInt8]) throws(Failure) -> String {
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
            throw Failure(byte: 0, line: 1, problem: "the text is UTF-32")
        }
        if bytes.starts(with: [0xFF, 0xFE]) { return try utf16(bytes, low: 0) }
        if bytes.starts(with: [0xFE, 0xFF]) { return try utf16(bytes, low: 1) }
        if looksLikeUTF16(bytes) {
            throw Failure(byte: 0, line: 1, problem: "the text looks like UTF-16 without its mark")
        }
        return try utf8(bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...])
    }

    /// Whether the first four characters are within ASCII and written in two bytes, one of them 0.
    private static func looksLikeUTF16(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 8 else { return false }
        return [0, 1].contains { zero in
            (0..<8).allSatisfy { (bytes[$0] == 0) == ($0 % 2 == zero) }
        }
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var codec = UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var byte = bytes.startIndex
        while case .valid(let character) = codec.parseScalar(from: &rest) {
            byte += character.count
        }
        throw Failure(
            byte: byte, line: 1 + bytes[..<byte].count { $0 == UInt8(ascii: "\n") },
            problem: "byte \(byte) of the file is not UTF-8")
    }

    /// - Parameter low: which byte of the two is the low one.
    private static func utf16(_ bytes: [UInt8], low: Int) throws(Failure) -> String {
        let units = (1..<bytes.count / 2).map { index in
            UInt16(bytes[2 * index + 1 - low]) << 8 | UInt16(bytes[2 * index + low])
        }
        guard bytes.count % 2 == 0 else {
            throw failure(units.count, units, "ends within a character of UTF-16")
        }
        if let text = String(validating: units, as: UTF16.self) { return text }
        var codec = UTF16.ForwardParser()
        var rest = units.makeIterator()
        var index = 0
        while case .valid(let character) = codec.parseScalar(from: &rest) {
            index += character.count
        }
        throw failure(index, units, "is half a character of UTF-16")
    }

    /// - Parameter index: of a unit behind the mark.
    private static func failure(_ index: Int, _ units: [UInt16], _ what: String) -> Failure {
        let byte = 2 * (index + 1)
        return Failure(
            byte: byte, line: 1 + units[..<index].count { $0 == 0x0A },
            problem: "byte \(byte) of the file \(what)")
    }
}
