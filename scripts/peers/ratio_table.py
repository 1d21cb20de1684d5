"""Prints Markdown tables from a rounds.csv of Tokenmark and another engine, which has several settings: the ratios of
their tokens/s, or whether Tokenmark is ahead.

Usage: ratio_table.py ratios|ahead ROUNDS
"""

import csv
import pathlib
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from statistics import median

OURS = "tokenmark"
PHASES = {"prefill": "prefill_tokens_per_s", "decode": "decode_tokens_per_s"}

# Tokens/s of each round.
Rates = dict[str, float]


@dataclass
class Comparison:
    """One phase of one cell: our rates, and theirs in the settings whose median is greatest."""

    ours: Rates
    theirs: Rates
    settings: str

    @property
    def ratios(self) -> list[float]:
        return [self.ours[of] / self.theirs[of] for of in self.theirs]


class Rounds:
    """What a rounds.csv says, in its order, prefill first."""

    def __init__(self, path: pathlib.Path):
        self.engine = ""
        # By model and precision, then by measurement.
        self.comparisons: dict[tuple[str, str], dict[str, Comparison]] = {}
        # By the same, then by engine and settings.
        rates: dict[tuple[str, str], dict[str, dict[str, dict[str, Rates]]]] = {}
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        for phase, column in PHASES.items():
            for row in rows:
                if not row[column]:
                    continue
                batch, inputs = re.match(r"b(\d+)-i(\d+)", row["cell"]).groups()
                at = "at " if phase == "decode" else ""
                engines = rates.setdefault((row["model"], row["precision"]), {}).setdefault(
                    f"{phase} {at}{inputs}, batch {batch}", defaultdict(lambda: defaultdict(dict))
                )
                engines[row["engine"]][row["settings"]][row["round"]] = float(row[column])
        for model, measurements in rates.items():
            for measurement, engines in measurements.items():
                ours = engines.pop(OURS)[""]
                [(self.engine, by_settings)] = engines.items()
                settings = max(by_settings, key=lambda name: median(by_settings[name].values()))
                self.comparisons.setdefault(model, {})[measurement] = Comparison(
                    ours, by_settings[settings], settings
                )


def ratios(rounds: Rounds) -> list[str]:
    lines = [
        f"| model | precision | measurement | {rounds.engine}, tokens/s | in settings "
        "| tokenmark, tokens/s | ratio | min–max |",
        "|---|---|---|---:|---|---:|---:|---:|",
    ]
    for (model, precision), measurements in rounds.comparisons.items():
        for measurement, of in measurements.items():
            lines.append(
                f"| {model} | {precision} | {measurement} | {median(of.theirs.values()):.1f} | {of.settings} "
                f"| {median(of.ours.values()):.1f} "
                f"| **{median(of.ratios):.2f}** | {min(of.ratios):.2f}–{max(of.ratios):.2f} |"
            )
    return lines


def ahead(rounds: Rounds) -> list[str]:
    """By the median ratio; in brackets in how many rounds, where it is not all."""
    models = [f"{model} {precision}" for model, precision in rounds.comparisons]
    lines = [f"| | {' | '.join(models)} |", f"|---|{'---|' * len(models)}"]
    every = [of for measurements in rounds.comparisons.values() for of in measurements.values()]
    for measurement in next(iter(rounds.comparisons.values())):
        verdicts = []
        for measurements in rounds.comparisons.values():
            values = measurements[measurement].ratios
            wins = sum(value > 1 for value in values)
            verdict = "yes" if median(values) > 1 else "no"
            verdicts.append(verdict if wins in (0, len(values)) else f"{verdict} ({wins} of {len(values)} rounds)")
        lines.append(f"| {measurement} | {' | '.join(verdicts)} |")
    wins = sum(median(of.ratios) > 1 for of in every)
    return [*lines, "", f"By the median ratio, in {wins} of {len(every)}."]


if __name__ == "__main__":
    tables = {"ratios": ratios, "ahead": ahead}
    print("\n".join(tables[sys.argv[1]](Rounds(pathlib.Path(sys.argv[2])))))
