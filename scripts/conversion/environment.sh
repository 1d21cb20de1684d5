# shellcheck shell=bash
# For scripts that check conversions; source it after lib.sh. Sets:
#   tokenmark   the program
#   work        a directory that goes when the script ends

use_python .build-conversion numpy==2.4.6
use_tokenmark
work=$(mktemp -d .build-conversion/work.XXXXXX)
trap 'rm -rf "$work"' EXIT
