import FoundationEssentials

/// Any JSON: how a manifest holds what other parts of the program know, without knowing their types.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Takes a value as its JSON, the names of its properties in snake_case.
    package init(encoding value: some Encodable) throws(ReportingError) {
        do {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .custom { path in SnakeCaseKey(path.last) }
            self = try JSONDecoder().decode(JSONValue.self, from: try encoder.encode(value))
        } catch {
            throw .unencodable(what: "\(type(of: value)): \(error)")
        }
    }
}

extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue {
    /// A property of an object; nil if there is none.
    package subscript(property: String) -> JSONValue? {
        if case .object(let properties) = self { properties[property] } else { nil }
    }

    /// What a string says; nil for anything else.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// A number; nil for anything else.
    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// What stands in a field; null for what is missing.
    init(_ value: Value) {
        self =
            switch value {
            case .integer(let value): .integer(value)
            case .decimal(let value): .number(value)
            case .text(let value): .string(value)
            case .missing: .null
            }
    }
}
