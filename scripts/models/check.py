"""Applies every change to a good model and looks at what becomes of it. Usage: see check-models."""

import pathlib
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import directory_changes
import gguf_changes
from gguf_changes import OTHER, SAME
from tiny import CONTEXT, GGUF, Directory, copy_of, text

LARGEST_DIFFERENCE = 1e-5
# A change of the reference that the check could not see would show nothing.
SMALLEST_CHANGE = 1e-4


class Check:
    def __init__(self, program: str, work: pathlib.Path):
        self.program = program
        self.work = work
        (work / "text").write_text(text())

    def run(self, model, name: str) -> subprocess.CompletedProcess:
        folder = self.work / re.sub(r"\W+", "-", name)
        folder.mkdir()
        try:
            path = model.write(folder)
            command = [
                self.program, "perplexity", "--weights", path, "--text", self.work / "text", "--context", str(CONTEXT),
                "--precision", "f32", "--threads", "1",
            ]
            return subprocess.run(command, capture_output=True, text=True, timeout=60)
        finally:
            shutil.rmtree(folder)

    def problem(self, base, name: str, change, expected) -> str | None:
        """What is wrong; None if nothing."""
        model = copy_of(base)
        change(model)
        result = self.run(model, name)
        if isinstance(expected, str):
            if result.returncode == 0:
                return f"passed over: {result.stdout.strip()}"
            if result.returncode != 2 or expected not in result.stderr:
                return f"status {result.returncode}, and no '{expected}' in: {result.stderr.strip()}"
            return None
        if result.returncode != 0:
            return f"status {result.returncode}: {result.stderr.strip()}"
        usual, right = base.perplexity(), model.perplexity()
        if expected is OTHER and abs(right / usual - 1) < SMALLEST_CHANGE:
            return f"the reference hardly changes, from {usual} to {right}: this shows nothing"
        if expected is SAME and right != usual:
            return "the reference changes, which it should not"
        ours = float(re.match(r"perplexity (\S+)", result.stdout)[1])
        if not abs(ours / right - 1) < LARGEST_DIFFERENCE:
            return f"{ours}, and the reference has {right}; unchanged it has {usual}"
        return None


def main(program: str, work: pathlib.Path, word: str) -> None:
    check = Check(program, work)
    forms = [("GGUF", GGUF, gguf_changes), ("directory", Directory, directory_changes)]
    tried = {"refused": 0, "same": 0, "other": 0}
    failures = 0
    for form, kind, changes in forms:
        for architecture in ("llama", "qwen2", "qwen3"):
            base = kind(architecture)
            cases = [("unchanged", lambda _: None, SAME), *changes.changes(architecture)]
            cases = [case for case in cases if word in case[0]]

            def problem(indexed, base=base, form=form, architecture=architecture):
                index, (name, change, expected) = indexed
                return check.problem(base, f"{form} {architecture} {index} {name[:40]}", change, expected)

            with ThreadPoolExecutor(2) as pool:
                problems = list(pool.map(problem, enumerate(cases)))
            for (name, _, expected), problem in zip(cases, problems):
                tried["refused" if isinstance(expected, str) else "same" if expected is SAME else "other"] += 1
                if problem:
                    failures += 1
                    print(f"FAIL  {architecture} {form}, {name}: {problem}")
    total = sum(tried.values())
    print(f"{total} changes: {tried['refused']} refused by name, {tried['other']} computed as the reference does, "
          f"{tried['same']} harmless; {failures} failures")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3])
