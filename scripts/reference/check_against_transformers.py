#!/usr/bin/env python3
"""Compares the stored fixtures with Hugging Face transformers. Optional: needs torch and transformers.

Qwen v1 has no class there. It is a Qwen2 with another rotary base (dynamic NTK) and with queries that grow with
their position (log-n; a rotation commutes with a factor, so it may be applied before the rotary embedding).
"""

import json
import math

import numpy as np
import torch
import transformers

import make_fixtures
import reference_model

# Relative to the largest logit. transformers computes its norms and rotary angles in float32, whatever it is given.
LARGEST_ERROR = 2e-6

NAMES = {
    "token_embd": "model.embed_tokens.weight",
    "output": "lm_head.weight",
    "output_norm": "model.norm.weight",
    "attn_norm": "input_layernorm.weight",
    "attn_q": "self_attn.q_proj.weight",
    "attn_q_norm": "self_attn.q_norm.weight",
    "attn_k": "self_attn.k_proj.weight",
    "attn_k_norm": "self_attn.k_norm.weight",
    "attn_v": "self_attn.v_proj.weight",
    "attn_q.bias": "self_attn.q_proj.bias",
    "attn_k.bias": "self_attn.k_proj.bias",
    "attn_v.bias": "self_attn.v_proj.bias",
    "attn_output": "self_attn.o_proj.weight",
    "attn_output.bias": "self_attn.o_proj.bias",
    "ffn_norm": "post_attention_layernorm.weight",
    "ffn_gate": "mlp.gate_proj.weight",
    "ffn_gate.bias": "mlp.gate_proj.bias",
    "ffn_up": "mlp.up_proj.weight",
    "ffn_up.bias": "mlp.up_proj.bias",
    "ffn_down": "mlp.down_proj.weight",
    "ffn_down.bias": "mlp.down_proj.bias",
}


def transformers_name(name: str) -> str:
    if name in NAMES:
        return NAMES[name]
    _, layer, rest = name.split(".", 2)
    return f"model.layers.{layer}.{NAMES[rest]}"


def build(c: reference_model.Configuration, weights: dict[str, np.ndarray], prompt_length: int):
    """The same model as a module of transformers, in float64."""
    family = {"llama": "Llama", "qwen3": "Qwen3"}.get(c.architecture, "Qwen2")
    config_class = getattr(transformers, f"{family}Config")
    model_class = getattr(transformers, f"{family}ForCausalLM")
    base = c.ropeTheta
    if c.usesDynamicNTK and prompt_length > c.trainedLength:
        alpha = 2 ** math.ceil(math.log(prompt_length / c.trainedLength, 2) + 1) - 1
        base *= alpha ** (c.headDimension / (c.headDimension - 2))
    module = model_class(
        config_class(
            hidden_size=c.hiddenSize,
            num_hidden_layers=c.layerCount,
            num_attention_heads=c.headCount,
            num_key_value_heads=c.kvHeadCount,
            head_dim=c.headDimension,
            intermediate_size=c.intermediateSize,
            vocab_size=c.vocabularySize,
            max_position_embeddings=c.maximumPositions,
            rms_norm_eps=c.rmsNormEpsilon,
            rope_parameters=(c.rope_scaling or {"rope_type": "default"}) | {"rope_theta": base},
            attention_bias="attn_output" in c.biased_products,
            mlp_bias="ffn_down" in c.biased_products,
            tie_word_embeddings=c.tiesEmbeddings,
        )
    ).double()
    state = {transformers_name(name): torch.from_numpy(values) for name, values in weights.items()}
    missing, unexpected = module.load_state_dict(state, strict=False)
    if unexpected or set(missing) - {"lm_head.weight"}:
        raise SystemExit(f"tensors differ: {missing} missing, {unexpected} unexpected")
    module.tie_weights()
    if c.usesLogNAttention:
        for layer in module.model.layers:
            layer.self_attn.q_proj.register_forward_hook(lambda _, __, q: q * log_n(c.trainedLength, q.shape[1]))
    return module.eval()


def log_n(trained_length: int, positions: int) -> torch.Tensor:
    factors = [math.log(p, trained_length) if p > trained_length else 1 for p in range(1, positions + 1)]
    return torch.tensor(factors, dtype=torch.float64)[None, :, None]


def largest_error(name: str) -> float:
    fixture = json.loads((make_fixtures.FOLDER / f"{name}.json").read_text())
    configuration = reference_model.Configuration(**fixture["configuration"])
    weights = reference_model.make_weights(configuration, fixture["seed"])
    errors = []
    for prompt, answer in zip(fixture["prompts"], fixture["answers"], strict=True):
        module = build(configuration, weights, len(prompt))
        sequence = torch.tensor([prompt + answer["tokens"]])
        with torch.no_grad():
            logits = module(sequence).logits[0, len(prompt) - 1 : -1].numpy()
        expected = np.array(answer["logits"])
        if logits.argmax(axis=-1).tolist() != answer["tokens"]:
            raise SystemExit(f"{name}: other tokens for the prompt {prompt}")
        errors.append(np.abs(logits - expected).max() / np.abs(expected).max())
    return max(errors)


if __name__ == "__main__":
    for model in make_fixtures.MODELS:
        error = largest_error(model.name)
        print(f"{model.name}: largest error {error:.1e} of the largest logit")
        if error > LARGEST_ERROR:
            raise SystemExit(f"{model.name}: more than {LARGEST_ERROR:g}")
