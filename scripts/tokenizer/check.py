"""Compares token ids; see scripts/check-tokenizer.

Usage: check.py TOKENMARK RANKS FOLDER LINES
"""

import collections
import pathlib
import sys
import unicodedata

import patterns
import qwen as reference
import regex
import texts
import tiktoken
import tokenizers
import tokenmark

binary, ranks_path, folder, line_count = sys.argv[1:]


class Comparison:
    """What was compared so far, and whether all was the same."""

    def __init__(self):
        self.is_right = True

    def check(self, what: str, tokenizer, lines: list[str], expected: list[list[int]], specials: bool = False) -> None:
        actual = tokenmark.encode(binary, tokenizer, lines, specials)
        wrong = [i for i, (first, second) in enumerate(zip(expected, actual, strict=True)) if first != second]
        print(f"{what}: {len(lines)} texts, {sum(map(len, expected))} ids, {len(wrong)} texts differ", flush=True)
        for i in wrong[:5]:
            print(f"  {lines[i]!r}\n    expected {expected[i]}\n    got      {actual[i]}")
        self.is_right &= not wrong


def ids(hugging_face: tokenizers.Tokenizer, lines: list[str], specials: bool) -> list[list[int]]:
    hugging_face.encode_special_tokens = not specials
    return [encoding.ids for encoding in hugging_face.encode_batch(lines)]


def check_qwen(comparison: Comparison, qwen: tiktoken.Encoding, mixed: list[str], characters: list[str]) -> None:
    """Qwen's ranks and the forms made of them, against tiktoken and tokenizers."""
    forms = reference.write_forms(qwen, pathlib.Path(folder) / "forms")
    check = comparison.check
    plain = [reference.encode(qwen, text, False) for text in mixed]
    special = [reference.encode(qwen, text, True) for text in mixed]
    each = [reference.encode(qwen, text, False) for text in characters]
    check("qwen.tiktoken, mixed text", ranks_path, mixed, plain)
    check("qwen.tiktoken, mixed text, specials taken", ranks_path, mixed, special, specials=True)
    check("qwen.tiktoken, every character", ranks_path, characters, each)
    hugging_face = tokenizers.Tokenizer.from_file(str(forms["document"] / "tokenizer.json"))
    # It looks for added tokens before it normalises, so that its ids may differ from tiktoken's there.
    taken = ids(hugging_face, mixed, True)
    for name, path in forms.items():
        files = " + ".join(sorted(file.name for file in path.iterdir() if file.name != "tokenizer_config.json"))
        check(f"{files} ({name}), mixed text", path, mixed, plain)
        check(f"{files} ({name}), every character", path, characters, each)
        check(f"{files} ({name}) against tokenizers, specials taken", path, mixed, taken, specials=True)


def check_patterns(comparison: Comparison, qwen: tiktoken.Encoding, mixed: list[str], characters: list[str]) -> None:
    """Every pattern as a tokenizer.json and as a GGUF file, against tokenizers; llama.cpp's also against its description."""
    mixed = [line + tail for line, tail in zip(mixed, texts.tails(len(mixed)), strict=True)]
    pieces = collections.Counter(piece for line in mixed for piece in regex.findall(reference.PATTERN, line))
    words = [piece for piece, _ in pieces.most_common() if 1 < len(piece) < 20 and len(qwen.encode_ordinary(piece)) > 1]
    vocabulary = patterns.Vocabulary(qwen, words[:300])
    place = pathlib.Path(folder) / "patterns"
    for name in patterns.PATTERNS:
        document = vocabulary.document(name, place)
        gguf = vocabulary.gguf(name, place)
        hugging_face = tokenizers.Tokenizer.from_file(str(document))
        for specials in (False, True):
            expected = ids(hugging_face, mixed, specials)
            taken = ", specials taken" if specials else ""
            comparison.check(f"{name}, tokenizer.json{taken}", document, mixed, expected, specials)
            comparison.check(f"{name}, GGUF{taken}", gguf, mixed, expected, specials)
        comparison.check(f"{name}, GGUF, every character", gguf, characters, ids(hugging_face, characters, False))
    # The description is of text alone: ordinary added tokens are taken out of it.
    lines = [regex.sub("|".join(text for text, special in vocabulary.added if not special), "", line) for line in mixed]
    described = [
        [id for piece in patterns.llama_cpp_pieces(line) for id in qwen._encode_single_piece(piece.encode())] for line in lines
    ]
    comparison.check("default, GGUF, by llama.cpp's description", place / "default.gguf", lines, described)


def check_added_tokens(comparison: Comparison, count: int) -> None:
    """Added tokens with every option, against tokenizers."""
    alphabet = reference.byte_alphabet()
    model = {"type": "BPE", "vocab": {alphabet[byte]: byte for byte in range(256)}, "merges": []}
    for round in range(4):
        added = [
            patterns.added_token(256 + i, content, special, **flags)
            for i, (content, special, flags) in enumerate(texts.added_tokens(round))
        ]
        path = pathlib.Path(folder) / "added" / f"{round}" / "tokenizer.json"
        patterns.write_document(path, model, patterns.PATTERNS["qwen2"][0], added, {"type": "NFC"} if round % 2 else None)
        hugging_face = tokenizers.Tokenizer.from_file(str(path))
        lines = texts.added_lines(count, seed=round)
        for specials in (False, True):
            what = f"added tokens, options {round}{', specials taken' if specials else ''}"
            comparison.check(what, path, lines, ids(hugging_face, lines, specials), specials)


def main() -> bool:
    print(f"tiktoken {tiktoken.__version__}, tokenizers {tokenizers.__version__}, Unicode {unicodedata.unidata_version}")
    comparison = Comparison()
    qwen = reference.encoding(ranks_path)
    mixed = texts.mixed_lines(int(line_count))
    characters = texts.every_character()
    check_added_tokens(comparison, int(line_count))
    check_patterns(comparison, qwen, mixed, characters)
    check_qwen(comparison, qwen, mixed, characters)
    return comparison.is_right


sys.exit(0 if main() else 1)
