/// Reads JSON strictly (RFC 8259): valid UTF-8, no name twice in an object, bounded depth.
package struct JSONReader {
    /// Deeper than any file of a model; recursion ends there.
    private static let maximumDepth = 64

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The document that the bytes are, all of them.
    package static func read(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSON {
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.offset == bytes.count else {
            throw reader.comment() ?? reader.failure("something follows the end of the document")
        }
        return value
    }

    private func failure(_ problem: String, remedy: String? = nil) -> JSONError {
        let newlines = bytes.prefix(offset).count { $0 == UInt8(ascii: "\n") }
        return JSONError(line: newlines + 1, problem: problem, remedy: remedy)
    }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            offset += 1
        }
    }

    private func follows(_ text: String) -> Bool { bytes[offset...].starts(with: text.utf8) }

    /// Why there is no value here: what is known from files that are JSON but for that.
    private func noValue() -> JSONError {
        if let word = ["NaN", "Infinity", "-Infinity"].first(where: follows) {
            return failure(
                "\(word) is not JSON, though Python writes it",
                remedy: "write a number, or remove the key")
        }
        if let error = comment() { return error }
        return next == nil
            ? failure("it ends where a value belongs")
            : failure("there is no value where one belongs")
    }

    private func comment() -> JSONError? {
        guard follows("//") || follows("/*") || follows("#") else { return nil }
        return failure("there is a comment, which JSON has not", remedy: "remove it")
    }

    /// Behind a comma.
    private mutating func refuseEnd(_ end: UInt8) throws(JSONError) {
        skipSpace()
        guard next != end else {
            throw failure("there is a comma behind the last element", remedy: "remove it")
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth < Self.maximumDepth else {
            throw failure("it nests deeper than \(Self.maximumDepth)")
        }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case let byte? where Self.digits ~= byte: return try number()
        case UInt8(ascii: "-") where !follows("-I"): return try number()
        default: throw noValue()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for index in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[index]) {
            throw failure("a value is neither true, false nor null")
        }
        return value
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        offset += 1
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            if !elements.isEmpty { try refuseEnd(UInt8(ascii: "]")) }
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else {
            throw comment() ?? failure("an array is not closed")
        }
        return .array(elements)
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        offset += 1
        var members: [JSON.Member] = []
        var names: Set<Name> = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            if !members.isEmpty { try refuseEnd(UInt8(ascii: "}")) }
            guard next == UInt8(ascii: "\"") else {
                throw comment() ?? failure("a member has no name")
            }
            let name = try string()
            guard names.insert(Name(text: name)).inserted else {
                throw failure(
                    "the name '\(name)' stands twice in an object", remedy: "remove one of them")
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else {
                throw failure("there is no colon after the name '\(name)'")
            }
            members.append(JSON.Member(name: name, value: try value(depth: depth + 1)))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else {
            throw comment() ?? failure("an object is not closed")
        }
        return .object(members)
    }

    /// Compared by bytes: String's equality takes composed and decomposed for the same.
    private struct Name: Hashable {
        let text: String

        static func == (first: Name, second: Name) -> Bool {
            first.text.utf8.elementsEqual(second.text.utf8)
        }

        func hash(into hasher: inout Hasher) {
            for byte in text.utf8 { hasher.combine(byte) }
        }
    }
}

// MARK: - Numbers

extension JSONReader {
    private mutating func number() throws(JSONError) -> JSON {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try passDigits() }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try passDigits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try passDigits()
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isWhole, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            throw failure("the number \(text.prefix(40)) is too large")
        }
        return .number(number)
    }

    private mutating func passDigits() throws(JSONError) {
        let start = offset
        while let byte = next, Self.digits ~= byte { offset += 1 }
        guard offset > start else { throw failure("a digit is missing in a number") }
    }
}

// MARK: - Strings

extension JSONReader {
    private mutating func string() throws(JSONError) -> String {
        offset += 1
        let start = offset
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20
        {
            offset += 1
        }
        if next == UInt8(ascii: "\"") {
            defer { offset += 1 }
            return try text(bytes[start..<offset])
        }
        var result = Array(bytes[start..<offset])
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw failure("a string has a control character in it") }
            offset += 1
            if byte == UInt8(ascii: "\\") {
                result += try escaped().utf8
            } else {
                result.append(byte)
            }
        }
        guard take(UInt8(ascii: "\"")) else { throw failure("a string is not closed") }
        return try text(result)
    }

    private func text(_ bytes: some Sequence<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw failure("a string is not UTF-8")
        }
        return text
    }

    /// The character that an escape stands for; its backslash is passed already.
    private mutating func escaped() throws(JSONError) -> Character {
        guard let byte = next else { throw failure("a string is not closed") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Character(Unicode.Scalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return Character(try escapedScalar())
        default: throw failure("a string has an unknown escape")
        }
    }

    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        var value = try hexadecimal()
        if 0xd800..<0xdc00 ~= value, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let low = try hexadecimal()
            guard 0xdc00..<0xe000 ~= low else {
                throw failure("a string has half of a surrogate pair")
            }
            value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw failure("a string has half of a surrogate pair")
        }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("a \\u escape has not four digits")
            }
            offset += 1
            value = value << 4 + UInt32(digit)
        }
        return value
    }
}

/// Why bytes are not JSON, and where.
package struct JSONError: Error, Equatable {
    /// Counted from 1.
    package let line: Int
    package let problem: String
    /// What to do with what a person or a program wrote so; nil where the file may be damaged.
    package var remedy: String?

    /// Line, problem and remedy, where there is one.
    package var mendable: String? { remedy.map { "in line \(line), \(problem); \($0)" } }
}
