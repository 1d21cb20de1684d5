# shellcheck shell=bash
# Compares Tokenmark with another engine, in turns, round after round. Source it after lib.sh, set
#   name, peer            of the script, and of the other engine
#   models, precisions    all that there are
#   grids                 each batch:pairs
#   repetitions, rounds   of a cell in a round, and the default number of rounds
# and define
#   prepare               installs the engine and makes the models of $models and $precisions
#   weights               prints the file that Tokenmark reads for $model and $precision
#   measure_peer          prints `settings,cell,prefill,decode` for $model and $precision, each in every one of its settings
#   print_version, print_notes, for the report
# Then call `compare_engines "$@"`.

peers=.build-peers
threads=2

load_average() { cut -d ' ' -f 1 /proc/loadavg; }

peer_usage() {
    cat <<USAGE
Usage: scripts/$name [options]

  --rounds N         Rounds; each measures everything once. (default: $rounds)
  --threads N        Threads of both engines. (default: $threads)
  --models LIST      Of $(comma_separated "${models[@]}"). (default: all)
  --precisions LIST  Of $(comma_separated "${precisions[@]}"). (default: all)
  --report DIR       From the root of the repository. (default: reports/<UTC time>-$name)
USAGE
}

comma_separated() {
    local IFS=,
    printf '%s' "$*"
}

# Usage: choose ARRAY LIST; leaves of the array what the list names.
choose() {
    local -n all=$1
    local chosen one
    IFS=, read -ra chosen <<<"$2"
    for one in "${chosen[@]}"; do
        [[ " ${all[*]} " == *" $one "* ]] || fail 2 "'$one' is none of ${all[*]}; see --help"
    done
    all=("${chosen[@]}")
}

read_options() {
    report=reports/$(date -u +%Y%m%dT%H%M%SZ)-$name
    while (($# > 0)); do
        if [[ $1 == -h || $1 == --help ]]; then
            peer_usage
            exit
        fi
        (($# > 1)) || fail 2 "no such option, or no value for it: $1; see --help"
        case $1 in
            --rounds) rounds=$2 ;;
            --threads) threads=$2 ;;
            --models) choose models "$2" ;;
            --precisions) choose precisions "$2" ;;
            --report) report=$2 ;;
            *) fail 2 "no such option: $1; see --help" ;;
        esac
        shift 2
    done
    [[ $rounds =~ ^[1-9][0-9]*$ ]] || fail 2 "--rounds takes a number from 1, not '$rounds'"
    [[ $threads =~ ^[1-9][0-9]*$ ]] || fail 2 "--threads takes a number from 1, not '$threads'"
    [[ ! -e $report ]] || fail 2 "$report exists already"
}

measure_tokenmark() {
    local grid sweep
    for grid in "${grids[@]}"; do
        sweep=$report/sweeps/$round-$model-$precision-b${grid%%:*}
        "$tokenmark" sweep --quiet --weights "$(weights)" --precision "$precision" --threads "$threads" \
            --batch "${grid%%:*}" --pairs "${grid#*:}" --repetitions "$repetitions" --no-roof \
            --report-dir "$sweep" >/dev/null
        python scripts/peers/tokenmark_cells.py "$sweep/summary.csv" | sed 's/^/,/'
    done
}

print_report() {
    cat <<REPORT
# Tokenmark and $peer

- Command: \`scripts/$name${arguments% \'\'}\`
- Date: $date
- Processor: $(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1), $(nproc) logical cores
- Tokenmark: $("$tokenmark" --version)
- $peer: $(print_version)
- $threads threads, $rounds rounds; in a round each engine warms up, then runs each cell ${repetitions}×
- Load average: $load at the start, $(load_average) at the end; other work beside the $threads threads disturbs the ratios

Ratios are tokens/s of Tokenmark over tokens/s of $peer: above 1, Tokenmark is faster. A ratio belongs to one round;
the table has their median, least and greatest, and the median tokens/s of each engine. $peer is measured in each of
its settings in every round; each line has those with the greatest median, so prefill and decode have each their own.

$(python scripts/peers/ratio_table.py ratios "$report/rounds.csv")

$(print_notes)
- The engines take turns, each in processes of its own; which goes first changes every round.

## Is Tokenmark ahead?

$(python scripts/peers/ratio_table.py ahead "$report/rounds.csv")
REPORT
}

compare_engines() {
    local arguments date load round model precision engine engines
    arguments=$(printf ' %q' "$@")
    read_options "$@"
    prepare
    use_tokenmark
    date=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    load=$(load_average)
    mkdir -p "$report"
    echo round,model,precision,engine,settings,cell,prefill_tokens_per_s,decode_tokens_per_s >"$report/rounds.csv"
    for ((round = 1; round <= rounds; round++)); do
        engines=(peer tokenmark)
        if ((round % 2 == 0)); then engines=(tokenmark peer); fi
        for model in "${models[@]}"; do
            for precision in "${precisions[@]}"; do
                for engine in "${engines[@]}"; do
                    say "round $round of $rounds: $model, $precision, ${engine/peer/$peer}"
                    "measure_$engine" | sed "s|^|$round,$model,$precision,${engine/peer/$peer},|" >>"$report/rounds.csv"
                done
            done
        done
    done
    print_report | tee "$report/table.md"
}
