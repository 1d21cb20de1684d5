# shellcheck shell=bash
# Compares two ways to run the same cell, in turns. Source it after lib.sh, define measure_first and measure_second,
# which call `sweep DIRECTORY [option ...]`, and call compare_pairs.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tokenmark=${TOKENMARK_BINARY:-}

# Usage: sweep DIRECTORY [option ...]
sweep() {
    "$tokenmark" sweep --weights "$work/model" --pairs 64x64 --repetitions 3 --no-roof --report-dir "$@" \
        >/dev/null 2>&1
}

# Builds this tree's binary unless one was given, and packs the model that its runs read.
prepare() {
    if [[ -z $tokenmark ]]; then
        scripts/bootstrap
        say "building"
        swift build -c release --product tokenmark >&2
        tokenmark=$(swift build -c release --show-bin-path)/tokenmark
    fi
    "$tokenmark" convert --model qwen1.5-0.5b --precision int8 --output "$work/model" >/dev/null
}

# Usage: compare_pairs NAME LIMIT PAIRS
# Prints the median share by which the first way takes longer; status 1 if that is LIMIT or more.
compare_pairs() {
    local name=$1 limit=$2 pairs=$3 pair order
    [[ $pairs =~ ^[1-9][0-9]*$ ]] || fail 2 "the number of pairs is a number from 1, not '$pairs'"
    if [[ ! -e $work/model ]]; then prepare; fi
    for ((pair = 1; pair <= pairs; pair++)); do
        say "pair $pair of $pairs"
        # Which goes first changes, so that drift hits both alike.
        order="first second"
        if ((pair % 2 == 0)); then order="second first"; fi
        for way in $order; do
            "measure_$way" "$work/$pair-$way"
        done
    done
    python3 - "$work" "$pairs" "$name" "$limit" <<'PYTHON'
import csv
import statistics
import sys

work, pairs, name, limit = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])


def seconds(pair: int, way: str) -> float:
    with open(f"{work}/{pair}-{way}/summary.csv", newline="") as file:
        return float(next(csv.DictReader(file))["response_time_median_s"])


excess = sorted(seconds(pair, "first") / seconds(pair, "second") - 1 for pair in range(1, pairs + 1))
median = statistics.median(excess)
print(f"{name}: {median:+.2%} (median of {pairs} pairs, {excess[0]:+.2%} to {excess[-1]:+.2%})")
sys.exit(median >= limit)
PYTHON
}
