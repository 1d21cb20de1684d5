# shellcheck shell=bash
# What check-templates needs; source it after lib.sh. Sets:
#   folder      where it keeps what it makes; the templates of llama.cpp are in templates/ there
#   model       SmolLM2's GGUF file
#   tokenmark   the program

folder=.build-templates
packages=(Jinja2==3.1.6 numpy==2.4.6)
# The same sources as those of compare-llama-cpp.
llama_cpp=llama-cpp-python==0.3.36

python() { "$folder/venv/bin/python" "$@"; }

if ! python -c "import jinja2, numpy" 2>/dev/null; then
    say "installing ${packages[*]} under $folder"
    python3 -m venv "$folder/venv" || fail 1 "no python3 with venv; apt-get install python3-venv"
    python -m pip install --quiet --retries 2 "${packages[@]}" >&2 ||
        fail 3 "cannot install ${packages[*]} from PyPI: no network?"
fi
if [[ ! -d $folder/templates ]]; then
    say "downloading the sources of $llama_cpp from PyPI (77 MB)"
    rm -rf "$folder/sources"
    python -m pip download --quiet --no-deps --retries 2 --no-binary llama-cpp-python --dest "$folder/sources" "$llama_cpp" >&2 ||
        fail 3 "cannot download $llama_cpp from PyPI: no network?"
    tar -xzf "$folder"/sources/*.tar.gz -C "$folder/sources" --wildcards --strip-components=4 '*/llama.cpp/models/templates/*.jinja'
    mv "$folder/sources/templates" "$folder/templates"
    rm -r "$folder/sources"
fi
model=$(scripts/fetch-models) || fail 3 "SmolLM2 cannot be fetched"
if [[ -n ${TOKENMARK_BINARY:-} ]]; then
    tokenmark=$TOKENMARK_BINARY
else
    scripts/bootstrap
    say "building tokenmark"
    swift build -c release --product tokenmark >&2
    tokenmark=$(swift build -c release --show-bin-path)/tokenmark
fi
