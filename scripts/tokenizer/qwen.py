"""Qwen's tokenizer in the PyPI package tiktoken, and the forms of Hugging Face derived from its ranks."""

import json
import pathlib
import unicodedata

import tiktoken
from tiktoken.load import load_tiktoken_bpe

PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + [f"<|extra_{i}|>" for i in range(205)]


def encoding(ranks_path: str) -> tiktoken.Encoding:
    ranks = load_tiktoken_bpe(ranks_path)
    specials = {text: len(ranks) + i for i, text in enumerate(SPECIALS)}
    return tiktoken.Encoding("qwen", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens=specials)


def encode(qwen: tiktoken.Encoding, text: str, specials: bool) -> list[int]:
    """As Qwen's tokenization_qwen.py does."""
    text = unicodedata.normalize("NFC", text)
    return qwen.encode(text, allowed_special="all" if specials else set(), disallowed_special=())


def byte_alphabet() -> dict[int, str]:
    """GPT-2's characters for bytes."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {b: chr(b) for b in visible} | {b: chr(256 + i) for i, b in enumerate(hidden)}


def last_merge(ranks: dict[bytes, int], token: bytes) -> list[bytes]:
    """The parts of a token when only merges of lower rank are done."""
    parts = [bytes([byte]) for byte in token]
    while True:
        pairs = [(ranks.get(parts[i] + parts[i + 1]), i) for i in range(len(parts) - 1)]
        pairs = [pair for pair in pairs if pair[0] is not None and pair[0] < ranks[token]]
        if not pairs:
            return parts
        _, i = min(pairs)
        parts[i : i + 2] = [parts[i] + parts[i + 1]]


def write_forms(qwen: tiktoken.Encoding, folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """Writes vocab.json with merges.txt, and tokenizer.json with merges as strings and as pairs, each as a directory."""
    ranks = qwen._mergeable_ranks
    alphabet = byte_alphabet()
    text = {token: "".join(alphabet[byte] for byte in token) for token in ranks}
    vocabulary = {text[token]: rank for token, rank in ranks.items()}
    merges = []
    for token in sorted(ranks, key=ranks.get):
        if len(token) > 1:
            parts = last_merge(ranks, token)
            assert len(parts) == 2, f"no merge leads to rank {ranks[token]}: {token!r}"
            merges.append([text[part] for part in parts])

    added = [
        {
            "id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": True,
        }
        for content, id in qwen._special_tokens.items()
    ]  # fmt: skip

    def document(merges):
        split = {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": False}
        bytes_step = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
        return {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": added,
            "normalizer": {"type": "NFC"},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, bytes_step]},
            "post_processor": bytes_step,
            "decoder": bytes_step,
            "model": {
                "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
                "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False,
                "vocab": vocabulary, "merges": merges,
            },
        }  # fmt: skip

    forms = {name: folder / name for name in ("merges", "document", "document-pairs")}
    for path in forms.values():
        path.mkdir(parents=True, exist_ok=True)
    strings = [" ".join(merge) for merge in merges]
    write_json(forms["document"] / "tokenizer.json", document(strings))
    write_json(forms["document-pairs"] / "tokenizer.json", document(merges))
    write_json(forms["merges"] / "vocab.json", vocabulary)
    decoder = {str(token["id"]): {k: v for k, v in token.items() if k != "id"} for token in added}
    write_json(
        forms["merges"] / "tokenizer_config.json",
        {
            "added_tokens_decoder": decoder, "bos_token": None, "eos_token": "<|im_end|>",
            "tokenizer_class": "Qwen2Tokenizer",
        },
    )  # fmt: skip
    (forms["merges"] / "merges.txt").write_text("#version: 0.2\n" + "\n".join(strings) + "\n", encoding="utf-8")
    return forms


def write_json(path: pathlib.Path, value) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
