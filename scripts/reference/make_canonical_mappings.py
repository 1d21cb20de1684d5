"""Writes Sources/Qwen/Tokenizer/Normalisation/CanonicalMappings.swift from Python's unicodedata.

Usage: make_canonical_mappings.py; every Python has the Unicode version that it was built with.
"""

import pathlib
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "Sources/Qwen/Tokenizer/Normalisation/CanonicalMappings.swift"
HANGUL = range(0xAC00, 0xD7A4)  # composed by arithmetic

HEADER = f'''/// Unicode {unicodedata.unidata_version}'s canonical decompositions, but for Hangul's.
///
/// Written by `scripts/reference/make_canonical_mappings.py`. `C0=41+300`: the two compose again;
/// `958<915+93C` and `340<300`: they do not. Characters assigned since cannot be in older texts,
/// and what is here never changes (Unicode's stability policy).
enum CanonicalMappings {{
    static let text: StaticString = """
'''


def entries():
    for code in range(sys.maxunicode + 1):
        if code in HANGUL:
            continue
        mapping = unicodedata.decomposition(chr(code))
        if not mapping or mapping.startswith("<"):
            continue
        parts = mapping.split()
        text = "".join(chr(int(part, 16)) for part in parts)
        composes = len(parts) == 2 and unicodedata.normalize("NFC", text) == chr(code)
        yield f"{code:X}{'=' if composes else '<'}" + "+".join(f"{int(p, 16):X}" for p in parts)


def main():
    lines = [""]
    for entry in entries():
        if len(lines[-1]) + len(entry) > 88:
            lines.append("")
        lines[-1] += entry + " "
    body = "".join(f"        {line}\\\n" for line in lines)
    TARGET.write_text(HEADER + body.rstrip("\n").rstrip("\\").rstrip() + '\n        """\n}\n')


main()
