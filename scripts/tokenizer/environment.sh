# shellcheck shell=bash
# For scripts that compare tokenizers; source it after lib.sh. Sets:
#   folder      where they keep what they make
#   ranks       qwen.tiktoken
#   tokenmark   the program

folder=.build-tokenizer
packages=(tiktoken==0.14.0 tokenizers==0.23.3)

python() { "$folder/venv/bin/python" "$@"; }

if ! python -c "import tiktoken, tokenizers" 2>/dev/null; then
    say "installing ${packages[*]} under $folder"
    python3 -m venv "$folder/venv" || fail 1 "no python3 with venv; apt-get install python3-venv"
    python -m pip install --quiet --retries 2 "${packages[@]}" >&2 ||
        fail 3 "cannot install ${packages[*]} from PyPI: no network?"
fi
ranks=$(scripts/fetch-models qwen.tiktoken)
if [[ -n ${TOKENMARK_BINARY:-} ]]; then
    tokenmark=$TOKENMARK_BINARY
else
    scripts/bootstrap
    say "building tokenmark"
    swift build -c release --product tokenmark >&2
    tokenmark=$(swift build -c release --show-bin-path)/tokenmark
fi
