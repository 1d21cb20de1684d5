import Testing

@testable import Qwen

/// Templates that would take for ever, or all memory, or the whole stack.
@Suite struct HostileTemplateTests {
    private static func nested(
        _ count: Int, _ open: String, _ inner: String, _ close: String
    ) -> String {
        String(repeating: open, count: count) + inner + String(repeating: close, count: count)
    }

    @Test(arguments: [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ 'a' * 100000000 }}", "{{ 'a' * 9223372036854775807 }}", "{{ [1] * 100000000 }}",
        "{% set n = namespace(x='a') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{% for i in range(99999) %}{{ 'a' * 1000 }}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set n = namespace(x=1) %}{% for i in range(99999) %}{% set n.x = [n.x] %}{% endfor %}",
        "{% set n = namespace(x=1) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
        "{% set n = namespace(x=1) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x|tojson }}",
        "{% set n = namespace(x=1) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x == n.x }}",
        "{% set t = 'a' * 1000000 %}{{ ([t] * 1000)|sort|length }}",
        "{{ ('a' * 4000000).replace('', 'aaaaaaaa') }}",
        "{% set t = ('a' * 4000) %}{% for i in range(99999) %}{{ (t ~ 'b') in (t * 1000) }}{% endfor %}",
        "{{ 'a'|indent(99999999) }}", "{{ ('a\\n' * 100000)|indent(100000) }}",
        "{{ [1]|tojson(indent=' ' * 17000000) }}",
        "{{ 9 ** 9 ** 9 }}", "{{ 9223372036854775807 + 1 }}", "{{ -9223372036854775807 - 2 }}",
        "{{ range(-1000000000000000000, 1000000000000000000) }}", "{{ 5 // 0 }}",
        "{{ 99999999999999999999 }}", "{{ strftime_now('%c' * 900) }}",
    ])
    func isRefusedSoon(_ template: String) throws {
        #expect(throws: TemplateError.self) { try rendered(template) }
    }

    @Test(arguments: [
        nested(50000, "(", "1", ")"), nested(50000, "[", "1", "]"), nested(50000, "not ", "1", ""),
        nested(50000, "- ", "1", ""), nested(50000, "1 if 1 else ", "1", ""),
        nested(50000, "a.", "a", ""),
        nested(50000, "1 + ", "1", ""), nested(50000, "1 and ", "1", ""),
        nested(50000, "", "a", "|e"),
        nested(50000, "", "a", "()"), nested(50000, "a[", "1", "]"),
        nested(50000, "{1: ", "1", "}"),
        nested(50000, "2 ** ", "1", ""),
    ])
    func deepExpressionsAreRefused(_ expression: String) throws {
        let error = #expect(throws: TemplateError.self) { try Template("{{ \(expression) }}") }
        #expect(error?.kind == .limit)
    }

    @Test func deepTagsAreRefused() throws {
        let template = Self.nested(10000, "{% if 1 %}", "x", "{% endif %}")
        #expect(throws: TemplateError.self) { try Template(template) }
        let long = String(repeating: "x", count: 2_000_000)
        #expect(throws: TemplateError.self) { try Template(long) }
    }

    @Test func asDeepAsAllowedIsRendered() throws {
        #expect(try rendered("{{ " + Self.nested(40, "(", "1", ")") + " }}") == "1")
        #expect(try rendered(Self.nested(40, "{% if 1 %}", "x", "{% endif %}")) == "x")
        #expect(
            try rendered(
                "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}x{% endmacro %}{{ m(60)|length }}"
            ) == "61")
    }

    @Test func extremesAreNoOverflow() throws {
        #expect(try rendered("{{ [1, 2, 3][::-9223372036854775807] }}") == "[3]")
        #expect(try rendered("{{ [1, 2][-9223372036854775807:9223372036854775807] }}") == "[1, 2]")
        #expect(try rendered("{{ 'ab'[9223372036854775807] }}") == "")
        #expect(try rendered("{{ -9223372036854775807 // -1 }}") == "9223372036854775807")
        #expect(try rendered("{{ 1 ** 9223372036854775807 }}") == "1")
        #expect(try rendered("{{ -9223372036854775807 % -1 }}") == "0")
    }
}
