import JSON
import Testing

@testable import Qwen

/// Expressions and the text forms of their values; the right sides are what Python prints.
@Suite struct TemplateExpressionTests {
    private static let variables: JSON = [
        "user": ["name": "Ada", "items": "own", "tags": ["x", "y"], "none": .null],
        "numbers": [3, 1, 2],
        "text": "  Some 'Text' \n",
    ]

    @Test(arguments: [
        ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("7 // 2", "3"), ("-7 // 2", "-4"),
        ("-7 % 3", "2"), ("7 / 2", "3.5"), ("4 / 2", "2.0"), ("2 ** 10", "1024"),
        ("2 ** -1", "0.5"), ("-2 ** 2", "4"), ("1 + 0.5", "1.5"), ("true + 1", "2"),
        ("'a' + 'b'", "ab"), ("'ab' * 3", "ababab"), ("[1] + [2]", "[1, 2]"),
        ("1 ~ 'a' ~ none", "1aNone"), ("'a' + 2 ~ 3", "a23"),
    ])
    func arithmetic(_ expression: String, _ text: String) throws {
        #expect(try rendered("{{ \(expression) }}") == text)
    }

    @Test(arguments: [
        ("1 < 2", "True"), ("1 < 2 < 3", "True"), ("1 < 2 > 2", "False"), ("1 == 1.0", "True"),
        ("'a' == 'a'", "True"), ("'a' < 'b'", "True"), ("[1, 2] < [1, 3]", "True"),
        ("'b' in 'abc'", "True"), ("4 not in [1, 2]", "True"), ("not 1 in [1]", "False"),
        ("'name' in user", "True"), ("1 and 0", "0"), ("'' or 'x'", "x"), ("not ''", "True"),
        ("'a' if 1 > 2 else 'b'", "b"), ("'a' if false", ""), ("missing", ""),
        ("missing or 'x'", "x"), ("missing == other", "True"), ("1 == true", "True"),
    ])
    func comparisonsAndChoices(_ expression: String, _ text: String) throws {
        #expect(try rendered("{{ \(expression) }}", Self.variables) == text)
    }

    @Test(arguments: [
        ("user.name", "Ada"), ("user['name']", "Ada"), ("user['items']", "own"),
        ("user.missing", ""), ("user.tags[-1]", "y"), ("user.tags.0", "x"), ("user.tags[5]", ""),
        ("numbers[1:]", "[1, 2]"), ("numbers[::-1]", "[2, 1, 3]"), ("numbers[-2:]", "[1, 2]"),
        ("numbers[2:0:-1]", "[2, 1]"), ("'abcd'[1:3]", "bc"), ("'abcd'[::-2]", "db"),
        ("'abcd'[-1]", "d"), ("(1, 2)[:1]", "(1,)"),
    ])
    func membersItemsAndSlices(_ expression: String, _ text: String) throws {
        #expect(try rendered("{{ \(expression) }}", Self.variables) == text)
    }

    @Test(arguments: [
        ("[true, none, 1.0, 'a']", "[True, None, 1.0, 'a']"), ("(1, 'x')", "(1, 'x')"),
        ("{'a': [1], 2: none}", "{'a': [1], 2: None}"), ("[\"it's\"]", "[\"it's\"]"),
        ("['\\n\\x00\\u2028é']", "['\\n\\x00\\u2028é']"), ("1e16", "1e+16"),
        ("1.5e-7", "1.5e-07"), ("123456.789", "123456.789"), ("0.0001", "0.0001"),
        ("1e15", "1000000000000000.0"), ("-0.0", "-0.0"), ("{'k': 1}.keys()", "dict_keys(['k'])"),
        ("range(3)", "range(0, 3)"), ("'a' 'b'", "ab"), ("'\\t|\\\\|\\q'", "\t|\\|\\q"),
    ])
    func valuesHavePythonsTextForm(_ expression: String, _ text: String) throws {
        #expect(try rendered("{{ \(expression) }}") == text)
    }

    @Test(arguments: [
        ("text.strip()", "Some 'Text'"), ("'xxaxx'.strip('x')", "a"), ("'xa'.lstrip('x')", "a"),
        ("'a\\n\\n'.rstrip('\\n')", "a"), ("'a,b,,c'.split(',')", "['a', 'b', '', 'c']"),
        ("' a  b '.split()", "['a', 'b']"), ("'a-b-c'.split('-', 1)", "['a', 'b-c']"),
        ("'a-b-c'.rsplit('-', 1)", "['a-b', 'c']"), ("' a b '.split(none, 1)", "['a', 'b ']"),
        ("'abc'.startswith('ab')", "True"), ("'abc'.endswith(('x', 'c'))", "True"),
        ("'aXa'.replace('a', 'b')", "bXb"), ("'aaa'.replace('a', 'b', 2)", "bba"),
        ("'-'.join(['a', 'b'])", "a-b"), ("'they\\'re'.title()", "They'Re"),
        ("'ab CD'.capitalize()", "Ab cd"), ("'ΑΣ Σ'.lower()", "ας σ"), ("'ß'.upper()", "SS"),
        ("'abcb'.find('b')", "1"), ("'abcb'.rfind('b')", "3"), ("'abcb'.count('b')", "2"),
        ("'a\\r\\nb\\n'.splitlines()", "['a', 'b']"), ("'12'.isdigit()", "True"),
        ("user.get('name')", "Ada"), ("user.get('x', 5)", "5"), ("user.get('x')", "None"),
        ("{'a': 1}.items()|list", "[('a', 1)]"), ("{'a': 1}.values()|list", "[1]"),
        ("numbers.index(2)", "2"), ("dict(a=1, b='c')", "{'a': 1, 'b': 'c'}"),
    ])
    func methods(_ expression: String, _ text: String) throws {
        #expect(try rendered("{{ \(expression) }}", Self.variables) == text)
    }

    @Test func whatAFunctionOfTransformersGives() throws {
        #expect(try rendered("{{ strftime_now('%d %b %Y') }}") == "04 Jul 2024")
        let error = #expect(throws: TemplateError.self) {
            try rendered("\n{{ raise_exception('no ' ~ 'system') }}")
        }
        #expect(
            error == TemplateError(kind: .raised, line: 2, problem: "no system"))
    }
}
