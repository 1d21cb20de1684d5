import JSON
import Testing

@testable import Qwen

@Suite struct TemplateStatementTests {
    /// Line ends behind blocks go and so do blanks before them; not those beside `{{ }}`.
    @Test(arguments: [
        ("a\n  {% if 1 %}  \nb\n  {% endif %}\nc\n", "a\n  \nb\nc"),
        ("a {% if 1 %} b {% endif %} c", "a  b  c"),
        ("a \n {%- if 1 -%} \n b {%- endif %} c", "ab c"),
        ("a\n  {{ 1 }}\nb", "a\n  1\nb"), ("a {{- 1 -}} \n b", "a1b"),
        ("a\n  {# no #}\nb", "a\nb"), ("a {#- no -#} b", "ab"),
        ("a\n  {%+ if 1 %}b{% endif +%}\nc", "a\n  b\nc"),
        ("a\r\nb\r", "a\nb"), ("a\n\n", "a\n"), ("{{ '{{' }}{{ \"%}\" }}", "{{%}"),
        ("{{ {'a': {'b': 1}}['a']['b'] }}", "1"),
    ])
    func whiteSpaceIsTrimmed(_ template: String, _ text: String) throws {
        #expect(try rendered(template) == text)
    }

    @Test func loopsKnowWhereTheyAre() throws {
        let template = """
            {% for x in ['a', 'b', 'c'] -%}
                {{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.first }}{{ loop.last }}
                {{- loop.length }}{{ loop.previtem }}{{ x }}{{ loop.nextitem }}{{ loop.cycle(0, 1) }};
            {%- endfor %}
            """
        #expect(
            try rendered(template)
                == "103TrueFalse3ab0;212FalseFalse3abc1;321FalseTrue3bc0;")
    }

    @Test(arguments: [
        ("{% for x in [] %}a{% else %}none{% endfor %}", "none"),
        ("{% for x in [1, 2, 3, 4] if x is even %}{{ loop.index }}{{ x }},{% endfor %}", "12,24,"),
        ("{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% endfor %}", "a1"),
        ("{% for k in {'a': 1, 'b': 2} %}{{ k }}{% endfor %}", "ab"),
        ("{% for c in 'ab' %}{{ c }}.{% endfor %}", "a.b."),
        (
            "{% for x in range(5) %}{% if x == 1 %}{% continue %}{% elif x == 3 %}{% break %}{% endif %}{{ x }}{% endfor %}",
            "02"
        ),
        ("{% for x in missing %}a{% endfor %}b", "b"),
        (
            "{% for x in [1, 2] %}{% for y in [x] %}{{ loop.length }}{% endfor %}{{ loop.length }}{% endfor %}",
            "1212"
        ),
    ])
    func loops(_ template: String, _ text: String) throws {
        #expect(try rendered(template) == text)
    }

    /// What is set in a loop does not leave it; a namespace does.
    @Test func scopes() throws {
        #expect(
            try rendered(
                "{% set x = 0 %}{% for i in [1, 2] %}{{ x }}{% set x = i %}{{ x }}{% endfor %}{{ x }}"
            ) == "01020")
        #expect(
            try rendered(
                "{% set n = namespace(x=0) %}{% for i in [1, 2] %}{% set n.x = n.x + i %}{% endfor %}{{ n.x }}"
            ) == "3")
        #expect(try rendered("{% if 1 %}{% set x = 5 %}{% endif %}{{ x }}") == "5")
        #expect(try rendered("{% if 0 %}{% set x = 5 %}{% endif %}{{ x }}", ["x": 1]) == "1")
        #expect(
            try rendered("{% generation %}{% set x = 5 %}{{ x }}{% endgeneration %}{{ x }}") == "5")
    }

    @Test(arguments: [
        ("{% set a, b = 1, 2 %}{{ a }}{{ b }}", "12"),
        ("{% set x %} a {% endset %}[{{ x }}]", "[ a ]"),
        ("{% set x | trim | upper %} a {% endset %}[{{ x }}]", "[A]"),
        ("{% set t = 1, %}{{ t }}", "(1,)"),
        ("{% filter upper %}a{{ 'b' }}{% endfilter %}", "AB"),
    ])
    func assignments(_ template: String, _ text: String) throws {
        #expect(try rendered(template) == text)
    }

    @Test(arguments: [
        (
            "{% macro m(a, b='B', c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }},{{ m(1, c=3) }},{{ m() }}",
            "1B1,1B3,B"
        ),
        ("{% set x = 1 %}{% macro m() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ m() }}", "2"),
        (
            "{% macro f(n) %}{{ n }}{% if n %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
            "3210"
        ),
        ("{% macro m() %} a {% endmacro %}{{ m()|trim }}{{ m() ~ 'b' }}", "a a b"),
    ])
    func macros(_ template: String, _ text: String) throws {
        #expect(try rendered(template) == text)
    }
}
