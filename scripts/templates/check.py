"""Compares what templates give; see scripts/check-templates.

Usage: check.py TOKENMARK GGUF FOLDER CONVERSATIONS
"""

import collections
import copy
import json
import os
import pathlib
import subprocess
import sys
import warnings

import conversations
import jinja2
import reference
import snippets

sys.path.append(str(pathlib.Path(__file__).parent.parent / "conversion"))
import gguf

binary, model, folder, count = sys.argv[1:]
# The beginnings of the names of the files whose templates must do all that jinja2 does.
FAMILIES = ["Qwen", "meta-llama-Llama-3", "deepseek-ai-DeepSeek-R1-Distill", "llama-cpp-deepseek-r1", "HuggingFaceTB-SmolLM"]


def tokenmark(pairs) -> list[dict]:
    lines = "".join(json.dumps({"template": template, "variables": variables}) + "\n" for template, variables in pairs)
    command = [binary, "render-template", "--time", str(reference.TIME)]
    environment = {**os.environ, "TZ": "UTC"}
    output = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True, env=environment).stdout
    answers = [json.loads(line) for line in output.decode().split("\n")[:-1]]
    assert len(answers) == len(pairs), f"{len(pairs)} templates gave {len(answers)} lines"
    return answers


class Tally:
    """What came of renderings, and the first few that are wrong."""

    def __init__(self):
        self.counts = collections.Counter()
        self.wrong = []

    def add(self, variables, expected, reason, answer):
        text = answer.get("text")
        if expected is not None and text == expected:
            kind = "the same"
        elif expected is None and text is None:
            kind = "refused by both"
        elif text is None:
            kind = "refused by us alone"
        else:
            kind = "different"
        self.counts[kind] += 1
        if kind in ("different", "refused by us alone"):
            self.wrong.append((kind, variables, expected if reason is None else reason, answer))

    def fails(self, is_strict: bool) -> bool:
        return self.counts["different"] > 0 or (is_strict and self.counts["refused by us alone"] > 0)

    def report(self, name: str, is_strict: bool):
        print(f"{name}: " + ", ".join(f"{number} {kind}" for kind, number in sorted(self.counts.items())), flush=True)
        if not self.fails(is_strict):
            return
        for kind, variables, expected, answer in [w for w in self.wrong if is_strict or w[0] == "different"][:3]:
            print(f"  {kind}: {str(variables)[:2000]}\n    expected {expected!r}\n    got      {answer!r}")


def compare(name, pairs, is_strict) -> tuple[bool, collections.Counter]:
    ours = tokenmark(pairs)
    jinja = reference.Reference()
    tally = Tally()
    for (template, variables), answer in zip(pairs, ours, strict=True):
        expected, reason = jinja.render(template, copy.deepcopy(variables))
        shown = template if name == "snippets" else variables
        tally.add(shown, expected, reason, answer)
    tally.report(name, is_strict)
    return not tally.fails(is_strict), tally.counts


def main() -> bool:
    warnings.simplefilter("ignore")
    print(f"jinja2 {jinja2.__version__}")
    files = {"SmolLM2-135M-Instruct (GGUF)": gguf.File(pathlib.Path(model)).metadata["tokenizer.chat_template"]}
    for path in sorted(pathlib.Path(folder).glob("*.jinja")):
        files[path.stem] = path.read_text()
    strict = [name for name in files if name.startswith("SmolLM2") or any(map(name.startswith, FAMILIES))]
    right = True
    total = collections.Counter()
    for seed, name in enumerate(strict):
        drawn = conversations.conversations(int(count), seed)
        is_right, counts = compare(name, [(files[name], variables) for variables in drawn], is_strict=True)
        right &= is_right
        total += counts
    print(f"templates of these families, together: {total.total()} renderings, " + ", ".join(f"{n} {kind}" for kind, n in sorted(total.items())))
    drawn = conversations.conversations(max(int(count) // 10, 1), 100)
    pairs = [(files[name], variables) for name in files if name not in strict for variables in drawn]
    right &= compare(f"{len(files) - len(strict)} templates of other families", pairs, is_strict=False)[0]
    pairs = [(template, snippets.CONTEXT) for template in snippets.templates(8 * int(count), 1)]
    right &= compare("snippets", pairs, is_strict=False)[0]
    return right


sys.exit(0 if main() else 1)
