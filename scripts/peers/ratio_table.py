"""Prints a Markdown table of the ratios tokenmark / llama.cpp in a rounds.csv.

Usage: ratio_table.py ROUNDS
"""

import csv
import pathlib
import sys
from collections import defaultdict
from statistics import median

# What the table shows of which cell.
MEASUREMENTS = [
    ("prefill 256, batch 1", "b1-i256-o32", "prefill_tokens_per_s"),
    ("prefill 1024, batch 1", "b1-i1024-o1", "prefill_tokens_per_s"),
    ("prefill 256, batch 8", "b8-i256-o16", "prefill_tokens_per_s"),
    ("decode at 256, batch 1", "b1-i256-o32", "decode_tokens_per_s"),
    ("decode at 256, batch 8", "b8-i256-o16", "decode_tokens_per_s"),
]

# One number for each (engine, round).
Rates = dict[tuple[str, str], float]


def table(rounds: pathlib.Path) -> list[str]:
    # Keyed by model and precision, then by cell and column, in the order of the file.
    runs: dict[tuple[str, str], dict[tuple[str, str], Rates]] = {}
    with rounds.open(newline="") as file:
        for row in csv.DictReader(file):
            cells = runs.setdefault((row["model"], row["precision"]), defaultdict(dict))
            for _, cell, column in MEASUREMENTS:
                if row["cell"] == cell:
                    cells[cell, column][row["engine"], row["round"]] = float(row[column])
    lines = [
        "| model | precision | measurement | llama.cpp, tokens/s | tokenmark, tokens/s "
        "| ratio | min–max |",
        "|---|---|---|---:|---:|---:|---:|",
    ]
    for (model, precision), cells in runs.items():
        for measurement, cell, column in MEASUREMENTS:
            lines.append(f"| {model} | {precision} | {measurement} {comparison(cells[cell, column])}")
    return lines


def comparison(rates: Rates) -> str:
    theirs = {of: rate for (engine, of), rate in rates.items() if engine == "llama.cpp"}
    ours = {of: rate for (engine, of), rate in rates.items() if engine == "tokenmark"}
    ratios = [ours[of] / theirs[of] for of in theirs]
    return (
        f"| {median(theirs.values()):.1f} | {median(ours.values()):.1f} "
        f"| **{median(ratios):.2f}** | {min(ratios):.2f}–{max(ratios):.2f} |"
    )


if __name__ == "__main__":
    print("\n".join(table(pathlib.Path(sys.argv[1]))))
