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

# Prints the path of a part of clang's runtime, such as fuzzer_no_main, of the clang that comes with Swift.
# Usage: clang_runtime NAME
clang_runtime() {
    local clang path
    clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
    path=$("$clang" -print-file-name="libclang_rt.$1-$(uname -m).a")
    [[ -f $path ]] || fail 3 "this toolchain has no libclang_rt.$1-$(uname -m).a"
    printf '%s\n' "$path"
}
