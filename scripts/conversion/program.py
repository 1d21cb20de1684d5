"""The program under test, and what is said of each check."""

import csv
import pathlib
import subprocess
import sys

import numpy as np


class Program:
    def __init__(self, path: str):
        self.path = path

    def __call__(self, *arguments) -> str:
        """What it prints; the script ends where it fails."""
        command = [self.path, *map(str, arguments)]
        result = subprocess.run(command, capture_output=True)
        if result.returncode != 0:
            raise SystemExit(f"{command} ended with {result.returncode}:\n{result.stderr.decode()}")
        return result.stdout.decode()  # line ends as they are

    def to_safetensors(self, weights, precision: str, output, *more) -> None:
        self(
            "convert", "--to", "safetensors", "--weights", weights, "--precision", precision, "--output", output, *more
        )

    def hashes(self, weights, report: pathlib.Path, precision: str | None = None) -> list[str]:
        """The hash of the tokens of each cell of a small sweep."""
        more = [] if precision is None else ["--precision", precision]
        self(
            "sweep", "--weights", weights, "--batch", "1,2", "--pairs", "24x12,33x5", "--no-roof", "--report-dir", report,
            *more,
        )
        with (report / "summary.csv").open() as file:
            return [row["output_hash"] for row in csv.DictReader(file)]


class Checks:
    def __init__(self):
        self.failures = 0

    def expect(self, what: str, is_so: bool, detail: str = "") -> None:
        self.failures += not is_so
        print(f"{'ok  ' if is_so else 'FAIL'}  {what}" + (f": {detail}" if detail else ""), flush=True)

    def same(self, what: str, values: dict) -> None:
        """Expects one value of all."""
        first = next(iter(values.values()))
        is_so = all(value == first for value in values.values())
        self.expect(f"{what}, {len(values)} ways ({', '.join(values)})", is_so, repr(first) if is_so else repr(values))

    def same_tensors(self, what: str, ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> None:
        """Expects the same names, shapes, formats and bytes."""
        problems = sorted(set(ours) ^ set(theirs))
        for name in sorted(set(ours) & set(theirs)):
            first, second = ours[name], theirs[name]
            if first.dtype != second.dtype or first.shape != second.shape or first.tobytes() != second.tobytes():
                problems.append(name)
        size = sum(values.nbytes for values in ours.values())
        detail = f"{len(ours)} tensors, {size} bytes" if not problems else f"differ: {', '.join(problems[:5])}"
        self.expect(what, bool(ours) and not problems, detail)

    def end(self):
        print("all is well" if self.failures == 0 else f"{self.failures} checks failed")
        sys.exit(self.failures > 0)
