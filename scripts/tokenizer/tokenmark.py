"""Runs `tokenmark tokenize` over many texts in one process."""

import json
import subprocess


def run(binary: str, tokenizer, texts: list[str], *options: str) -> str:
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    command = [binary, "tokenize", "--tokenizer", str(tokenizer), "--json-lines", *options]
    return subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout.decode()


def encode(binary: str, tokenizer, texts: list[str], specials: bool) -> list[list[int]]:
    output = run(binary, tokenizer, texts, *(["--specials"] if specials else []))
    lines = output.split("\n")[:-1]
    assert len(lines) == len(texts), f"{len(texts)} texts gave {len(lines)} lines"
    return [[int(id) for id in line.split()] for line in lines]
