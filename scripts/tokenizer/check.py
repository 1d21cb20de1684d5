"""Compares token ids; see scripts/check-tokenizer.

Usage: check.py TOKENMARK RANKS FOLDER LINES
"""

import pathlib
import sys
import unicodedata

import qwen as reference
import texts
import tiktoken
import tokenizers
import tokenmark

binary, ranks_path, folder, line_count = sys.argv[1:]


def differences(expected, actual):
    return [i for i, (first, second) in enumerate(zip(expected, actual, strict=True)) if first != second]


def report(what, lines, expected, actual) -> bool:
    wrong = differences(expected, actual)
    ids = sum(map(len, expected))
    print(f"{what}: {len(lines)} texts, {ids} ids, {len(wrong)} texts differ", flush=True)
    for i in wrong[:5]:
        print(f"  {lines[i]!r}\n    expected {expected[i]}\n    got      {actual[i]}")
    return not wrong


def main() -> bool:
    print(f"tiktoken {tiktoken.__version__}, tokenizers {tokenizers.__version__}, Unicode {unicodedata.unidata_version}")
    qwen = reference.encoding(ranks_path)
    mixed = texts.mixed_lines(int(line_count))
    characters = texts.every_character()
    forms = reference.write_forms(qwen, pathlib.Path(folder) / "forms")
    right = True

    def check(what, tokenizer, lines, expected, specials=False):
        nonlocal right
        actual = tokenmark.encode(binary, tokenizer, lines, specials)
        right &= report(what, lines, expected, actual)

    plain = [reference.encode(qwen, text, False) for text in mixed]
    special = [reference.encode(qwen, text, True) for text in mixed]
    each = [reference.encode(qwen, text, False) for text in characters]
    check("qwen.tiktoken, mixed text", ranks_path, mixed, plain)
    check("qwen.tiktoken, mixed text, specials taken", ranks_path, mixed, special, specials=True)
    check("qwen.tiktoken, every character", ranks_path, characters, each)
    for name, path in forms.items():
        files = " + ".join(sorted(file.name for file in path.iterdir() if file.name != "tokenizer_config.json"))
        check(f"{files} ({name}), mixed text", path, mixed, plain)
        check(f"{files} ({name}), every character", path, characters, each)
    check("merges, mixed text, specials taken", forms["merges"], mixed, special, specials=True)

    hugging_face = tokenizers.Tokenizer.from_file(str(forms["document"] / "tokenizer.json"))
    # It looks for added tokens before it normalises, so that its ids may differ from tiktoken's there.
    taken = [hugging_face.encode(text).ids for text in mixed]
    check("tokenizer.json against tokenizers, specials taken", forms["document"], mixed, taken, specials=True)
    hugging_face.encode_special_tokens = True
    left = [hugging_face.encode(text).ids for text in mixed]
    check("tokenizer.json against tokenizers", forms["document"], mixed, left)
    return right


sys.exit(0 if main() else 1)
