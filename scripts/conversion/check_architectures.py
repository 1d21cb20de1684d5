"""Checks directories of each model_type against the NumPy model. Usage: see check-architectures."""

import json
import pathlib
import re
import sys

import numpy as np

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "reference"))
import make_fixtures
import reference_model
import safetensors
from program import Checks, Program

BLOCK = {
    "attn_norm": "input_layernorm.weight", "ffn_norm": "post_attention_layernorm.weight",
    "attn_q_norm": "self_attn.q_norm.weight", "attn_k_norm": "self_attn.k_norm.weight",
} | {
    ours + suffix: theirs + (suffix or ".weight")
    for ours, theirs in {
        "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }.items()
    for suffix in ("", ".bias")
}
# Qwen v1: queries, keys and values are fused; of the MLP, w2 is the gate.
QWEN_BLOCK = {
    "attn_norm": "ln_1.weight", "attn_output": "attn.c_proj.weight", "ffn_norm": "ln_2.weight",
    "ffn_gate": "mlp.w2.weight", "ffn_up": "mlp.w1.weight", "ffn_down": "mlp.c_proj.weight",
}
FUSED = ("attn_q", "attn_k", "attn_v")

# Perplexity: windows of this many tokens, the first half context; beyond Qwen v1's trained length.
CONTEXT, WINDOWS = 40, 6
LONGEST_DIFFERENCE = 1e-5


def tensors_of(configuration: reference_model.Configuration, weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The reference's weights under the names of the family, float32."""
    is_qwen = configuration.architecture == "qwen"
    w = {name: values.astype(np.float32) for name, values in weights.items()}
    tensors = {"transformer.wte.weight" if is_qwen else "model.embed_tokens.weight": w["token_embd"]}
    for layer in range(configuration.layerCount):
        block = f"blk.{layer}."
        if is_qwen:
            prefix = f"transformer.h.{layer}."
            tensors |= {prefix + name: w[block + ours] for ours, name in QWEN_BLOCK.items()}
            tensors[prefix + "attn.c_attn.weight"] = np.concatenate([w[block + name] for name in FUSED])
            tensors[prefix + "attn.c_attn.bias"] = np.concatenate([w[block + name + ".bias"] for name in FUSED])
        else:
            prefix = f"model.layers.{layer}."
            tensors |= {prefix + name: w[block + ours] for ours, name in BLOCK.items() if block + ours in w}
    tensors["transformer.ln_f.weight" if is_qwen else "model.norm.weight"] = w["output_norm"]
    if "output" in w:
        tensors["lm_head.weight"] = w["output"]
    return tensors


def configuration_of(c: reference_model.Configuration) -> dict:
    if c.architecture == "qwen":
        return {
            "architectures": ["QWenLMHeadModel"], "model_type": "qwen", "hidden_size": c.hiddenSize,
            "num_hidden_layers": c.layerCount, "num_attention_heads": c.headCount, "kv_channels": c.headDimension,
            "intermediate_size": 2 * c.intermediateSize, "vocab_size": c.vocabularySize,
            "max_position_embeddings": c.maximumPositions, "layer_norm_epsilon": c.rmsNormEpsilon, "rotary_pct": 1.0,
            "rotary_emb_base": c.ropeTheta, "seq_length": c.trainedLength, "use_dynamic_ntk": c.usesDynamicNTK,
            "use_logn_attn": c.usesLogNAttention, "no_bias": True, "scale_attn_weights": True,
            "tie_word_embeddings": c.tiesEmbeddings,
        }
    return {
        "model_type": c.architecture, "hidden_act": "silu", "hidden_size": c.hiddenSize,
        "num_hidden_layers": c.layerCount, "num_attention_heads": c.headCount, "num_key_value_heads": c.kvHeadCount,
        "head_dim": c.headDimension, "intermediate_size": c.intermediateSize, "vocab_size": c.vocabularySize,
        "max_position_embeddings": c.maximumPositions, "rms_norm_eps": c.rmsNormEpsilon, "rope_theta": c.ropeTheta,
        "tie_word_embeddings": c.tiesEmbeddings, "rope_scaling": c.rope_scaling,
        "attention_bias": "attn_output" in c.biased_products, "mlp_bias": "ffn_down" in c.biased_products,
    }


def byte_of(token: int) -> int:
    """Token 0 is the letter A, so that texts can be printed; every token is one byte of ASCII."""
    return (token + ord("A")) % 128


def text_of(tokens: list[int]) -> str:
    return bytes(map(byte_of, tokens)).decode("ascii")


def write_tokenizer(folder: pathlib.Path, vocabulary_size: int) -> None:
    """A token for each byte and no merges, so that any tokens have a text. The byte alphabet is GPT-2's."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in visible]
    alphabet = {byte: chr(byte) for byte in visible} | {byte: chr(256 + i) for i, byte in enumerate(hidden)}
    document = {
        "added_tokens": [], "normalizer": None,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
        "decoder": {"type": "ByteLevel"},
        "model": {
            "type": "BPE", "vocab": {alphabet[byte_of(token)]: token for token in range(vocabulary_size)}, "merges": [],
        },
    }
    (folder / "tokenizer.json").write_text(json.dumps(document))


def perplexity(
    configuration: reference_model.Configuration, weights: dict[str, np.ndarray], windows: list[list[int]]
) -> float:
    """By the method of `tokenmark perplexity`: the first half of a window and one token are the prompt."""
    first = CONTEXT // 2
    losses = []
    for window in windows:
        logits = reference_model.forward(configuration, weights, window, prompt_length=first + 1)[first:-1]
        top = logits.max(axis=-1)
        total = top + np.log(np.exp(logits - top[:, None]).sum(axis=-1))
        losses += list(total - logits[np.arange(len(logits)), window[first + 1 :]])
    return float(np.exp(np.mean(losses)))


def check(program: Program, checks: Checks, model: make_fixtures.Model, work: pathlib.Path, shards: int) -> None:
    c = model.configuration
    what = f"{c.architecture} ({model.name}, {shards} file{'s' if shards > 1 else ''})"
    weights = reference_model.make_weights(c, model.seed)
    tensors = tensors_of(c, weights)
    folder = work / f"{model.name}-{shards}"
    folder.mkdir()
    safetensors.write_directory(folder, tensors, shards)
    (folder / "config.json").write_text(json.dumps(configuration_of(c)))
    write_tokenizer(folder, c.vocabularySize)

    # Byte 0 ends an argument, and no file of text has it.
    tokens = [token for token in range(c.vocabularySize) if byte_of(token) != 0]
    choose = np.random.Generator(np.random.PCG64(model.seed))
    windows = [choose.choice(tokens, CONTEXT).tolist() for _ in range(WINDOWS)]
    text = folder / "text"
    text.write_text("".join(map(text_of, windows)), newline="")
    printed = program(
        "perplexity", "--weights", folder, "--text", text, "--context", CONTEXT, "--precision", "f32")
    ours = float(re.match(r"perplexity (\S+)", printed)[1])
    theirs = perplexity(c, weights, windows)
    difference = abs(ours / theirs - 1)
    checks.expect(
        f"{what}: perplexity", difference < LONGEST_DIFFERENCE, f"{ours} and {theirs}, {difference:.1e} apart"
    )

    answers = []
    for length, count in model.questions:
        prompt = choose.choice(tokens, length).tolist()
        expected, logits = reference_model.generate(c, weights, prompt, count)
        second, first = np.sort(logits, axis=-1)[:, -2:].T
        if (first - second).min() < make_fixtures.SMALLEST_LEAD:
            continue
        answer = program(
            "generate", "--weights", folder, "--prompt=" + text_of(prompt), "--max-new-tokens", count, "--precision", "f32"
        )
        answers.append(answer == text_of(expected) + "\n")
    checks.expect(f"{what}: greedy answers", len(answers) > 3 and all(answers), f"{len(answers)} prompts")

    again = work / f"{model.name}-{shards}-again"
    program.to_safetensors(folder, "f32", again, "--shard-size", "40KiB")
    checks.same_tensors(f"{what}: written back, bit by bit", safetensors.read_directory(again), tensors)


def main(program: Program, work: pathlib.Path) -> None:
    checks = Checks()
    for model in make_fixtures.MODELS:
        for shards in (1, 3):
            check(program, checks, model, work, shards)
    checks.end()


if __name__ == "__main__":
    main(Program(sys.argv[1]), pathlib.Path(sys.argv[2]))
