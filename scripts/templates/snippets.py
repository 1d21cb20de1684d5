"""Small templates from a seed: expressions of every kind, most of which mean something."""

import random

TEXTS = ["''", "'a'", "'A b'", "' x '", "\"it's\"", "'a\\nb\\n'", "'<i>&'", "'12'", "'-3.5'", "'abcabc'", "'é😀'", "'a,b,,c'", "'\\u2028\\x00'"]
NUMBERS = ["0", "1", "2", "-3", "7", "10", "0.5", "2.0", "-1.25", "1e20", "3.0e-7", "true", "false"]
OTHERS = [
    "none", "missing", "[]", "[1, 2, 3]", "['b', 'A', 'c']", "(1, 'x')", "{}", "{'a': 1, 'b': [2, none]}", "d", "l", "s", "l[0]", "d.a", "d['k']",
    "d.items", "d.missing", "n.x", "range(4)", "range(5, 0, -2)", "l|map(attribute='a')", "d.items()", "d.keys()", "m('q')", "m()", "dict(a=1, b='c')",
]  # fmt: skip
FILTERS = [
    "trim", "upper", "lower", "capitalize", "string", "length", "list", "first", "last", "int", "float", "abs", "round", "tojson", "tojson(indent=2)",
    "tojson(separators=(',', ':'))", "tojson(sort_keys=true)", "tojson(ensure_ascii=true)", "default('z')", "default('z', true)", "join", "join(', ')",
    "join('-', attribute='a')", "replace('a', 'bb')", "replace('', '.')", "replace('b', '', 1)", "indent", "indent(2, true)", "indent('> ', blank=true)",
    "reverse", "sort", "sort(reverse=true)", "sort(attribute='a')", "unique", "items", "dictsort", "dictsort(by='value')", "map('upper')",
    "map('string')", "map(attribute='a')", "map(attribute='b', default=0)", "select", "reject", "select('string')", "reject('equalto', 'A')",
    "selectattr('a')", "selectattr('a', 'gt', 1)", "rejectattr('b', 'defined')", "safe", "escape", "min", "max", "trim('a ')", "round(method='floor')",
]  # fmt: skip
TESTS = [
    "defined", "undefined", "none", "string", "mapping", "iterable", "sequence", "number", "integer", "float", "boolean", "true", "false", "odd",
    "even", "divisibleby 3", "divisibleby(2)", "eq 1", "equalto('a')", "ne 2", "in [1, 'a']", "gt 1", "lessthan(3)", "upper", "lower", "callable",
    "sameas none", "not defined", "not none",
]  # fmt: skip
METHODS = [
    "strip()", "lstrip('a ')", "rstrip()", "split()", "split(',')", "split('b', 1)", "rsplit(',', 1)", "rsplit(none, 1)", "splitlines()", "upper()",
    "lower()", "title()", "capitalize()", "startswith('a')", "endswith(('b', 'c'))", "replace('a', 'x')", "replace('a', 'x', 1)", "join(['p', 'q'])",
    "find('b')", "rfind('b')", "count('b')", "isdigit()", "isalpha()", "isupper()", "islower()", "isspace()", "removeprefix('a')", "removesuffix('c')",
    "get('a')", "get('zz', 5)", "items()", "keys()", "values()", "items", "a", "b.c", "count(1)", "index(2)", "append(1)", "pop('a')", "foo", "0",
    "isalnum()", "splitlines(true)",
]  # fmt: skip
SLICES = ["0", "-1", "5", "'a'", "'items'", "1:", ":2", "::-1", "-2:", "1:5:2", "3::-2", ":-1", "none:2", "l[0]"]
OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or", "+", "~", "=="]

CONTEXT = {
    "d": {"a": 1, "k": "v<1>", "items": "own", "z": [1, {"a": None}], "名": 0.1},
    "l": [{"a": 2, "b": "y"}, {"a": 1}, {"a": "x", "b": None}],
    "s": "  Some 'text' with \"quotes\"\n\tand lines\r\n",
}


def expression(draw: random.Random, depth: int = 0) -> str:
    kind = draw.random()
    if depth > 3 or kind < 0.25:
        return draw.choice(draw.choice([TEXTS, NUMBERS, OTHERS]))
    inner = expression(draw, depth + 1)
    if kind < 0.45:
        return f"({inner})|{draw.choice(FILTERS)}"
    if kind < 0.5:
        return f"{inner}|{draw.choice(FILTERS)}"
    if kind < 0.62:
        return f"({inner}).{draw.choice(METHODS)}"
    if kind < 0.68:
        return f"({inner})[{draw.choice(SLICES)}]"
    if kind < 0.74:
        return f"({inner}) is {draw.choice(TESTS)}"
    if kind < 0.77:
        return f"({inner} if {expression(draw, depth + 1)} else {expression(draw, depth + 1)})"
    if kind < 0.8:
        return f"not {inner}" if draw.random() < 0.5 else f"-({inner})"
    if kind < 0.84:
        return f"[{inner}, {expression(draw, depth + 1)}]"
    if kind < 0.86:
        return f"{{'k': {inner}, {draw.choice(TEXTS)}: {expression(draw, depth + 1)}}}"
    if kind < 0.88:
        return f"m({inner}, b={expression(draw, depth + 1)})"
    text = f"{inner} {draw.choice(OPERATORS)} {expression(draw, depth + 1)}"
    return text if draw.random() < 0.4 else f"({text})"


def _blank(draw: random.Random) -> str:
    return draw.choice(["", "", " ", "\n", "  \n", "\n  ", "x", "\t", "\n\n ", " y\n"])


def _tag(draw: random.Random, text: str) -> str:
    return "{%" + draw.choice(["", "", "-", "+"]) + f" {text} " + draw.choice(["", "", "-", "+"]) + "%}"


def statements(draw: random.Random, depth: int = 0) -> str:
    parts = [_blank(draw)]
    for _ in range(draw.randint(1, 3)):
        kind = draw.randrange(10 if depth < 2 else 4)
        if kind < 2:
            parts.append("{{" + draw.choice(["", "-"]) + f" {expression(draw, 2)} " + draw.choice(["", "-"]) + "}}")
        elif kind == 2:
            parts.append(_tag(draw, f"set {draw.choice(['v', 'w', 'n.x', 'v, w'])} = {expression(draw, 1)}"))
        elif kind == 3:
            parts.append("{#" + draw.choice(["", "-"]) + " {{ no }} " + draw.choice(["", "-"]) + "#}" + "{{ v }}")
        elif kind < 6:
            body = statements(draw, depth + 1)
            other = _tag(draw, draw.choice(["else", f"elif {expression(draw, 2)}"])) + statements(draw, depth + 1) if draw.random() < 0.5 else ""
            parts.append(_tag(draw, f"if {expression(draw, 1)}") + body + other + _tag(draw, "endif"))
        elif kind < 8:
            head = draw.choice(["for v in l", "for v in s.split()", "for k, v in d|items", "for v in range(3) if v != 1", "for v in [] ", f"for v in {expression(draw, 2)}"])
            loop = "{{ loop." + draw.choice(["index", "index0", "first", "last", "length", "revindex", "previtem", "nextitem", "cycle(1, 2)", "changed(v)"]) + " }}"
            leave = "{% if loop.index > 1 %}" + draw.choice(["{% break %}", "{% continue %}"]) + "{% endif %}" if draw.random() < 0.2 else ""
            other = _tag(draw, "else") + statements(draw, depth + 1) if draw.random() < 0.3 else ""
            parts.append(_tag(draw, head) + leave + loop + statements(draw, depth + 1) + other + _tag(draw, "endfor"))
        elif kind == 8:
            parts.append(_tag(draw, "set w" + draw.choice(["", " | trim", " | upper"])) + statements(draw, depth + 1) + _tag(draw, "endset"))
        else:
            name = draw.choice(["generation", "filter upper"])
            parts.append(_tag(draw, name) + statements(draw, depth + 1) + _tag(draw, "end" + name.split()[0]))
        parts.append(_blank(draw))
    return "".join(parts)


def templates(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    head = "{% set n = namespace(x=1) %}{% macro m(a, b='B') %}<{{ a }}{{ b }}{{ v }}>{% endmacro %}"
    return [head + (statements(draw) if index % 2 else "{{ " + expression(draw) + " }}") for index in range(count)]
