"""Prints the cells of a sweep's summary.csv as CSV: the id of the cell, prefill tokens/s, decode tokens/s.

Usage: tokenmark_cells.py SUMMARY
"""

import csv
import pathlib
import sys


def main(summary: pathlib.Path) -> None:
    with summary.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["status"] != "ok":
                sys.exit(f"error: tokenmark could not measure {row['id']}: {row['reason']}")
            print(row["id"], row["prefill_tokens_per_s"], row["decode_tokens_per_s"], sep=",")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
