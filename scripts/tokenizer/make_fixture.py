"""Writes Tests/QwenTests/Fixtures/tokenizer/{qwen,normalisation}.json: texts and their ids by the PyPI package tiktoken,
and texts and their normal form C by Python's unicodedata.

Needs: pip install tiktoken; usage: make_fixture.py "$(scripts/fetch-models qwen.tiktoken)"
"""

import json
import pathlib
import random
import sys
import unicodedata

import qwen as reference
import texts

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXTS = [
    "",
    "Hello, world!",
    "浙江的省会在哪里？杭州。",
    "你好，世界！Hello   world 2024年",
    "登鹳雀楼->王之涣\n夜雨寄北->",
    "I'm sure they'LL say it's OURS; we've 'tis 'ſ 'S",
    "12345 3.14 ²½ １２３ ٣٤",
    "   three\n\n  two \t\t tabs\r\n\r\n end   ",
    "    def f(x):\n        return x**2  # comment\n",
    "🙂👩‍👩‍👧‍👦🇨🇳👍🏽 done 🚀🚀",
    "cafe\u0301 A\u030a q\u0323\u0307 \u1100\u1161\u11a8 \u212b 豈",
    "<|im_start|>user\nhi<|im_end|>\n<|extra_204|><|extra_205|><|endoftext|>",
    "\x00\x1c\x7f\u0085\u00a0\u2028\u3000x\u200b\ufeff",
    "a" * 100,
    " " * 40 + "x",
    "呢" * 33,
    "हिन्दी ไทย עברית العربية 한국어 カタカナ Ёлка",
    "𝟘𝒳𠀀🀄",
] + [line for line in texts.mixed_lines(60, seed=7) if len(line) < 60][:18]


def disordered_texts(count: int) -> list[str]:
    """Letters, characters that decompose and marks of all classes in any order; Hangul's letters among them."""
    generator = random.Random(1)
    every = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) != "Cs"]
    marks = [character for character in every if unicodedata.combining(character)]
    decomposing = [character for character in every if unicodedata.normalize("NFD", character) != character]
    letters = "aAeouns\u1100\u1161\u11a8가\u09dc\u09c7\u09beかδΩ中, "

    def character():
        return generator.choice(generator.choice([letters, letters, decomposing, marks, marks]))

    texts = ["".join(character() for _ in range(generator.randint(1, 12))) for _ in range(count)]
    return texts + ["\uac00\u11a8", "\uac01\u11a8", "\u1100\u1161\u11a8", "a\u0f81\u1df8", "a\u0344b", "\u0301a"]


def main():
    qwen = reference.encoding(sys.argv[1])
    cases = [
        {"text": text, "ids": reference.encode(qwen, text, False), "withSpecials": reference.encode(qwen, text, True)}
        for text in TEXTS
    ]
    folder = ROOT / "Tests/QwenTests/Fixtures/tokenizer"
    (folder / "qwen.json").write_text(json.dumps({"cases": cases}) + "\n")
    forms = [{"text": text, "composed": unicodedata.normalize("NFC", text)} for text in disordered_texts(300)]
    (folder / "normalisation.json").write_text(json.dumps({"cases": forms}) + "\n")


main()
