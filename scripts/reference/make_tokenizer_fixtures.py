"""Writes Tests/QwenTests/Fixtures/tokenizer/{pieces,smollm2}.json: texts, their pieces and ids.

Pieces come from the PyPI package `regex` running the published split patterns; ids from the PyPI
package `tokenizers` running the vocabulary and merges of the SmolLM2 GGUF file.
Needs: pip install gguf regex tokenizers; usage: make_tokenizer_fixtures.py SmolLM2.gguf
"""

import json
import pathlib
import sys

import regex
from gguf import GGUFReader
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

ROOT = pathlib.Path(__file__).resolve().parents[2]
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

TEXTS = [
    "",
    " ",
    "a",
    "Hello, world!",
    "  Hello   world  ",
    "The capital of France is",
    "I'm sure they'll say it's ours; we've HE'S DON'T 'Tis o'clock 'd",
    "12345 and 6.7e-8, 第3章 ١٢٣ ²½",
    "tabs\tand\t\ttabs \t mixed",
    "line one\nline two\r\nline three\n\n\nend",
    " \n  \n x\n  ",
    "trailing blanks   \n   next",
    "浙江的省会在哪里？杭州。",
    "中文 and English 混合 text，标点！",
    "日本語とカタカナ、한국어",
    "Привет, мир! Ёлка",
    "שלום עולם مرحبا بالعالم",
    "emoji 🙂👩‍👩‍👧‍👦🇨🇳 done",
    "cafe\u0301 café naïve Ångström",
    "def f(x):\n    return x**2  # comment\n\n\tif x>=10: pass",
    '{"key": [1, 2.5, null], "s": "a\\nb"}',
    "https://example.org/path?q=1&r=2#frag",
    "a" * 40,
    "          indented",
    "x\u00a0y\u2003z\u3000w",
    "\u200bzero\u200dwidth",
    "...!!!???---===",
    " 's 't  're",
    "ſ's 'ſ",
    "<|im_start|>user\nhi<|im_end|>",
    "snake_case camelCase SCREAMING_CASE kebab-case",
    "a\x0bb\x0cc\x85d",
    "ligatures ﬁ ﬂ, roman Ⅷ ⅳ, fractions ⅓",
    "math: ∑ x² ≤ ∫ f(x)dx → ∞",
    "thaiไทย devanagari हिन्दी",
    "mixed  \r\n \t\r\n  blanks",
    "1\n2\n\n3 4  5   6",
    "'ll'LL'lL 're'RE",
    "end with space ",
    "\n",
]


def pieces(pattern, text):
    return regex.findall(pattern, text)


def smollm_pieces(text):
    result = []
    for part in regex.split(r"(\p{N})", text):
        if regex.fullmatch(r"\p{N}", part):
            result.append(part)
        elif part:
            result += regex.findall(GPT2, part)
    return result


def field(reader, key):
    entry = reader.fields[key]
    return [bytes(entry.parts[i]).decode() for i in entry.data]


def tokenizer(path):
    reader = GGUFReader(path)
    tokens = field(reader, "tokenizer.ggml.tokens")
    merges = [tuple(m.split(" ")) for m in field(reader, "tokenizer.ggml.merges")]
    result = Tokenizer(models.BPE({t: i for i, t in enumerate(tokens)}, merges))
    result.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\p{N}"), "isolated"),
            pre_tokenizers.Split(Regex(GPT2), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    return result, set(tokens)


def main():
    folder = ROOT / "Tests/QwenTests/Fixtures/tokenizer"
    folder.mkdir(parents=True, exist_ok=True)
    cases = [
        {"text": t, "qwen2": pieces(QWEN2, t), "smollm": smollm_pieces(t)} for t in TEXTS
    ]
    (folder / "pieces.json").write_text(json.dumps({"cases": cases}, indent=1) + "\n")

    bpe, vocabulary = tokenizer(sys.argv[1])
    alphabet = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    cases = []
    for text in TEXTS:
        written = "".join(p for p, _ in alphabet.pre_tokenize_str(text))
        # Texts with bytes the vocabulary cannot write have no ids.
        if all(c in vocabulary for c in written):
            cases.append({"text": text, "ids": bpe.encode(text).ids})
    (folder / "smollm2.json").write_text(json.dumps({"cases": cases}) + "\n")


main()
