"""Writes a GGUF file of architecture qwen2, shaped like Qwen1.5-0.5B, with seeded random weights.

Usage: random_qwen2_gguf.py BF16|F16 TARGET
"""

import argparse
import pathlib
from collections.abc import Iterator

import gguf
import numpy as np

SEED = 20260501
HIDDEN = 1024
LAYERS = 24
HEADS = 16
INTERMEDIATE = 2816
VOCABULARY = 151936
CONTEXT = 32768

F32 = gguf.GGMLQuantizationType.F32

Tensor = tuple[str, tuple[int, ...]]


def tensors() -> Iterator[Tensor]:
    yield "token_embd.weight", (VOCABULARY, HIDDEN)
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        yield f"{block}.attn_norm.weight", (HIDDEN,)
        for projection in "qkv":
            yield f"{block}.attn_{projection}.weight", (HIDDEN, HIDDEN)
            yield f"{block}.attn_{projection}.bias", (HIDDEN,)
        yield f"{block}.attn_output.weight", (HIDDEN, HIDDEN)
        yield f"{block}.ffn_norm.weight", (HIDDEN,)
        yield f"{block}.ffn_gate.weight", (INTERMEDIATE, HIDDEN)
        yield f"{block}.ffn_up.weight", (INTERMEDIATE, HIDDEN)
        yield f"{block}.ffn_down.weight", (HIDDEN, INTERMEDIATE)
    yield "output_norm.weight", (HIDDEN,)
    yield "output.weight", (VOCABULARY, HIDDEN)


def values(
    name: str, shape: tuple[int, ...], kind: gguf.GGMLQuantizationType, random: np.random.Generator
) -> np.ndarray:
    if name.endswith("norm.weight"):
        return np.ones(shape, np.float32)
    inputs = shape[-1]
    weights = random.standard_normal(shape, np.float32)
    weights *= np.float32(inputs**-0.5)
    # llama.cpp wants vectors in F32.
    return weights if len(shape) == 1 else gguf.quants.quantize(weights, kind)


def describe(writer: gguf.GGUFWriter, file_type: str) -> None:
    writer.add_name("random-qwen2-0.5b")
    writer.add_file_type(gguf.LlamaFileType[f"MOSTLY_{file_type}"])
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INTERMEDIATE)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(1e-6)
    # The engines insist on a tokenizer; nothing here is ever tokenized. llama.cpp looks for the merges,
    # the line feed (as GPT-2 spells that byte) and the end of text.
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    known = ["Ċ", "a", "b", "ab"]
    made_up = [f"<{token}>" for token in range(len(known), VOCABULARY - 1)]
    writer.add_token_list([*known, *made_up, "<|endoftext|>"])
    writer.add_token_types([gguf.TokenType.NORMAL] * (VOCABULARY - 1) + [gguf.TokenType.CONTROL])
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(VOCABULARY - 1)


def write(file_type: str, target: pathlib.Path) -> None:
    matrix = gguf.GGMLQuantizationType[file_type]
    unfinished = target.with_suffix(".unfinished")
    writer = gguf.GGUFWriter(unfinished, "qwen2")
    describe(writer, file_type)
    for name, shape in tensors():
        kind = F32 if len(shape) == 1 else matrix
        count = int(np.prod(shape))
        size = count * (4 if kind == F32 else 2)
        writer.add_tensor_info(name, shape, np.dtype(np.float32), size, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    random = np.random.default_rng(SEED)
    for name, shape in tensors():
        writer.write_tensor_data(values(name, shape, matrix, random))
    writer.close()
    unfinished.rename(target)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("type", choices=["BF16", "F16"])
    arguments.add_argument("target", type=pathlib.Path)
    options = arguments.parse_args()
    write(options.type, options.target)
