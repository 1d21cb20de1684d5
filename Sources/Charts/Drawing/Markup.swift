/// Text of HTML or SVG: a literal stands as it is, and what is interpolated into it is escaped.
///
///     let cell: Markup = "<td>\(model)</td>"
///
/// `<script>` as a model's name thus becomes `&lt;script&gt;`, in text as in attributes.
package struct Markup: Equatable, Sendable {
    /// The characters to write.
    package private(set) var text: String

    /// Takes text that is markup already.
    package init(verbatim text: String) {
        self.text = text
    }

    /// Takes text that must appear as it is.
    package init(escaping text: some StringProtocol) {
        self.text = Self.escaped(text)
    }

    /// Takes several, one after the other.
    package init(joining parts: [Markup]) {
        text = parts.map(\.text).joined()
    }

    package static func += (left: inout Markup, right: Markup) {
        left.text += right.text
    }

    package static func + (left: Markup, right: Markup) -> Markup {
        Markup(verbatim: left.text + right.text)
    }

    /// The five characters that mean something to HTML and XML, and the controls that neither allows.
    private static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Markup: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) {
        self.text = text
    }

    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
    }

    /// Collects literals as they are and values escaped.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity)
        }

        package mutating func appendLiteral(_ literal: String) { text += literal }
        package mutating func appendInterpolation(_ value: some StringProtocol) {
            text += Markup(escaping: value).text
        }
        package mutating func appendInterpolation(_ value: Markup) { text += value.text }
        package mutating func appendInterpolation(_ values: [Markup]) {
            for value in values { text += value.text }
        }
        package mutating func appendInterpolation(_ value: Int) { text += value.description }
        /// A length or a place in a drawing.
        package mutating func appendInterpolation(_ value: Double) {
            text += NumberText.coordinate(value)
        }
    }
}
