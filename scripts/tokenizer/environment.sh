# shellcheck shell=bash
# For scripts that compare tokenizers; source it after lib.sh. Sets:
#   folder      where they keep what they make
#   ranks       qwen.tiktoken
#   tokenmark   the program

folder=.build-tokenizer
use_python "$folder" tiktoken==0.14.0 tokenizers==0.23.3 regex==2026.5.9
ranks=$(scripts/fetch-models qwen.tiktoken)
use_tokenmark
