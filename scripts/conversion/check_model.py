"""Checks that a GGUF file of a llama model, and what it is converted to, are one model. Usage: see check-conversion."""

import json
import pathlib
import shutil
import sys

import numpy as np

import gguf
import safetensors
from program import Checks, Program

# GGUF's name of a tensor in a block, and Hugging Face's.
BLOCK = {
    "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}
OTHERS = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def name_of(name: str) -> str:
    stem = name.removesuffix(".weight")
    if stem in OTHERS:
        return OTHERS[stem] + ".weight"
    _, layer, kind = stem.split(".")
    return f"model.layers.{layer}.{BLOCK[kind]}.weight"


def heads_in_halves(values: np.ndarray, heads: int) -> np.ndarray:
    """Undoes what llama.cpp's converter does to queries and keys: there the two rows that are rotated together lie side
    by side, here the first halves of all pairs of a head come before the second halves."""
    rows, columns = values.shape
    pairs = values.reshape(heads, rows // heads // 2, 2, columns)
    return np.ascontiguousarray(pairs.swapaxes(1, 2)).reshape(rows, columns)


def tensors_of(file: gguf.File) -> dict[str, np.ndarray]:
    heads = file.metadata["llama.attention.head_count"]
    kv_heads = file.metadata["llama.attention.head_count_kv"]
    tensors = {}
    for name in file.tensors:
        values = file.tensor(name)
        if name.endswith("attn_q.weight"):
            values = heads_in_halves(values, heads)
        elif name.endswith("attn_k.weight"):
            values = heads_in_halves(values, kv_heads)
        tensors[name_of(name)] = values
    return tensors


def configuration_of(file: gguf.File) -> dict:
    def value(key: str):
        return file.metadata["llama." + key]

    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
        "hidden_size": value("embedding_length"), "intermediate_size": value("feed_forward_length"),
        "num_hidden_layers": value("block_count"), "num_attention_heads": value("attention.head_count"),
        "num_key_value_heads": value("attention.head_count_kv"),
        "vocab_size": len(file.metadata["tokenizer.ggml.tokens"]),
        "max_position_embeddings": value("context_length"),
        "rms_norm_eps": float(np.float32(value("attention.layer_norm_rms_epsilon"))),
        "rope_theta": value("rope.freq_base"), "tie_word_embeddings": "output.weight" not in file.tensors,
        "torch_dtype": "float32",
    }


def write_tokenizer(folder: pathlib.Path, file: gguf.File) -> None:
    """tokenizer.json as SmolLM's: digits alone, GPT-2's pattern, byte-level BPE."""
    def value(key: str):
        return file.metadata["tokenizer.ggml." + key]

    texts = value("tokens")
    added = [
        {"id": id, "content": text, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True}
        for id, (text, kind) in enumerate(zip(texts, value("token_type"))) if kind in (3, 4)
    ]
    steps = [
        {"type": "Digits", "individual_digits": True},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    ]
    document = {
        "version": "1.0", "added_tokens": added, "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": steps}, "decoder": {"type": "ByteLevel"},
        "model": {"type": "BPE", "vocab": {text: id for id, text in enumerate(texts)}, "merges": value("merges")},
    }
    (folder / "tokenizer.json").write_text(json.dumps(document))
    settings = {"eos_token": texts[value("eos_token_id")], "add_bos_token": False}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def main(program: Program, model: pathlib.Path, work: pathlib.Path) -> None:
    checks = Checks()
    file = gguf.File(model)
    tensors = tensors_of(file)
    numpy_made = work / "numpy-f32"
    numpy_made.mkdir()
    safetensors.write_directory(numpy_made, tensors, shards=3)
    (numpy_made / "config.json").write_text(json.dumps(configuration_of(file)))
    write_tokenizer(numpy_made, file)

    written = work / "gguf-f32"
    program.to_safetensors(model, "f32", written)
    checks.same_tensors("GGUF → safetensors f32 has the bits of NumPy", safetensors.read_directory(written), tensors)
    ways = {"gguf": model, "numpy's directory": numpy_made, "our directory": written}

    text = pathlib.Path("LICENSE")
    checks.same(
        "perplexity in f32",
        {way: program(
            "perplexity", "--weights", path, "--text", text, "--context", 256, "--chunks", 4, "--precision", "f32"
        ).strip() for way, path in ways.items()},
    )
    checks.same(
        "greedy answer in f32",
        {way: program(
            "generate", "--weights", path, "--prompt", "The capital of France is", "--max-new-tokens", 24, "--precision",
            "f32", "--temperature", 0,
        ) for way, path in ways.items()},
    )
    checks.same(
        "token ids", {way: program("tokenize", "--weights", path, "12 apples, 登鹳雀楼\n\n  <|im_end|>")
                      for way, path in ways.items()},
    )

    packed = work / "packed"
    for precision in ("f32", "int8"):
        program("convert", "--weights", numpy_made, "--precision", precision, "--output", packed)
        hashes = {
            way: program.hashes(path, work / f"report-{precision}-{number}", precision)
            for number, (way, path) in enumerate(ways.items())
        }
        hashes["packed"] = program.hashes(packed, work / f"report-{precision}-packed")
        checks.expect(f"a sweep in {precision} has hashes", all(hashes["packed"]) and len(hashes["packed"]) == 4)
        checks.same(f"tokens of a sweep in {precision}", hashes)
        packed.unlink()
    shutil.rmtree(written)

    again = work / "again-f32"
    program.to_safetensors(numpy_made, "f32", again, "--shard-size", "100MiB")
    shards = len(list(again.glob("*.safetensors")))
    checks.expect("100 MiB a file make several files", shards > 3, f"{shards} files")
    checks.same_tensors("NumPy's directory → safetensors f32, bit by bit", safetensors.read_directory(again), tensors)
    checks.expect(
        "its tokenizer is copied as it is",
        (again / "tokenizer.json").read_bytes() == (numpy_made / "tokenizer.json").read_bytes(),
    )
    shutil.rmtree(again)

    rounded = {name: safetensors.to_bf16(values) for name, values in tensors.items()}
    first = work / "bf16"
    program.to_safetensors(numpy_made, "bf16", first)
    checks.same_tensors("→ safetensors bf16, rounded as NumPy rounds", safetensors.read_directory(first), rounded)
    second = work / "bf16-again"
    program.to_safetensors(first, "bf16", second, "--shard-size", "64MiB")
    checks.same_tensors("bf16 → bf16, bit by bit", safetensors.read_directory(second), rounded)
    checks.end()


if __name__ == "__main__":
    main(Program(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
