# shellcheck shell=bash
# What check-templates needs; source it after lib.sh. Sets:
#   folder      where it keeps what it makes; the templates of llama.cpp are in templates/ there
#   model       SmolLM2's GGUF file
#   tokenmark   the program

folder=.build-templates
# The same sources as those of compare-llama-cpp.
llama_cpp=llama-cpp-python==0.3.36

use_python "$folder" Jinja2==3.1.6 numpy==2.4.6
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
use_tokenmark
