"""The manual page: one for the whole program."""

import program


def page(root, version, date):
    commands = list(root.walk())
    lines = [f'.TH TOKENMARK 1 "{date}" "tokenmark {escaped(version)}" "User Commands"', ".nh", ".ad l"]
    lines += [".SH NAME", f"tokenmark \\- {escaped(root.abstract[0].lower() + root.abstract[1:].rstrip('.'))}"]
    lines += [".SH SYNOPSIS"]
    for number, command in enumerate(commands[1:]):
        lines += [*([".br"] if number else []), *usage(command)]
    lines += [".SH DESCRIPTION"]
    for one in root.blocks:
        lines += block(one)
    lines += [".PP", text("Every command has -h or --help, --help-hidden and --version. Results go to stdout, progress, "
                          "warnings and errors to stderr.")]
    lines += [".SH COMMANDS"]
    for command in commands[1:]:
        lines += [f".SS {escaped(command.name)}", text(command.abstract), ".PP", *usage(command)]
        for one in command.blocks:
            lines += block(one)
        for title, arguments in command.sections():
            lines += [".PP", f"\\fI{escaped(title)}\\fR"]
            for argument in arguments:
                lines += [".TP", bold(argument.label), *([text(argument.sentences)] if argument.sentences else [])]
    lines += [".SH EXIT STATUS"]
    for statuses in (one for one in root.blocks if isinstance(one, program.Statuses)):
        lines += rows(statuses)
    lines += [".SH ENVIRONMENT"]
    for name, what in program.ENVIRONMENT:
        lines += [".TP", bold(name), text(what)]
    lines += [".SH EXAMPLES"]
    for command in commands:
        for one in command.blocks:
            if isinstance(one, program.Examples) and one.title == "Example":
                lines += [".PP", text(command.abstract), *example(one)]
    # A heading begins a paragraph by itself.
    kept = [line for before, line in zip(["", *lines], lines) if line != ".PP" or before[:3] not in (".SH", ".SS", ".PP")]
    return "\n".join(kept) + "\n"


def usage(command):
    return [" ".join([bold(command.name), *map(escaped, command.usage[1:])])]


def block(one):
    match one:
        case program.Prose(words):
            return [".PP", text(words)]
        case program.Items(texts):
            return [line for words in texts for line in (".IP \\(bu 2", text(words))]
        case program.Examples(title, _):
            return [".PP", text(f"{title}:"), *example(one)]
        case program.Statuses(_):
            # They have a section of their own.
            return []


def rows(statuses):
    return [line for code, meaning in statuses.rows for line in (".TP", bold(code), text(meaning))]


def example(one):
    return [".PP", ".nf", ".RS", *map(line, one.lines), ".RE", ".fi"]


def text(words):
    return line_begin("".join(f"\\fB{escaped(piece)}\\fR" if is_code else escaped(piece, is_code)
                              for piece, is_code in program.spans(words)))


def bold(words):
    return f"\\fB{escaped(words)}\\fR"


def line(words):
    return line_begin(escaped(words))


def line_begin(words):
    # A dot or a quote at the beginning would be a request.
    return f"\\&{words}" if words[:1] in (".", "'") else words


def escaped(words, is_literal=True):
    """As roff reads it: a hyphen that can be copied where a text is literal, and every sign in ASCII."""
    words = words.replace("\\", "\\e")
    if is_literal:
        words = words.replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha").replace("~", "\\(ti").replace("`", "\\(ga")
    return "".join(sign if sign.isascii() else f"\\[u{ord(sign):04X}]" for sign in words)
