"""Every split pattern that GGUF files name and Tokenmark reads: as a tokenizer.json, as a GGUF file, and, for llama.cpp's
own, as its description says."""

import json
import pathlib
import struct

import qwen
import regex

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
# llama.cpp's `default`: one after the other, each within the parts that the others left, ends of parts being ends of text.
LLAMA_CPP = [r"[\p{P}$+<=>^~|]+", GPT2, r"\p{N}+", r"[0-9][0-9][0-9]"]
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}


def split(pattern: str) -> dict:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def sequence(*steps: dict) -> dict:
    return {"type": "Sequence", "pretokenizers": [*steps, BYTES]}


# The name in a GGUF file: how a tokenizer.json cuts, whether a piece that is a token needs no merges, whether texts are composed.
PATTERNS = {
    "qwen2": (sequence(split(qwen.PATTERN)), False, True),
    "deepseek-r1-qwen": (sequence(split(qwen.PATTERN)), False, True),
    "llama-bpe": (sequence(split(qwen.PATTERN.replace(r"\p{N}|", r"\p{N}{1,3}|"))), True, False),
    "smaug-bpe": (sequence(split(qwen.PATTERN.replace(r"\p{N}|", r"\p{N}{1,3}|"))), False, False),
    "gpt-2": (sequence(split(GPT2)), False, False),
    "smollm": (
        {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, BYTES | {"use_regex": True}]},
        False, False,
    ),
    "default": (sequence(*map(split, LLAMA_CPP)), False, False),
}  # fmt: skip


def llama_cpp_pieces(text: str) -> list[str]:
    """A text as llama.cpp's `default` cuts it, by the module regex."""
    parts = [text]
    for pattern in LLAMA_CPP:
        parts = [piece for part in parts for piece in isolated(pattern, part)]
    return parts


def isolated(pattern: str, text: str) -> list[str]:
    pieces, end = [], 0
    for match in regex.finditer(pattern, text):
        pieces += [text[end : match.start()], match.group()]
        end = match.end()
    return [piece for piece in [*pieces, text[end:]] if piece]


class Vocabulary:
    """Qwen's ranks with tokens behind them: some that no merge leads to, and added ones of every kind."""

    def __init__(self, encoding, words: list[str]):
        ranks = encoding._mergeable_ranks
        alphabet = qwen.byte_alphabet()
        written = {token: "".join(alphabet[byte] for byte in token) for token in ranks}
        self.tokens = {written[token]: rank for token, rank in ranks.items()}
        self.merges = []
        for token in sorted(ranks, key=ranks.get):
            if len(token) > 1:
                self.merges.append(" ".join(written[part] for part in qwen.last_merge(ranks, token)))
        for word in words:
            self.tokens.setdefault("".join(alphabet[byte] for byte in word.encode()), len(self.tokens))
        self.added = [(text, True) for text in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")]
        self.added += [(text, False) for text in ("<tool_call>", "</tool_call>", "<think>")]

    def document(self, name: str, folder: pathlib.Path) -> pathlib.Path:
        """Writes a tokenizer.json with the pattern of that name."""
        steps, takes_whole_pieces, is_composed = PATTERNS[name]
        first = len(self.tokens)
        added = [added_token(first + i, text, special) for i, (text, special) in enumerate(self.added)]
        model = {"type": "BPE", "ignore_merges": takes_whole_pieces, "vocab": self.tokens, "merges": self.merges}
        path = folder / name / "tokenizer.json"
        write_document(path, model, steps, added, {"type": "NFC"} if is_composed else None)
        return path

    def gguf(self, name: str, folder: pathlib.Path) -> pathlib.Path:
        """Writes a GGUF file without tensors."""
        texts = [*self.tokens, *(text for text, _ in self.added)]
        types = [1] * len(self.tokens) + [3 if special else 4 for _, special in self.added]
        keys = [
            gguf_key("tokenizer.ggml.model", text_value("gpt2")),
            gguf_key("tokenizer.ggml.pre", text_value(name)),
            gguf_key("tokenizer.ggml.add_bos_token", struct.pack("<IB", 7, 0)),
            gguf_key("tokenizer.ggml.tokens", texts_value(texts)),
            gguf_key("tokenizer.ggml.token_type", struct.pack(f"<IIQ{len(types)}i", 9, 5, len(types), *types)),
            gguf_key("tokenizer.ggml.merges", texts_value(self.merges)),
        ]
        path = folder / f"{name}.gguf"
        path.write_bytes(struct.pack("<IIQQ", 0x46554747, 3, 0, len(keys)) + b"".join(keys))
        return path


def added_token(id: int, content: str, special: bool, **options: bool) -> dict:
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": special}
    return {"id": id, "content": content, **flags, **options}


def write_document(path: pathlib.Path, model: dict, steps: dict, added: list[dict], normalizer: dict | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": normalizer,
        "pre_tokenizer": steps, "post_processor": None, "decoder": BYTES, "model": model,
    }  # fmt: skip
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def text_value(value: str) -> bytes:
    return struct.pack("<I", 8) + text(value)


def texts_value(values: list[str]) -> bytes:
    return struct.pack("<IIQ", 9, 8, len(values)) + b"".join(map(text, values))


def gguf_key(name: str, value: bytes) -> bytes:
    return text(name) + value
