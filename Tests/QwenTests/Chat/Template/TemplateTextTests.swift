import Testing

@testable import Qwen

/// Whose characters are whose after everything that templates do to a message.
@Suite struct TemplateTextTests {
    /// The characters of the user, in brackets.
    private func marked(_ expression: String, _ message: String) throws -> String {
        let text = try Template("{{ \(expression) }}").render([
            ("m", .text(TemplateText(message, origin: .given)))
        ])
        return text.units.map { unit in
            let character = String(Character(TemplateText.scalar(unit)))
            return TemplateText.origin(unit) == .given ? "[\(character)]" : character
        }.joined()
    }

    @Test(arguments: [
        ("'a' + m + 'a'", "b", "a[b]a"), ("m|trim", " a ", "[a]"),
        ("m.split('-')[1]", "a-b", "[b]"),
        ("m|upper", "ß", "[S][S]"), ("m.title()", "ab", "[A][b]"),
        ("m.replace('a', 'x')", "ab", "x[b]"),
        ("'aba'.replace('b', m)", "c", "a[c]a"), ("m[::-1]", "ab", "[b][a]"),
        ("m|tojson", "a\n", "\"[a][\\][n]\""),
        ("[m]", "a'", "[\"[a][']\"]"), ("m|escape", "<", "[&][l][t][;]"),
        ("m|list|join('-')", "ab", "[a]-[b]"),
        ("m ~ m", "a", "[a][a]"), ("m|indent(1)", "a\nb", "[a]\n [b]"),
        ("{m: 1}|tojson", "a", "{\"[a]\": 1}"),
        ("m * 2", "a", "[a][a]"), ("m|string|lower|capitalize", "AB", "[A][b]"),
        ("m|first", "ab", "[a]"),
        ("(m|safe) + '<'", "a", "[a]&lt;"), ("m|sort|join", "ba", "[a][b]"),
        ("m.strip('x')", "xax", "[a]"),
    ])
    func originsGoThroughEveryOperation(
        _ expression: String, _ message: String, _ text: String
    ) throws {
        #expect(try marked(expression, message) == text)
    }

    @Test func textsAreEqualWhoeverWroteThem() throws {
        #expect(try marked("m == 'a' and 'a' in m and {'a': 5}[m] == 5", "a") == "True")
    }
}
