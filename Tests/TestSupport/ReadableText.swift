/// What a reader of a page, or of a terminal, gets to read: for tests of its language.
package struct ReadableText {
    /// Texts that stand apart from each other: of an element, of a label, of a line.
    package let parts: [String]

    /// Takes a page: the texts between its tags, and what those hear who cannot see it.
    ///
    /// What stands in `pre`, `style` and `script` is no one's language.
    package init(html: String) {
        let silent = #/<(style|script|pre)\b[^>]*>.*?</\1>/#.dotMatchesNewlines()
        let labels = html.matches(of: #/aria-label="([^"]*)"/#).map { String($0.1) }
        let texts = html.replacing(silent, with: "").split(separator: #/<[^>]*>/#).map(String.init)
        parts = (texts + labels).map(Self.unescaped)
    }

    /// Takes lines of a terminal or of Markdown, whose cells are texts of their own.
    package init(lines: String) {
        parts = lines.split { $0 == "\n" || $0 == "|" }.map(String.init)
    }

    private static func unescaped(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    /// Three English words in a row, or more.
    ///
    /// - Parameter names: What may stand in any language: names, and words of others.
    package func sentences(except names: [String]) -> [String] {
        let three = #/[A-Za-z][A-Za-z'’]*(?:[ ,;:.()"]+[A-Za-z][A-Za-z'’]*){2,}/#
        return parts.flatMap { part in
            names.reduce(part) { $0.replacing($1, with: "§") }.matches(of: three)
                .map { String($0.output) }
        }
    }

    /// Every number as it is written, with how often it occurs; not the digits of a name, as of `E2E`.
    package var numbers: [String: Int] {
        let all = parts.flatMap { part in
            part.matches(of: #/(^|[^0-9A-Za-z])([0-9]+(?:[.\u{202F}][0-9]+)*)/#)
                .map { String($0.2) }
        }
        return Dictionary(all.map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// The numbers that another text has more often than this one.
    package func numbersMissing(from other: ReadableText) -> [String] {
        let own = numbers
        return other.numbers.filter { own[$0.key, default: 0] < $0.value }.map(\.key).sorted()
    }
}
