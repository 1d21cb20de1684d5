"""The page of the command line."""

import re
import textwrap

import program

WIDTH = 120
INTRODUCTION = """\
What `tokenmark --help` and the `--help` of each command say, and behind it, as “more”, what `--help-hidden` adds. Every
command has `-h` or `--help`, `--help-hidden` and `--version`. Results go to stdout, progress, warnings and errors to
stderr."""


def page(root):
    commands = list(root.walk())
    parts = [
        "<!-- Made by scripts/manual from what the program says of itself; change that. -->",
        "# The command line",
        INTRODUCTION,
        table(("command", "does"), [(f"[`{c.name}`](#{c.name.replace(' ', '-')})", prose(c.abstract)) for c in commands[1:]]),
    ]
    for command in commands:
        parts += [f"## {command.name}", paragraph(command.abstract), fence(usage(command))]
        parts += [block(one) for one in command.blocks]
        for title, arguments in command.sections():
            parts += [f"**{title}**", "\n".join(item(f"`{a.label}`", a.sentences) for a in arguments)]
    parts += ["## Environment", "\n".join(item(f"`{name}`", text) for name, text in program.ENVIRONMENT)]
    return "\n\n".join(parts) + "\n"


def usage(command):
    lines = [""]
    for part in command.usage:
        if len(lines[-1]) + 1 + len(part) > WIDTH:
            lines.append("   ")
        lines[-1] += f" {part}" if lines[-1] else part
    return lines


def block(one):
    match one:
        case program.Prose(text):
            return paragraph(text)
        case program.Items(texts):
            return "\n".join(wrapped(prose(text), "- ", "  ") for text in texts)
        case program.Examples(title, lines):
            return f"{prose(title)}:\n\n{fence(lines)}"
        case program.Statuses(rows):
            return table(("exit status", "means"), [(code, prose(meaning)) for code, meaning in rows])


def prose(text):
    """A text with what is meant literally as code, and nothing else that Markdown would take for its own."""
    return "".join(
        f"`{piece}`" if is_code else re.sub(r"([\\`*_<>\[\]|])", r"\\\1", piece)
        for piece, is_code in program.spans(text))


def paragraph(text):
    return wrapped(prose(text), "", "")


def item(label, text):
    return wrapped(f"{label}: {prose(text)}" if text else label, "- ", "  ")


def wrapped(text, first, other):
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=other, break_long_words=False, break_on_hyphens=False)
    # A word that would begin a list or a heading where a line happens to break.
    head = re.compile(r"^(\s*)([-+#>]|\d+[.)])(?= |$)")
    return "\n".join(lines[:1] + [head.sub(lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", line, count=1) for line in lines[1:]])


def fence(lines):
    return "\n".join(["```text", *lines, "```"])


def table(titles, rows):
    def line(cells):
        return "| " + " | ".join(cells) + " |"

    # A bar ends a cell, even one in code.
    cells = [[re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in row] for row in rows]
    return "\n".join([line(titles), line(["---"] * len(titles)), *map(line, cells)])
