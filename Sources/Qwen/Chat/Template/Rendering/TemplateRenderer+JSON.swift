internal import JSON

/// The filter `tojson` as transformers defines it: Python's `json.dumps`, which escapes no letters
/// unless asked to.
extension TemplateRenderer {
    struct JSONStyle {
        /// What a level is indented by; nil keeps all on one line.
        var indent: [UInt32]?
        var itemSeparator: [UInt32]
        var keySeparator: [UInt32]
        var escapesAll: Bool
        var sortsKeys: Bool
    }

    func json(
        _ value: TemplateValue, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateText {
        let given = try bind(
            values, ["ensure_ascii", "indent", "separators", "sort_keys"], "the filter tojson")
        func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }
        var style = JSONStyle(
            itemSeparator: scalars(", "), keySeparator: scalars(": "),
            escapesAll: given[0]?.isTrue ?? false, sortsKeys: given[3]?.isTrue ?? false)
        switch given[1] {
        case nil, .none?: break
        case .text(let text)?: style.indent = text.units
        case let value?:
            guard let count = value.whole, count < 1000 else {
                throw unsupported("an indent by \(value.kind)")
            }
            style.indent = [UInt32](repeating: 0x20, count: max(0, count))
        }
        if style.indent != nil { style.itemSeparator = scalars(",") }
        switch given[2] {
        case nil, .none?: break
        case let value?:
            let separators = try elements(of: value).compactMap(\.textValue)
            guard separators.count == 2 else {
                throw failure("the separators of tojson are not two texts")
            }
            style.itemSeparator = separators[0].units
            style.keySeparator = separators[1].units
        }
        var units: [UInt32] = []
        try append(value, style, level: 0, to: &units)
        return TemplateText(units: units)
    }

    private func append(_ text: String, to units: inout [UInt32]) {
        units += text.unicodeScalars.map(\.value)
    }

    private func append(
        _ value: TemplateValue, _ style: JSONStyle, level: Int, to units: inout [UInt32]
    ) throws(TemplateError) {
        try spend(0)
        try checkSize(units.count)
        switch value {
        case .none, .boolean, .integer, .number:
            append(Self.jsonWord(value), to: &units)
        case .text(let text):
            try spend(text.count)
            appendQuoted(text, style, to: &units)
        case .list(let list), .tuple(let list):
            try append(list.elements, ("[", "]"), style, level, to: &units) {
                (element, units) throws(TemplateError) in
                try append(element, style, level: level + 1, to: &units)
            }
        case .dictionary(let dictionary):
            var entries = dictionary.entries
            if style.sortsKeys {
                let indices = entries.indices.map { TemplateValue.integer($0) }
                let order = try sorted(indices, isReversed: false) {
                    (index) throws(TemplateError) in
                    entries[index.whole ?? 0].key
                }
                entries = order.map { entries[$0.whole ?? 0] }
            }
            try append(entries, ("{", "}"), style, level, to: &units) {
                (entry, units) throws(TemplateError) in
                appendQuoted(try jsonKey(entry.key), style, to: &units)
                units += style.keySeparator
                try append(entry.value, style, level: level + 1, to: &units)
            }
        default: throw failure("\(value.kind) is written as JSON")
        }
    }

    private func append<Item>(
        _ items: [Item], _ marks: (String, String), _ style: JSONStyle, _ level: Int,
        to units: inout [UInt32],
        _ appendItem: (Item, inout [UInt32]) throws(TemplateError) -> Void
    ) throws(TemplateError) {
        func startLine(_ level: Int) throws(TemplateError) {
            guard let indent = style.indent else { return }
            units.append(0x0a)
            try spend(indent.count * level)
            for _ in 0..<level { units += indent }
        }
        append(marks.0, to: &units)
        for (index, item) in items.enumerated() {
            if index > 0 { units += style.itemSeparator }
            try startLine(level + 1)
            try appendItem(item, &units)
        }
        if !items.isEmpty { try startLine(level) }
        append(marks.1, to: &units)
    }

    private static func jsonWord(_ value: TemplateValue) -> String {
        switch value {
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): "\(number)"
        case .number(let number) where number.isNaN: "NaN"
        case .number(let number) where number.isInfinite: number < 0 ? "-Infinity" : "Infinity"
        case .number(let number): text(of: number)
        default: "null"
        }
    }

    private func jsonKey(_ key: TemplateValue) throws(TemplateError) -> TemplateText {
        switch key {
        case .text(let text): return text
        case .none, .boolean, .integer, .number: return TemplateText(Self.jsonWord(key))
        default: throw failure("\(key.kind) is a key in JSON")
        }
    }

    private func appendQuoted(
        _ text: TemplateText, _ style: JSONStyle, to units: inout [UInt32]
    ) {
        func escape(_ value: UInt32) -> String {
            "\\u" + Self.hexadecimal(value, digits: 4)
        }
        units.append(0x22)
        for unit in text.units {
            let scalar = TemplateText.scalar(unit)
            switch scalar {
            case "\"", "\\": units += TemplateText.units("\\\(scalar)", like: unit)
            case "\n": units += TemplateText.units("\\n", like: unit)
            case "\r": units += TemplateText.units("\\r", like: unit)
            case "\t": units += TemplateText.units("\\t", like: unit)
            case "\u{8}": units += TemplateText.units("\\b", like: unit)
            case "\u{c}": units += TemplateText.units("\\f", like: unit)
            case _ where scalar.value < 0x20 || (style.escapesAll && scalar.value > 0x7e):
                let codes = Character(scalar).utf16.map { escape(UInt32($0)) }
                units += TemplateText.units(codes.joined(), like: unit)
            default: units.append(unit)
            }
        }
        units.append(0x22)
    }
}
