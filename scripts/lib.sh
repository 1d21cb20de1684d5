# shellcheck shell=bash
# What the scripts share. Source it under `set -e`; it moves to the root of the repository.

CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

say() { printf '== %s\n' "$*" >&2; }

# Usage: fail STATUS MESSAGE
fail() {
    printf 'error: %s\n' "$2" >&2
    exit "$1"
}

# Prints, ended by NUL, the files of the working tree that match the patterns; new files count, ignored ones do not.
source_files() {
    local file
    git ls-files -z --cached --others --exclude-standard --deduplicate -- "$@" |
        while IFS= read -r -d '' file; do
            if [[ -f $file ]]; then printf '%s\0' "$file"; fi
        done
}

# Prints when the sources were made, in seconds since the beginning of 1970: SOURCE_DATE_EPOCH, or the time of the commit.
source_time() {
    printf '%s\n' "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Package.swift)}"
}

# Prints the path of a part of clang's runtime, such as fuzzer_no_main, of the clang that comes with Swift.
# Usage: clang_runtime NAME
clang_runtime() {
    local clang path
    clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
    path=$("$clang" -print-file-name="libclang_rt.$1-$(uname -m).a")
    [[ -f $path ]] || fail 3 "this toolchain has no libclang_rt.$1-$(uname -m).a"
    printf '%s\n' "$path"
}

# Makes FOLDER/venv with these packages from PyPI, unless it is there; `python` is its interpreter from then on.
# Usage: use_python FOLDER PACKAGE==VERSION...
use_python() {
    local packages=("${@:2}")
    venv=$1/venv
    [[ $(cat "$venv/packages" 2>/dev/null) != "${packages[*]}" ]] || return 0
    say "installing ${packages[*]} under $1"
    python3 -m venv "$venv" || fail 3 "no python3 with venv; apt-get install python3-venv"
    python -m pip install --quiet --retries 2 "${packages[@]}" >&2 ||
        fail 3 "cannot install ${packages[*]} from PyPI: no network?"
    printf '%s\n' "${packages[*]}" >"$venv/packages"
}

python() { "$venv/bin/python" -B "$@"; }

# Sets tokenmark to the program: $TOKENMARK_BINARY, or a release build.
use_tokenmark() {
    tokenmark=${TOKENMARK_BINARY:-}
    [[ -z $tokenmark ]] || return 0
    scripts/bootstrap
    say "building tokenmark"
    swift build -c release --product tokenmark >&2
    tokenmark=$(swift build -c release --show-bin-path)/tokenmark
}
