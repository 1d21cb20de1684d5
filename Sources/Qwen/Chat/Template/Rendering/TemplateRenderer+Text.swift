/// The text forms that Python's `str` and `repr` give.
extension TemplateRenderer {
    /// `str(value)`.
    func text(of value: TemplateValue) throws(TemplateError) -> TemplateText {
        switch value {
        case .undefined: return TemplateText("")
        case .text(let text): return text
        default:
            var units: [UInt32] = []
            try appendRepresentation(of: value, to: &units)
            return TemplateText(units: units)
        }
    }

    private func append(_ text: String, to units: inout [UInt32]) {
        units += text.unicodeScalars.map(\.value)
    }

    /// Appends `repr(value)`.
    private func appendRepresentation(
        of value: TemplateValue, to units: inout [UInt32]
    ) throws(TemplateError) {
        try spend(0)
        try checkSize(units.count)
        switch value {
        case .undefined: append("Undefined", to: &units)
        case .none: append("None", to: &units)
        case .boolean(let flag): append(flag ? "True" : "False", to: &units)
        case .integer(let number): append("\(number)", to: &units)
        case .number(let number): append(Self.text(of: number), to: &units)
        case .text(let text):
            guard !text.isMarkup else { throw unsupported("a safe text in a list") }
            try spend(text.count)
            units += Self.quoted(text.units)
        case .list(let list): try append(list.elements, in: ("[", "]"), to: &units)
        case .tuple(let list):
            try append(
                list.elements, in: ("(", list.elements.count == 1 ? ",)" : ")"), to: &units)
        case .dictionary(let dictionary):
            append("{", to: &units)
            for (index, entry) in dictionary.entries.enumerated() {
                if index > 0 { append(", ", to: &units) }
                try appendRepresentation(of: entry.key, to: &units)
                append(": ", to: &units)
                try appendRepresentation(of: entry.value, to: &units)
            }
            append("}", to: &units)
        case .view(let name, let list):
            append("dict_\(name)(", to: &units)
            try append(list.elements, in: ("[", "]"), to: &units)
            append(")", to: &units)
        case .range(let range):
            let step = range.step == 1 ? "" : ", \(range.step)"
            append("range(\(range.start), \(range.end)\(step))", to: &units)
        case .generator, .namespace, .loop, .function:
            throw unsupported("\(value.kind) that is written as a text")
        }
    }

    private func append(
        _ elements: [TemplateValue], in marks: (String, String), to units: inout [UInt32]
    ) throws(TemplateError) {
        append(marks.0, to: &units)
        for (index, element) in elements.enumerated() {
            if index > 0 { append(", ", to: &units) }
            try appendRepresentation(of: element, to: &units)
        }
        append(marks.1, to: &units)
    }

    /// A text as Python's source code has it.
    private static func quoted(_ units: [UInt32]) -> [UInt32] {
        func has(_ mark: Unicode.Scalar) -> Bool {
            units.contains { TemplateText.scalar($0) == mark }
        }
        let quote: Unicode.Scalar = has("'") && !has("\"") ? "\"" : "'"
        var result = [quote.value]
        for unit in units {
            let scalar = TemplateText.scalar(unit)
            switch scalar {
            case "\\", quote: result += TemplateText.units("\\\(scalar)", like: unit)
            case "\n": result += TemplateText.units("\\n", like: unit)
            case "\r": result += TemplateText.units("\\r", like: unit)
            case "\t": result += TemplateText.units("\\t", like: unit)
            case _ where isPrintable(scalar): result.append(unit)
            default:
                let digits = scalar.value < 0x100 ? 2 : scalar.value < 0x10000 ? 4 : 8
                let letter = digits == 2 ? "x" : digits == 4 ? "u" : "U"
                result += TemplateText.units(
                    "\\" + letter + hexadecimal(scalar.value, digits: digits), like: unit)
            }
        }
        return result + [quote.value]
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// `repr` of a float: the shortest digits that are this number, with an exponent below 10⁻⁴ and
    /// from 10¹⁶ on.
    static func text(of number: Double) -> String {
        guard number.isFinite else {
            return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf"
        }
        let sign = number.sign == .minus ? "-" : ""
        let parts = "\(number.magnitude)".split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        // The number is 0.digits × 10^point.
        var point = mantissa[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        let all = mantissa[0] + fraction
        let digits = all.drop { $0 == "0" }
        guard !digits.isEmpty else { return sign + "0.0" }
        point -= all.utf8.count - digits.utf8.count
        let kept = String(digits.reversed().drop { $0 == "0" }.reversed())
        let count = kept.utf8.count
        if point > 16 || point < -3 {
            let rest = count > 1 ? "." + kept.dropFirst() : ""
            let exponent = abs(point - 1)
            return sign + kept.prefix(1) + rest + (point < 1 ? "e-" : "e+")
                + (exponent < 10 ? "0" : "") + "\(exponent)"
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + kept }
        if point >= count {
            return sign + kept + String(repeating: "0", count: point - count) + ".0"
        }
        return sign + kept.prefix(point) + "." + kept.dropFirst(point)
    }
}
