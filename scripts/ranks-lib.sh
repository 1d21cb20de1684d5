# shellcheck shell=bash
# What check-ranks and check-hosts share. Source it after lib.sh.

found=0

wrong() {
    printf 'WRONG: %s\n' "$*" >&2
    found=1
}

# Sets tokenmark to the program, with tokenmark-rank beside it or in TOKENMARK_RANK.
use_ranks() {
    command -v mpirun >/dev/null || fail 3 "no mpirun; run scripts/bootstrap --with-mpi"
    if [[ -z ${TOKENMARK_BINARY:-} ]]; then
        use_tokenmark
        say "building tokenmark-rank for $TOKENMARK_MPI"
        swift build -c release --product tokenmark-rank >&2
    fi
    tokenmark=$(realpath "${TOKENMARK_BINARY:-$tokenmark}")
}

# Prints columns of the rows of a report, separated by tabs. Usage: rows DIRECTORY COLUMN...
rows() {
    python3 -B - "$@" <<'PYTHON'
import csv, sys
for row in csv.DictReader(open(f"{sys.argv[1]}/summary.csv")):
    print("\t".join(row[name] for name in sys.argv[2:]))
PYTHON
}

# Prints the processes of a name that have not ended; those that nobody has asked about yet do not count.
living() {
    local name
    for name in "$@"; do pgrep -r D,R,S,T -x "$name" || true; done
}

# Waits until the ranks of a sweep run its first cell. Takes sweeping, the sweep's process or its shell; sets mpirun, ranks.
# Usage: await_ranks DIRECTORY RANKS
await_ranks() {
    local deadline=$((SECONDS + 60))
    while
        mpirun=$(pgrep -P "$(pgrep -P "$sweeping" -x tokenmark || echo "$sweeping")" | head -n 1) || true
        ranks=($(living tokenmark-rank | while read -r id; do
            { tr '\0' '\n' <"/proc/$id/environ"; } 2>/dev/null |
                sed -n "s/^\(OMPI_COMM_WORLD_RANK\|PMI_RANK\)=\(.*\)/\2 $id/p"
        done | sort -n | cut -d ' ' -f 2))
        ((${#ranks[@]} < $2)) || ! grep -q '"b1' "$1/manifest.json" 2>/dev/null
    do
        ((SECONDS < deadline)) || fail 1 "the ranks of $1 did not start: $(cat "$1.err")"
        sleep 0.2
    done
    sleep 2
}

# Waits for the sweep, and says what it left. Usage: finish NAME DIRECTORY EXPECTED-REASON SECONDS-AT-THE-DEED
finish() {
    local rows left
    while ! grep -q crash "$2/samples.jsonl" 2>/dev/null && kill -0 "$sweeping" 2>/dev/null; do sleep 0.1; done
    local took=$((SECONDS - $4))
    wait "$sweeping" || true
    sweeping=
    rows=$(rows "$2" status reason)
    printf '%s: after %s s:\n%s\n' "$1" "$took" "$rows" >&2
    ((took < 10)) || wrong "$1: the row came after $took s"
    [[ $rows == "crash"*"$3"*$'\n'"ok"* ]] || wrong "$1: not a crash that says '$3', then ok"
    left=$(ps -o pid=,stat=,args= -p "$mpirun,$(IFS=,; printf '%s' "${ranks[*]}")" | grep -v ' Z' || true)
    [[ -z $left ]] || wrong "$1: left running: $left"
    left=$(living tokenmark-rank mpirun orted)
    [[ -z $left ]] || wrong "$1: left running: $left"
}

# Runs those of some parts that were asked for, or all, and ends with what was found. A part is a function; its name may have -.
# Usage: run_parts [ASKED...] -- PART...
run_parts() {
    local asked=() part
    while [[ $1 != -- ]]; do
        asked+=("$1")
        shift
    done
    shift
    for part in "${asked[@]}"; do
        [[ " $* " == *" $part "* ]] || fail 2 "unknown part $part; there are $*"
    done
    ((${#asked[@]} > 0)) || asked=("$@")
    for part in "${asked[@]}"; do
        say "$part"
        "${part//-/_}"
    done
    ((found == 0)) && say "nothing was found"
    exit "$found"
}
