"""Times tokenizers; see scripts/tokenizer-speed.

Usage: speed.py TOKENMARK RANKS FOLDER
"""

import pathlib
import statistics
import sys
import time

import qwen as reference
import texts
import tokenmark

binary, ranks_path, folder = sys.argv[1:]
RUNS = 9


def show(what, rates):
    print(f"{what}: {statistics.median(rates):.1f} MB/s ({min(rates):.1f} to {max(rates):.1f})", flush=True)


def main():
    qwen = reference.encoding(ranks_path)
    forms = reference.write_forms(qwen, pathlib.Path(folder) / "forms")
    prose = texts.prose(4_000_000)
    mixed = texts.mixed_lines(20_000)
    run = "中文abc" * (1_000_000 // 9)

    def rates(tokenizer, lines):
        return [float(tokenmark.run(binary, tokenizer, lines, "--speed").split()[0]) for _ in range(RUNS)]

    for name, path in {"qwen.tiktoken": ranks_path, **forms}.items():
        show(f"{name}, running text", rates(path, [prose]))
    show("qwen.tiktoken, the lines of check-tokenizer", rates(ranks_path, mixed))
    show("qwen.tiktoken, 1 MB without a blank", rates(ranks_path, [run]))
    peer = []
    for _ in range(RUNS):
        start = time.perf_counter()
        qwen.encode_ordinary(prose)
        peer.append(len(prose.encode()) / 1e6 / (time.perf_counter() - start))
    show("tiktoken (PyPI), running text", peer)


main()
