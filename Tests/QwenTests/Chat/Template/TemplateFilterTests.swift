import JSON
import Testing

@testable import Qwen

/// Filters and tests; the right sides are what jinja2 prints.
@Suite struct TemplateFilterTests {
    private static let variables: JSON = [
        "list": [["a": 2, "b": "y"], ["a": 1]], "words": ["b", "A", "c", "a"],
        "object": ["b": 1, "A": [true, .null], "名": 0.5],
    ]

    @Test(arguments: [
        ("' a '|trim", "a"), ("none|trim", "None"), ("'ab'|upper", "AB"), ("'aB'|capitalize", "Ab"),
        ("'a.b'|replace('.', '-')", "a-b"), ("'12'|int + 1", "13"), ("'4.7'|int", "4"),
        ("'x'|int", "0"), ("'x'|int(-1)", "-1"), ("'1e3'|float", "1000.0"), ("-3|abs", "3"),
        ("2.5|round", "2.0"), ("2.1|round(method='ceil')", "3.0"), ("1|string + '1'", "11"),
        ("missing|default('x')", "x"), ("''|default('x')", ""), ("''|default('x', true)", "x"),
        ("missing|d('x')", "x"), ("'a\\nb\\n\\nc'|indent(2)", "a\n  b\n\n  c"),
        ("'a\\nb'|indent(1, true)", " a\n b"), ("'<a>'|safe", "<a>"),
        ("'<a>'|escape", "&lt;a&gt;"), ("('<'|safe) + '<'", "<&lt;"),
    ])
    func filtersOfOneValue(_ expression: String, _ text: String) throws {
        #expect(try rendered("{{ \(expression) }}", Self.variables) == text)
    }

    @Test(arguments: [
        ("words|length", "4"), ("words|first", "b"), ("words|last", "a"),
        ("'ab'|list", "['a', 'b']"),
        ("words|join", "bAca"), ("words|join(', ')", "b, A, c, a"),
        ("list|join('-', attribute='a')", "2-1"), ("words|sort|join", "Aabc"),
        ("words|sort(reverse=true)|join", "cbAa"), ("list|sort(attribute='a')|first", "{'a': 1}"),
        ("words|unique|join", "bAc"), ("'ab'|reverse", "ba"), ("words|reverse|list|first", "a"),
        ("words|map('upper')|join", "BACA"), ("list|map(attribute='b', default='-')|join", "y-"),
        ("words|select('in', ['a', 'c'])|list", "['c', 'a']"),
        ("words|reject('equalto', 'A')|join", "bca"),
        ("list|selectattr('b', 'defined')|list|length", "1"),
        ("list|rejectattr('a', 'gt', 1)|list", "[{'a': 1}]"), ("[0, 1]|select|list", "[1]"),
        ("object|items|first", "('b', 1)"), ("object|dictsort|first", "('A', [True, None])"),
        ("object|length", "3"), ("words|min", "A"), ("[3, 7]|max", "7"),
        ("[3, 1]|map('string')|join('+')", "3+1"),
    ])
    func filtersOfRows(_ expression: String, _ text: String) throws {
        #expect(try rendered("{{ \(expression) }}", Self.variables) == text)
    }

    @Test func aGeneratorIsGoneThroughOnce() throws {
        let template = "{% set g = [1, 2]|select %}{{ g|join }}|{{ g|join }}|{{ g is iterable }}"
        #expect(try rendered(template) == "12||True")
    }

    @Test(arguments: [
        ("object|tojson", #"{"b": 1, "A": [true, null], "名": 0.5}"#),
        ("object|tojson(separators=(',', ':'))", #"{"b":1,"A":[true,null],"名":0.5}"#),
        ("object|tojson(sort_keys=true)", #"{"A": [true, null], "b": 1, "名": 0.5}"#),
        ("object|tojson(ensure_ascii=true)", #"{"b": 1, "A": [true, null], "\u540d": 0.5}"#),
        ("'😀'|tojson(true)", #""\ud83d\ude00""#),
        ("{'a': [], 'b': [1]}|tojson(indent=2)", "{\n  \"a\": [],\n  \"b\": [\n    1\n  ]\n}"),
        ("'<\\n\\x7f\\x01\"\\\\'|tojson", "\"<\\n\u{7f}\\u0001\\\"\\\\\""),
        ("1e22|tojson", "1e+22"),
        ("(1, none)|tojson", "[1, null]"),
        ("{1: true, none: 2}|tojson", #"{"1": true, "null": 2}"#),
    ])
    func jsonIsThatOfTransformers(_ expression: String, _ text: String) throws {
        #expect(try rendered("{{ \(expression) }}", Self.variables) == text)
    }

    @Test(arguments: [
        ("missing is defined", false), ("missing is undefined", true), ("none is none", true),
        ("'' is string", true), ("object is mapping", true), ("words is mapping", false),
        ("'a' is iterable", true), ("1 is iterable", false), ("'a' is sequence", true),
        ("object is sequence", true), ("true is number", true), ("true is integer", false),
        ("1.0 is float", true), ("1 is boolean", false), ("1 is true", false),
        ("false is false", true), ("3 is odd", true), ("3 is not even", true),
        ("6 is divisibleby 3", true), ("1 is eq 1", true), ("1 is ne(2)", true),
        ("'a' is in ['a']", true), ("'A' is upper", true), ("none is sameas none", true),
        ("2 is gt 1 and 1 is lessthan 2", true), ("missing is sequence", true),
    ])
    func tests(_ expression: String, _ isTrue: Bool) throws {
        let text = try rendered("{{ \(expression) }}", Self.variables)
        #expect(text == (isTrue ? "True" : "False"))
    }
}
