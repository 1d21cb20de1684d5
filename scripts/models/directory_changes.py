"""Changes of one key or tensor of a Hugging Face directory, as in gguf_changes."""

import numpy as np

from gguf_changes import OTHER, PRODUCTS, SAME, head_norms, tensor
from tiny import BLOCK, DIMENSION, HEAD_NORMS, HIDDEN, LAYERS, POSITIONS, WIDTH, random, rotary


def setting(**keys):
    def change(m):
        m.configuration.update(keys)
    return change


def removing(*keys):
    def change(m):
        for key in keys:
            del m.configuration[key]
    return change


def positions():
    def scaled(angles, magnitude=1.0, key="rope_scaling", top={}, **members):
        def change(m):
            m.configuration |= {key: members} | top
            m.scale_positions(lambda plain: angles(plain, m.base), magnitude)
        return change

    def fourth(plain, _):
        return plain / 4

    for key in ("rope_scaling", "rope_parameters"):
        yield f"linear in {key}", scaled(fourth, key=key, rope_type="linear", factor=4.0), OTHER
        yield f"{key} {{}}", setting(**{key: {}}), SAME
        yield f"{key} null", setting(**{key: None}), SAME
        yield f"{key} default", setting(**{key: {"rope_type": "default"}}), SAME
        yield f"{key} default with a factor", setting(**{key: {"rope_type": "default", "factor": 4.0}}), "factor"
        yield f"{key} default with a factor of 1", setting(**{key: {"rope_type": "default", "factor": 1.0}}), SAME
        yield f"{key} a factor alone", setting(**{key: {"factor": 4.0}}), "factor"
        yield f"{key} a list", setting(**{key: [4.0]}), key
    yield "linear by its old name", scaled(fourth, type="linear", factor=4), OTHER
    yield "rope_type beats type", scaled(fourth, type="yarn", rope_type="linear", factor=4.0), OTHER
    yield "linear without a factor", setting(rope_scaling={"type": "linear"}), "factor"
    yield "linear below 1", setting(rope_scaling={"type": "linear", "factor": 0.5}), "factor"
    yield "linear, a text", setting(rope_scaling={"type": "linear", "factor": "4"}), "factor"
    yield "linear with low_freq_factor", setting(
        rope_scaling={"type": "linear", "factor": 4.0, "low_freq_factor": 1.0}), "low_freq_factor"
    yield "dynamic", setting(rope_scaling={"type": "dynamic", "factor": 2.0}), SAME
    yield "dynamic without a factor", setting(rope_scaling={"type": "dynamic"}), "factor"

    def llama3(plain, _):
        return rotary.llama3(plain, 8.0, 1.0, 4.0, 64)

    members = {
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
    }
    yield "llama3", scaled(llama3, **members), OTHER
    yield "llama3 in rope_parameters", scaled(llama3, key="rope_parameters", **members), OTHER
    for name in members:
        if name != "rope_type":
            yield f"llama3 without {name}", setting(
                rope_scaling={key: value for key, value in members.items() if key != name}), name
    yield "llama3, low above high", setting(rope_scaling=members | {"low_freq_factor": 8.0}), "low_freq_factor"

    def yarn(magnitude=None, top={}, **members):
        names = {"original_max_position_embeddings": "original"}
        known = {"original": POSITIONS} | {
            names.get(key, key): value for key, value in members.items()
            if key in ("original_max_position_embeddings", "beta_fast", "beta_slow", "truncate")
        }
        known |= {names[key]: value for key, value in top.items()}
        usual = rotary.yarn_magnitude(4.0)
        return scaled(
            lambda plain, base: rotary.yarn(plain, base, rotary.YaRN(4.0, **known)),
            usual if magnitude is None else magnitude, top=top, rope_type="yarn", factor=4.0, **members)

    yield "YaRN", yarn(original_max_position_embeddings=32), OTHER
    yield "YaRN, no original context", yarn(), OTHER
    yield "YaRN, original context at the top", yarn(
        top={"original_max_position_embeddings": 32}, original_max_position_embeddings=64), OTHER
    yield "YaRN, other betas", yarn(original_max_position_embeddings=32, beta_fast=8, beta_slow=2), OTHER
    yield "YaRN, not truncated", yarn(original_max_position_embeddings=32, truncate=False), OTHER
    yield "YaRN, attention_factor", yarn(1.5, original_max_position_embeddings=32, attention_factor=1.5), OTHER
    yield "YaRN, mscale of both", yarn(
        rotary.yarn_magnitude(4.0, 2.0) / rotary.yarn_magnitude(4.0, 0.5), original_max_position_embeddings=32,
        mscale=2.0, mscale_all_dim=0.5), OTHER
    yield "YaRN, mscale of one", yarn(original_max_position_embeddings=32, mscale=2.0), OTHER
    yield "YaRN without a factor", setting(rope_scaling={"rope_type": "yarn"}), "factor"
    for kind in ("longrope", "su", "proportional", "warped", "mrope"):
        yield f"kind {kind}", setting(rope_scaling={"rope_type": kind, "factor": 2.0}), kind
    yield "sections", setting(rope_scaling={"type": "default", "mrope_section": [2, 3, 3]}), "mrope_section"
    yield "by layer", setting(rope_parameters={"full_attention": {"rope_theta": 500.0}}), "layer"

    def base(key, value):
        def change(m):
            m.configuration.pop("rope_theta")
            m.configuration[key] = value
            m.base = 500.0
        return change

    yield "rope_theta", base("rope_theta", 500.0), OTHER
    yield "rope_theta in rope_parameters", base("rope_parameters", {"rope_theta": 500.0}), OTHER
    yield "rope_theta in rope_parameters, default", base(
        "rope_parameters", {"rope_theta": 500.0, "rope_type": "default"}), OTHER
    yield "no rope_theta", removing("rope_theta"), SAME
    yield "two bases", setting(rope_parameters={"rope_theta": 500.0}), "rope_theta"
    yield "the same base twice", setting(rope_parameters={"rope_theta": 10000.0}), SAME
    yield "both names, the same", setting(
        rope_parameters={"rope_type": "default"}, rope_scaling={"rope_type": "default"}), SAME
    yield "both names, different", setting(
        rope_parameters={"rope_type": "default"}, rope_scaling={"rope_type": "linear", "factor": 2.0}), "rope_scaling"
    yield "partial_rotary_factor", setting(partial_rotary_factor=0.5), "partial_rotary_factor"
    yield "partial_rotary_factor 1", setting(partial_rotary_factor=1.0), SAME
    yield "partial_rotary_factor within", setting(
        rope_parameters={"rope_theta": 10000.0, "partial_rotary_factor": 0.5}), "partial_rotary_factor"


def windows(architecture):
    slides = {"use_sliding_window": True, "sliding_window": 16}
    if architecture == "llama":
        yield "use_sliding_window", setting(**slides), "use_sliding_window"
        yield "sliding_window", setting(sliding_window=16), SAME
        yield "window null", setting(sliding_window=None, use_sliding_window=False), SAME
        return
    yield "a window that is not used", setting(use_sliding_window=False, sliding_window=16, max_window_layers=0), SAME
    yield "no layer slides", setting(**slides, max_window_layers=LAYERS), SAME
    yield "no layer slides, as by default", setting(**slides), SAME
    yield "window null", setting(use_sliding_window=True, sliding_window=None, max_window_layers=0), SAME
    yield "layers slide", setting(**slides, max_window_layers=1), "more than the 16"
    yield "a wide window", setting(use_sliding_window=True, sliding_window=64, max_window_layers=0), SAME
    yield "window 0", setting(use_sliding_window=True, sliding_window=0, max_window_layers=0), "sliding_window"
    full, sliding = "full_attention", "sliding_attention"
    yield "layer_types full", setting(**slides, max_window_layers=0, layer_types=[full, full]), SAME
    yield "layer_types sliding", setting(**slides, layer_types=[full, sliding]), "more than the 16"
    yield "layer_types sliding, not used", setting(layer_types=[full, sliding]), "layer_types"
    yield "layer_types other", setting(layer_types=[full, "linear_attention"]), "linear_attention"
    yield "layer_types too few", setting(layer_types=[full]), "layer_types"


def biases(architecture):
    def some(*products, **keys):
        def change(m):
            m.add_bias(*products)
            m.configuration |= keys
        return change

    if architecture == "qwen3":
        yield "attention_bias false", setting(attention_bias=False), SAME
        yield "attention_bias", some(*PRODUCTS[:4], attention_bias=True), "attention_bias is true"
        yield "mlp_bias", setting(mlp_bias=True), "mlp_bias"
        for product in PRODUCTS:
            yield f"bias of {product}", some(product), BLOCK[f"{product}.bias"]
        return
    if architecture == "qwen2":
        yield "attention_bias false", setting(attention_bias=False), SAME
        yield "qkv_bias true", setting(qkv_bias=True), SAME
        yield "mlp_bias", setting(mlp_bias=True), "mlp_bias"
        yield "bias of o", some("attn_output"), "o_proj.bias"
        zeros = np.zeros(HIDDEN, np.float32)
        yield "bias of o, of zeros", tensor("model.layers.0.self_attn.o_proj.bias", zeros), SAME
        yield "no bias of v", tensor("model.layers.0.self_attn.v_proj.bias", None), "v_proj.bias is missing"
        return
    attention = PRODUCTS[:4]
    yield "attention_bias", some(*attention, attention_bias=True), OTHER
    yield "mlp_bias", some(*PRODUCTS[4:], mlp_bias=True), OTHER
    yield "both biases", some(*PRODUCTS, attention_bias=True, mlp_bias=True), OTHER
    yield "attention_bias without them", setting(attention_bias=True), "bias is missing"
    yield "mlp_bias without them", setting(mlp_bias=True), "bias is missing"
    yield "attention_bias a text", setting(attention_bias="yes"), "attention_bias"
    for product in PRODUCTS:
        yield f"bias of {product}", some(product), BLOCK[f"{product}.bias"]


def keys(architecture):
    for key, other, neutral in [
        ("num_experts", 8, 0), ("num_local_experts", 8, 0), ("n_routed_experts", 8, None),
        ("num_experts_per_tok", 2, 0), ("moe_intermediate_size", 32, 0), ("decoder_sparse_step", 1, None),
        ("attn_logit_softcapping", 50.0, None), ("final_logit_softcapping", 30.0, 0.0), ("logit_softcapping", 30.0, 0),
        ("query_pre_attn_scalar", 256, None), ("clip_qkv", 8.0, None), ("qk_norm", True, False),
        ("use_qk_norm", True, False), ("qk_layernorm", True, False), ("logit_scale", 0.06, 1.0),
        ("logits_scaling", 8.0, 1), ("attention_multiplier", 0.01, None), ("residual_multiplier", 0.2, 1.0),
        ("embedding_multiplier", 12.0, 1.0), ("scale_emb", 12, 1), ("scale_depth", 1.4, None),
        ("dim_model_base", 256, None), ("no_rope_layers", [1, 0], []), ("attn_temperature_tuning", True, False),
        ("alibi", True, False), ("parallel_attn", True, False), ("mup_scale_emb", 2.0, 1.0),
        ("num_nextn_predict_layers", 1, 0), ("is_causal", False, True), ("is_encoder_decoder", True, False),
        ("add_cross_attention", True, False), ("use_bidirectional_attention", True, False),
        ("hidden_activation", "gelu", "silu"), ("text_config", {"hidden_size": 8}, None),
        ("vision_config", {"depth": 2}, None), ("audio_config", {"depth": 2}, None),
    ]:
        yield f"{key} {other}", setting(**{key: other}), key
        yield f"{key} {neutral}", setting(**{key: neutral}), SAME
    yield "hidden_act gelu", setting(hidden_act="gelu"), "gelu"
    yield "hidden_act swish", setting(hidden_act="swish"), SAME
    yield "no hidden_act", removing("hidden_act"), SAME
    for kind in ("qwen3_moe", "qwen3_vl", "mistral", "qwen2_moe", "mixtral", "gemma2", "qwen2_vl", "phi3"):
        yield f"model_type {kind}", setting(model_type=kind), kind
    for head in ("LlamaForSequenceClassification", "Qwen2ForRewardModel_", "LlamaForTokenClassification"):
        yield f"architectures {head}", setting(architectures=[head]), head
    yield "no architectures", removing("architectures"), SAME
    for key, value in {
        "attention_dropout": 0.1, "initializer_range": 0.02, "use_cache": False, "torch_dtype": "float16",
        "pretraining_tp": 2, "bos_token_id": 257, "eos_token_id": [257, 259], "pad_token_id": 3, "is_decoder": False,
        "transformers_version": "4.40", "auto_map": {"AutoModel": "x.Y"}, "_name_or_path": "x", "id2label": {"0": "a"},
        "anything": 3,
    }.items():
        yield f"{key} {value}", setting(**{key: value}), SAME

    def wider(m):
        m.epsilon = 0.25
        m.configuration["rms_norm_eps"] = 0.25

    yield "rms_norm_eps", wider, OTHER
    for key in (
        "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size",
        "max_position_embeddings", "rms_norm_eps", "model_type",
    ):
        yield f"no {key}", removing(key), key
    yield "no num_key_value_heads", removing("num_key_value_heads"), "k_proj.weight is 32"
    no_head_dim = "q_proj.weight is 64 × 64 and should be 512" if architecture == "qwen3" else SAME
    yield "no head_dim", removing("head_dim"), no_head_dim
    yield "positions as 128.0", setting(max_position_embeddings=128.0), SAME
    yield "a billion positions", setting(max_position_embeddings=10**9), SAME
    yield "another head_dim", setting(head_dim=32), "proj.weight is"
    yield "more layers", setting(num_hidden_layers=3), "model.layers.2"
    yield "fewer layers", setting(num_hidden_layers=1), "model.layers.1"


def heads():
    def tied(m):
        m.ties = True
        m.configuration["tie_word_embeddings"] = True
        del m.weights["output.weight"]

    yield "tied", tied, OTHER
    yield "tied, with a head of its own", setting(tie_word_embeddings=True), SAME
    yield "no head", tensor("lm_head.weight", None), "lm_head.weight is missing"
    yield "no tie_word_embeddings", removing("tie_word_embeddings"), SAME


def quantised():
    for key, value, word in [
        ("quantization_config", {"quant_method": "bitsandbytes", "load_in_4bit": True}, "bitsandbytes"),
        ("quantization_config", {"quant_method": "fp8"}, "fp8"),
        ("quantization_config", {"quant_method": "compressed-tensors"}, "compressed-tensors"),
        ("quantization_config", {"quant_method": "gptq", "bits": 2, "group_size": 128}, "gptq"),
        ("quantization", {"group_size": 64, "bits": 4}, "MLX"),
    ]:
        yield f"{key} {word}", setting(**{key: value}), word

    def beside(name):
        def change(m):
            m.files[name] = '{"bits": 3, "group_size": 128}'
        return change

    yield "quantize_config.json", beside("quantize_config.json"), "gptq in 3 bits"
    yield "quant_config.json", beside("quant_config.json"), "awq in 3 bits"


def tensors(architecture):
    block = {ours: name for ours, name in BLOCK.items() if ours not in HEAD_NORMS or architecture == "qwen3"}
    layer = "model.layers.0."
    vector = np.ones(HIDDEN, np.float32)
    for name, values in {
        **{layer + name: np.ones(DIMENSION, np.float32) for name in HEAD_NORMS.values() if architecture != "qwen3"},
        layer + "pre_feedforward_layernorm.weight": vector, layer + "post_feedforward_layernorm.weight": vector,
        layer + "input_layernorm.bias": vector, layer + "mlp.experts.0.gate_proj.weight": random(1, WIDTH, HIDDEN),
        layer + "mlp.gate.weight": random(2, 4, HIDDEN), layer + "mlp.shared_expert.up_proj.weight": random(3, WIDTH, 64),
        layer + "self_attn.sinks": np.ones(4, np.float32), layer + "self_attn.q_proj.qweight": random(4, 8, HIDDEN),
        layer + "self_attn.q_proj.scales": random(4, 8, HIDDEN), layer + "mlp.up_proj.lora_A.weight": random(5, 4, HIDDEN),
        layer + "self_attn.W_pack.weight": random(6, 128, HIDDEN), "model.norm.bias": vector,
        f"model.layers.{LAYERS}.input_layernorm.weight": vector, "visual.patch_embed.weight": random(7, 8, 8),
        "score.weight": random(8, 2, HIDDEN), "v_head.summary.weight": random(9, 1, HIDDEN),
        "embed_tokens.weight": random(10, 260, HIDDEN), "mystery": vector,
    }.items():
        yield f"tensor {name}", tensor(name, values), name
    for name in (
        layer + "self_attn.rotary_emb.inv_freq", "model.rotary_emb.inv_freq", layer + "self_attn.bias",
        layer + "self_attn.masked_bias", "model.embeddings.position_ids",
    ):
        yield f"tensor {name}", tensor(name, np.ones(8, np.float32)), SAME
    for name in block.values():
        if name.endswith(".weight"):
            yield f"no {name}", tensor(f"model.layers.1.{name}", None), f"{name} is missing"
    yield "a narrower matrix", tensor(layer + "mlp.up_proj.weight", random(11, WIDTH - 1, HIDDEN)), "should be 96"
    for number in ("nan", "inf", "-inf"):
        for ours, name in block.items():
            if ours.endswith(".bias"):
                continue
            def change(m, ours=ours, name=name, number=number):
                values = m.weights[f"blk.1.{ours}"].copy()
                values.reshape(-1, values.shape[-1])[-1, 5] = np.float32(number)
                m.others[f"model.layers.1.{name}"] = values
            yield f"{number} in {name}", change, f"model.layers.1.{name}"


def files():
    def prefixed(prefix, head="lm_head.weight"):
        def change(m):
            m.prefix = prefix
            if head != "lm_head.weight":
                m.others |= {"lm_head.weight": None, head: m.weights["output.weight"]}
        return change

    yield "no prefix", prefixed(""), SAME
    yield "the prefix language_model.", prefixed("language_model.model.", "language_model.lm_head.weight"), SAME

    def parts(has_index):
        def change(m):
            m.shards, m.has_index = 3, has_index
        return change

    yield "three files", parts(True), SAME
    yield "three files without an index", parts(False), SAME


def changes(architecture):
    for group in (
        positions(), windows(architecture), biases(architecture), keys(architecture), heads(), quantised(),
        tensors(architecture), files(),
    ):
        yield from group
    if architecture == "qwen3":
        yield from head_norms(head_norm)


def head_norm(name, values):
    """A change of the tensor that GGUF calls so."""
    _, layer, ours = name.split(".", 2)
    return tensor(f"model.layers.{layer}.{BLOCK[ours]}", values)
