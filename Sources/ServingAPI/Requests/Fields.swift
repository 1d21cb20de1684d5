internal import JSON

/// The fields of a request, each read by its name and checked.
///
/// A field that is null is as one that is missing.
struct Fields {
    /// How the object is called in messages: empty for the body itself, or `stream_options.`.
    private let prefix: String
    private let values: [String: JSON]
    /// The names that were asked for.
    private(set) var read: Set<String> = []
    /// The names of what is not done here.
    private(set) var refused: Set<String> = []

    /// - Throws: `APIError`, where it is no object.
    init(_ json: JSON, prefix: String = "") throws(APIError) {
        guard let members = json.members else {
            throw .invalid(
                prefix.isEmpty ? nil : String(prefix.dropLast()), "it must be a JSON object")
        }
        self.prefix = prefix
        values = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// The names that nothing knows, in order.
    var unknown: [String] {
        values.keys.filter { !read.contains($0) && !refused.contains($0) }.sorted()
    }

    /// A field's value, as it is.
    mutating func json(_ name: String) -> JSON? {
        read.insert(name)
        return value(name)
    }

    private func value(_ name: String) -> JSON? {
        let value = values[name]
        return value == .null ? nil : value
    }

    /// Says that a field's value is wrong.
    func wrong(_ name: String, _ expected: String) -> APIError {
        .invalid(
            prefix + name,
            "'\(prefix)\(name)' must be \(expected), not \(values[name]?.shown ?? "missing")")
    }

    mutating func integer(
        _ name: String, in range: ClosedRange<Int>
    ) throws(APIError) -> Int? {
        guard let json = json(name) else { return nil }
        guard let value = json.wholeNumber, range.contains(value) else {
            throw wrong(name, "a whole number \(range.words)")
        }
        return value
    }

    /// - Parameter excludesLeast: whether the range's lower end is none of it.
    mutating func number(
        _ name: String, in range: ClosedRange<Double>, excludesLeast: Bool = false
    ) throws(APIError) -> Double? {
        guard let json = json(name) else { return nil }
        guard let value = json.number, range.contains(value),
            !excludesLeast || value > range.lowerBound
        else {
            let least =
                excludesLeast ? "above \(range.lowerBound)" : "of at least \(range.lowerBound)"
            let most = range.upperBound.isFinite ? " and at most \(range.upperBound)" : ""
            throw wrong(name, "a number \(least)\(most)")
        }
        return value
    }

    mutating func boolean(_ name: String) throws(APIError) -> Bool? {
        guard let json = json(name) else { return nil }
        guard let value = json.boolean else { throw wrong(name, "true or false") }
        return value
    }

    mutating func string(_ name: String) throws(APIError) -> String? {
        guard let json = json(name) else { return nil }
        guard let value = json.string else { throw wrong(name, "a string") }
        return value
    }

    mutating func strings(_ name: String, most: Int) throws(APIError) -> [String]? {
        guard let json = json(name) else { return nil }
        guard let texts = json.array?.map(\.string), texts.count <= most,
            !texts.contains(where: { $0 == nil })
        else { throw wrong(name, "a list of at most \(most) strings") }
        return texts.compactMap(\.self)
    }

    /// Token ids; whether the vocabulary has them is for those who have it.
    mutating func tokens(_ name: String, most: Int = .max) throws(APIError) -> [Int]? {
        guard let json = json(name) else { return nil }
        guard let tokens = json.tokens, tokens.count <= most else {
            throw wrong(name, "a list of token ids" + (most < .max ? ", at most \(most)" : ""))
        }
        return tokens
    }

    /// The fields of an object in a field.
    mutating func object(_ name: String) throws(APIError) -> Fields? {
        guard let json = json(name) else { return nil }
        return try Fields(json, prefix: "\(prefix)\(name).")
    }

    /// Refuses a field that asks for what is not done here.
    ///
    /// - Parameter idle: the values that ask for nothing, beside null.
    mutating func refuse(
        _ name: String, unless idle: [JSON] = [], remedy: String
    ) throws(APIError) {
        refused.insert(name)
        guard let json = value(name), !idle.contains(json) else { return }
        throw .unsupported(prefix + name, "'\(prefix)\(name)' is not done here; \(remedy)")
    }

    /// Takes note of fields that say nothing about the answer.
    mutating func pass(_ names: String...) {
        read.formUnion(names)
    }
}

extension JSON {
    /// Without a fraction, though it may be written with one.
    var wholeNumber: Int? {
        if let integer { return integer }
        return number.flatMap { Int(exactly: $0) }
    }

    /// A list of numbers that can be token ids.
    var tokens: [Int]? {
        guard let elements = array else { return nil }
        var tokens: [Int] = []
        tokens.reserveCapacity(elements.count)
        for element in elements {
            guard let token = element.integer, 0...Int(Int32.max) ~= token else { return nil }
            tokens.append(token)
        }
        return tokens
    }

    /// Its text, cut: it came from outside, and may be long.
    var shown: String {
        switch self {
        case .array(let elements): "a list of \(elements.count)"
        case .object: "an object"
        case .string(let text): text.quotedForMessage
        default: String(decoding: JSONWriter.bytes(self, isIndented: false), as: UTF8.self)
        }
    }
}

extension ClosedRange<Int> {
    fileprivate var words: String {
        switch (lowerBound, upperBound) {
        case (.min, .max): "of 64 bits"
        case (let least, .max): "of at least \(least)"
        case (let least, let most): "from \(least) to \(most)"
        }
    }
}
