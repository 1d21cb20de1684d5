# shellcheck shell=bash
# For scripts that check conversions; source it after lib.sh. Sets:
#   tokenmark   the program
#   work        a directory that goes when the script ends

packages=(numpy==2.4.6)

python() { .build-conversion/venv/bin/python -B "$@"; }

if ! python -c "import numpy" 2>/dev/null; then
    say "installing ${packages[*]} under .build-conversion"
    python3 -m venv .build-conversion/venv || fail 1 "no python3 with venv; apt-get install python3-venv"
    python -m pip install --quiet --retries 2 "${packages[@]}" >&2 ||
        fail 3 "cannot install ${packages[*]} from PyPI: no network?"
fi
if [[ -n ${TOKENMARK_BINARY:-} ]]; then
    tokenmark=$TOKENMARK_BINARY
else
    scripts/bootstrap
    say "building tokenmark"
    swift build -c release --product tokenmark >&2
    tokenmark=$(swift build -c release --show-bin-path)/tokenmark
fi
work=$(mktemp -d .build-conversion/work.XXXXXX)
trap 'rm -rf "$work"' EXIT
