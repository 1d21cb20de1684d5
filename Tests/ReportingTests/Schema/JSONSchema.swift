import Foundation
import Reporting

/// The part of JSON Schema (draft 2020-12) that `docs/schemas` uses.
///
/// A keyword that it does not know is a problem, so that nothing passes by silence.
struct JSONSchema {
    private let root: [String: JSONValue]

    init(_ text: String) throws {
        root = try JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8))
    }

    /// What is wrong with a JSON text, each with its place; empty if nothing.
    func problems(of text: String) throws -> [String] {
        problems(
            of: try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)), by: root, at: "")
    }

    /// A definition under `$defs`.
    func definition(_ name: String) -> [String: JSONValue]? {
        root["$defs"]?.properties?[name]?.properties
    }

    private func problems(
        of value: JSONValue, by schema: [String: JSONValue], at place: String
    ) -> [String] {
        schema.flatMap { keyword, rule -> [String] in
            func expect(_ holds: Bool, _ otherwise: String) -> [String] {
                holds ? [] : ["\(place): \(value) \(otherwise) \(rule)"]
            }
            switch keyword {
            case "$schema", "$id", "$defs", "title", "description": return []
            case "$ref":
                guard let name = rule.text, name.hasPrefix("#/$defs/"),
                    let found = definition(String(name.dropFirst(8)))
                else { return ["\(place): the schema has no \(rule)"] }
                return problems(of: value, by: found, at: place)
            case "type":
                let types = rule.items?.compactMap(\.text) ?? [rule.text ?? ""]
                return expect(types.contains { value.isOf($0) }, "is not of type")
            case "const": return expect(value == rule, "is not")
            case "enum": return expect(rule.items?.contains(value) == true, "is none of")
            case "minimum":
                guard let number = value.double, let least = rule.double else { return [] }
                return expect(number >= least, "is below")
            case "minItems", "maxItems":
                guard let count = value.items?.count, let limit = rule.double else { return [] }
                let holds = keyword == "minItems" ? Double(count) >= limit : Double(count) <= limit
                return expect(holds, "breaks \(keyword)")
            case "pattern":
                guard let text = value.text, let pattern = rule.text else { return [] }
                return expect(
                    text.range(of: pattern, options: .regularExpression) != nil, "is not like")
            case "items":
                guard let items = value.items, let item = rule.properties else { return [] }
                return items.enumerated().flatMap {
                    problems(of: $0.element, by: item, at: "\(place)[\($0.offset)]")
                }
            case "required":
                guard let object = value.properties, let names = rule.items else { return [] }
                return names.compactMap(\.text).filter { object[$0] == nil }
                    .map { "\(place): no \($0)" }
            case "properties":
                guard let object = value.properties, let rules = rule.properties else { return [] }
                return object.flatMap { name, property in
                    rules[name]?.properties.map {
                        problems(of: property, by: $0, at: "\(place).\(name)")
                    } ?? []
                }
            case "additionalProperties":
                guard let object = value.properties else { return [] }
                let known = schema["properties"]?.properties ?? [:]
                let others = object.filter { known[$0.key] == nil }
                guard let property = rule.properties else {
                    return rule == .bool(true) ? [] : others.keys.map { "\(place): unknown \($0)" }
                }
                return others.flatMap {
                    problems(of: $0.value, by: property, at: "\(place).\($0.key)")
                }
            case "oneOf":
                let found = (rule.items ?? []).map {
                    problems(of: value, by: $0.properties ?? [:], at: place)
                }
                let fitting = found.count(where: \.isEmpty)
                return fitting == 1 ? [] : ["\(place): fits \(fitting) of oneOf"] + found.joined()
            default: return ["\(place): the schema has \(keyword), which is not checked"]
            }
        }
    }
}

extension JSONValue {
    var properties: [String: JSONValue]? {
        if case .object(let properties) = self { properties } else { nil }
    }

    var items: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    fileprivate var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    fileprivate func isOf(_ type: String) -> Bool {
        switch self {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .integer: type == "integer" || type == "number"
        // Beyond 63 bits an integer is read as such a number.
        case .number(let value): type == "number" || type == "integer" && value == value.rounded()
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }
}
