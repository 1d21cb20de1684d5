internal import JSON

/// The members of a JSON object in one of the small files of a model, each nil where it is missing or
/// null.
struct FileValues {
    let file: ModelFile
    let json: JSON
    /// Which part of the file it is, for errors; empty for all of it.
    let part: String

    /// - Throws: `QwenError.invalidModelFile` for a file that is no JSON object.
    init(_ file: ModelFile) throws(QwenError) {
        self.init(try file.json(), of: "", in: file)
        guard json.members != nil else { throw file.invalid("it is no JSON object") }
    }

    /// The file of a folder; nil where there is none.
    init?(_ name: String, in folder: ModelFolder) throws {
        guard let file = try ModelFile(name, in: folder) else { return nil }
        try self.init(file)
    }

    /// A part of a file.
    init(_ json: JSON, of part: String, in file: ModelFile) {
        self.json = json
        self.part = part
        self.file = file
    }

    subscript(key: String) -> JSON? { json[key] }

    func boolean(_ key: String) throws(QwenError) -> Bool? {
        guard let value = json[key] else { return nil }
        guard let boolean = value.boolean else { throw isNot(key, "true or false") }
        return boolean
    }

    func text(_ key: String) throws(QwenError) -> String? {
        guard let value = json[key] else { return nil }
        guard let text = value.string else { throw isNot(key, "a text") }
        return text
    }

    /// A whole number, also where Python wrote it as 128.0.
    func integer(_ key: String) throws(QwenError) -> Int? {
        guard let value = json[key] else { return nil }
        guard let integer = value.integer ?? value.number.flatMap({ Int(exactly: $0) }) else {
            throw isNot(key, "a whole number")
        }
        return integer
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(QwenError) -> Int? {
        guard let value = json[key] else { return nil }
        guard let integer = value.integer, range ~= integer else {
            throw isNot(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    func number(_ key: String) throws(QwenError) -> Double? {
        guard let value = json[key] else { return nil }
        guard let number = value.number else { throw isNot(key, "a number") }
        return number
    }

    func number(
        _ key: String, _ kind: String, _ isValid: (Float) -> Bool
    ) throws(QwenError) -> Float? {
        guard let value = json[key] else { return nil }
        guard let number = value.number.map({ Float($0) }), number.isFinite, isValid(number)
        else { throw isNot(key, "a number \(kind)") }
        return number
    }

    /// One token or a list of them.
    func tokens(_ key: String, _ vocabularySize: Int) throws(QwenError) -> Set<Int>? {
        guard let value = json[key] else { return nil }
        let elements = value.array ?? [value]
        let ids = elements.compactMap(\.integer).filter { 0..<vocabularySize ~= $0 }
        guard !elements.isEmpty, ids.count == elements.count else {
            throw isNot(key, "a token, or a list of tokens, from 0 to \(vocabularySize - 1)")
        }
        return Set(ids)
    }

    /// The value of a key that must be there.
    func needed<Value>(_ key: String, _ value: Value?) throws(QwenError) -> Value {
        guard let value else {
            throw file.unsupported(
                part.isEmpty ? "the key \(key) is missing" : "\(key) of \(part) is missing")
        }
        return value
    }

    /// Why the value of a key cannot be used.
    func isNot(_ key: String, _ kind: String) -> QwenError {
        let bytes = JSONWriter.bytes(json[key] ?? .null, isIndented: false)
        let value =
            String(decoding: bytes.prefix(60), as: UTF8.self) + (bytes.count > 60 ? "…" : "")
        return file.unusable(
            "\(part.isEmpty ? "" : "\(part): ")\(key) is not \(kind), but \(value); correct it, or remove the key"
        )
    }
}
