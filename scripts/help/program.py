"""What the program says of itself: its commands, their arguments, and the blocks of their texts."""

import dataclasses
import json
import re
import subprocess

# What the program reads of its environment, which its dump does not tell.
ENVIRONMENT = (
    ("TIMEIT", "0: sweep times whole calls alone. 1: what run asks for under perf_mode=detail, as the guides do."),
    ("TOKENMARK_HISTORY", "The file of the history, unless --database names one."),
    ("XDG_DATA_HOME", "Where the history lies otherwise, in tokenmark/history.sqlite; ~/.local/share unless set."),
    ("NO_COLOR", "Set, and not empty: a terminal shows no colours."),
    ("TERM", "dumb: progress is a line for each cell, as it is where there is no terminal."),
)


@dataclasses.dataclass
class Argument:
    names: list
    value: str  # the name of its value; empty for a flag
    text: str
    details: str
    values: list
    default: str
    section: str
    is_hidden: bool
    is_optional: bool
    is_repeating: bool

    @property
    def label(self):
        return " ".join(filter(None, (", ".join(self.names), self.value and f"<{self.value}>")))

    @property
    def synopsis(self):
        """As a usage line has it."""
        # Further names of an option mean the same; those of a flag do not.
        names = self.names[:1] if self.value else self.names
        text = " ".join(filter(None, ("|".join(names), self.value and f"<{self.value}>")))
        text += " ..." if self.is_repeating else ""
        return f"[{text}]" if self.is_optional else text

    @property
    def sentences(self):
        """What is said of it, in order."""
        said = f"{self.text} {self.details}"
        are_named = all(re.search(rf"\b{re.escape(value)}\b", said) for value in self.values)
        values = "" if are_named else f"Values: {', '.join(self.values)}."
        return " ".join(filter(None, (self.text, self.details, values, self.default and f"Default: {self.default}.")))


@dataclasses.dataclass
class Command:
    name: str  # with those above it: tokenmark history add
    abstract: str
    blocks: list
    arguments: list
    children: list

    @property
    def usage(self):
        """What can be given, part by part: beyond a dozen options only what must be, as the program's own help has it."""
        shown = [argument for argument in self.arguments if not argument.is_hidden]
        if len(shown) > 12:
            needed = [a.synopsis for a in shown if not a.names or not a.is_optional]
            parts = ["[<options>]", *needed]
        else:
            parts = [argument.synopsis for argument in shown]
        return [self.name, *parts, *(["<subcommand>"] if self.children else [])]

    def sections(self):
        """Arguments under their titles, those that --help shows first."""
        for is_hidden in (False, True):
            found = {}
            for argument in self.arguments:
                if argument.is_hidden == is_hidden:
                    found.setdefault(argument.section, []).append(argument)
            # As in the program's help: positions, titles, the rest.
            order = sorted(found, key=lambda title: (title != "Arguments", title == "Options"))
            for title in order:
                yield title + (", more" if is_hidden else ""), found[title]

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()


# Blocks of a text.

@dataclasses.dataclass
class Prose:
    text: str


@dataclasses.dataclass
class Items:
    texts: list


@dataclasses.dataclass
class Examples:
    title: str
    lines: list


@dataclasses.dataclass
class Statuses:
    rows: list


EXAMPLE = re.compile(r"([^:]+): ((?:[A-Z]+=\S+ )?tokenmark .+)")


def blocks(text):
    """The blocks of a command's discussion: a line is one, unless it stands under a line that ends with a colon."""
    found = []
    for paragraph in text.split("\n\n"):
        lines = paragraph.split("\n")
        if lines[0] == "Exit status:":
            found.append(Statuses([line.split(maxsplit=1) for line in lines[1:]]))
            continue
        for number, line in enumerate(lines):
            if example := EXAMPLE.fullmatch(line):
                title, command = example.groups()
                if found and isinstance(found[-1], Examples) and found[-1].title == title:
                    found[-1].lines.append(command)
                else:
                    found.append(Examples(title, [command]))
            elif number > 0 and isinstance(found[-1], Items):
                found[-1].texts.append(line)
            elif number > 0 and lines[number - 1].endswith(":"):
                found.append(Items([line]))
            elif line:
                found.append(Prose(line))
    return found


CODE = re.compile(r"""
    --?[a-z][\w-]*.*                                  # an option
    | (?=.*\w).*[_<>|*$=@{}\[\]~^`].*                 # what no prose has
    | \.{0,2}[\w.…-]*(/[\w.…-]+)+/?                   # a path, a command of a chat
    | [\w.…-]+\.(csv|folded|gguf|html|ini|jinja|json|jsonl|tiktoken|tsv|txt)
    | (\w+:)?\d+([,:x+-]\d+)+                         # a list, a pair, a day
    """, re.VERBOSE)
RATE = re.compile(r"\w+/s")


def spans(text):
    """Yields pieces of a text, and whether each is meant as it is written: an option, a name, a path."""
    for piece in re.split(r"(\s+)", text):
        opening = re.match(r"[(\"']*", piece).group()
        inner = piece[len(opening):]
        closing = re.search(r"[)\"'.,;:?!]*$", inner).group()
        inner = inner[:len(inner) - len(closing)]
        if inner and CODE.fullmatch(inner) and not RATE.fullmatch(inner):
            yield from ((opening, False), (inner, True), (closing, False))
        else:
            yield piece, False


def read(binary):
    """The program itself: its command with all that can be seen below it."""
    dump = subprocess.run([binary, "--experimental-dump-help"], check=True, capture_output=True, encoding="utf-8")
    return command(json.loads(dump.stdout)["command"])


def command(info):
    children = [child for child in info.get("subcommands", [])
                if child.get("shouldDisplay", True) and child["commandName"] != "help"]
    return Command(
        name=" ".join([*info.get("superCommands", []), info["commandName"]]),
        abstract=info.get("abstract", ""),
        blocks=blocks(info.get("discussion", "")),
        arguments=arguments(info.get("arguments", [])),
        children=[command(child) for child in children])


def arguments(infos):
    """Those of a command, but for the help and the version that all have; both words of a flag are one."""
    found = []
    for info in infos:
        names = [("--" if name["kind"] == "long" else "-") + name["name"] for name in info.get("names", [])]
        if "--help" in names or "--version" in names:
            continue
        if names and found and [f"--no-{name.removeprefix('--')}" for name in found[-1].names] == names:
            found[-1].names += names
            continue
        is_positional = info["kind"] == "positional"
        found.append(Argument(
            names=names,
            value="" if info["kind"] == "flag" else info.get("valueName", ""),
            text=info.get("abstract", ""),
            details=info.get("discussion", ""),
            values=info.get("allValues", []),
            default=info.get("defaultValue", ""),
            section=info.get("sectionTitle") or ("Arguments" if is_positional else "Options"),
            is_hidden=not info["shouldDisplay"],
            is_optional=info["isOptional"],
            is_repeating=info["isRepeating"]))
    return found
