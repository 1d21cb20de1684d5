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
