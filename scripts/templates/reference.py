"""Renders chat templates with jinja2 as the library transformers does, from its documentation."""

import datetime
import json

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

# What the templates are told that the time is: 2024-11-27, 10:00 UTC.
TIME = 1732701600


class Generation(Extension):
    """The tag `generation`, whose body is rendered as it stands."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def _tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def _strftime_now(format):
    return datetime.datetime.fromtimestamp(TIME, datetime.timezone.utc).strftime(format)


def environment():
    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    made.filters["tojson"] = _tojson
    made.globals["raise_exception"] = _raise_exception
    made.globals["strftime_now"] = _strftime_now
    return made


class Reference:
    def __init__(self):
        self._environment = environment()
        self._templates = {}

    def render(self, template: str, context: dict) -> tuple[str | None, str | None]:
        """The text, or why there is none."""
        try:
            if template not in self._templates:
                self._templates[template] = self._environment.from_string(template)
            return self._templates[template].render(**context), None
        except Exception as error:  # whatever a template makes Python raise
            return None, f"{type(error).__name__}: {error}"
