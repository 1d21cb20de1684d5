"""Changes of one key or tensor of a GGUF file. Each is (name, what it does to a model, what must become of it).

What must become of it is a part of the message that refuses it, or one of
    SAME     the change is known to be harmless: the reference stays as it was
    OTHER    the reference changes with it
"""

import gguf
import numpy as np

from tiny import DIMENSION, HEAD_NORMS, HEADS, HIDDEN, KIND, KV_HEADS, LAYERS, POSITIONS, WIDTH, random, rotary

SAME, OTHER = object(), object()
PRODUCTS = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]


def setting(**keys):
    """A change of keys; __ stands for a dot."""
    def change(m):
        for name, value in keys.items():
            m.set(name.replace("__", "."), value)
    return change


def tensor(name, values):
    def change(m):
        m.others[name] = values
    return change


def positions():
    """Scaled positions."""
    def linear(**keys):
        def change(m):
            setting(**keys)(m)
            m.scale_positions(lambda angles: angles / 4)
        return change

    yield "linear", linear(rope__scaling__type="linear", rope__scaling__factor=4.0), OTHER
    yield "linear, no type", linear(rope__scaling__factor=4.0), OTHER
    yield "linear, its older key", linear(rope__scale_linear=4.0), OTHER
    yield "linear, both keys: the newer counts", linear(rope__scaling__factor=4.0, rope__scale_linear=2.0), OTHER
    yield "factor 0", setting(rope__scaling__factor=0.0), SAME
    yield "factor 1", setting(rope__scaling__type="linear", rope__scaling__factor=1.0), SAME
    yield "kind none", setting(rope__scaling__type="none", rope__scaling__factor=4.0), SAME
    yield "finetuned", setting(rope__scaling__finetuned=True), SAME
    yield "factor below 0", setting(rope__scaling__factor=-2.0), "rope.scaling.factor"
    yield "factor NaN", setting(rope__scaling__factor=float("nan")), "rope.scaling.factor"
    yield "factor a text", setting(rope__scaling__factor="4"), "rope.scaling.factor"
    yield "kind a number", setting(rope__scaling__type=2), "rope.scaling.type"
    yield "kind unknown", setting(rope__scaling__type="warped", rope__scaling__factor=2.0), "warped"
    yield "LongRoPE", setting(rope__scaling__type="longrope", rope__scaling__factor=2.0), "longrope"

    def yarn(further=1.0, **keys):
        def change(m):
            setting(rope__scaling__type="yarn", rope__scaling__factor=4.0, **keys)(m)
            original = keys.get("rope__scaling__original_context_length", POSITIONS)
            m.scale_positions(
                lambda angles: rotary.yarn(angles, m.base, rotary.YaRN(4.0, original)),
                rotary.yarn_magnitude(4.0) * further,
            )
        return change

    yield "YaRN", yarn(rope__scaling__original_context_length=32), OTHER
    yield "YaRN, no original context", yarn(), OTHER
    yield "YaRN with attn_factor", yarn(1.25, rope__scaling__attn_factor=1.25), OTHER
    yield "YaRN without a factor", setting(rope__scaling__type="yarn"), SAME
    yield "YaRN below 1", setting(rope__scaling__type="yarn", rope__scaling__factor=0.5), "factor"
    for name, neutral, other in [
        ("ext_factor", 1.0, 0.5), ("attn_factor", 1.0, 1.2), ("beta_fast", 32.0, 16.0), ("beta_slow", 1.0, 2.0),
        ("log_multiplier", 0.0, 0.1),
    ]:
        key = f"rope__scaling__yarn_{name}"
        yield f"yarn_{name}, neutral", setting(**{key: neutral}), SAME
        yield f"yarn_{name}", setting(**{key: other}), f"yarn_{name}"
    yield "alpha", setting(rope__scaling__alpha=2.0), "alpha"

    def magnified(m):
        m.set("rope.scaling.attn_factor", 1.25)
        m.scale_positions(lambda angles: angles, 1.25)

    yield "attn_factor alone", magnified, OTHER
    yield "attn_factor 0", setting(rope__scaling__attn_factor=0.0), "multiplied by 0"

    def base(m):
        m.base = 500.0
        m.set("rope.freq_base", 500.0)

    yield "freq_base", base, OTHER
    yield "no freq_base", lambda m: m.remove("rope.freq_base"), SAME
    yield "freq_base 0", setting(rope__freq_base=0.0), "base"
    yield "freq_base infinite", setting(rope__freq_base=float("inf")), "base"
    yield "a part of the head", setting(rope__dimension_count=8), "rotates 8 of 16"
    yield "no dimension_count", lambda m: m.remove("rope.dimension_count"), SAME
    yield "sections", setting(rope__dimension_sections=[2, 3, 3, 0]), "dimension_sections"
    yield "another base for sliding layers", setting(rope__freq_base_swa=500.0), "freq_base_swa"
    yield "another part for sliding layers", setting(rope__dimension_count_swa=8), "dimension_count_swa"


DIVISORS = np.array([1, 1, 1.5, 4, 8, 8, 8, 8], dtype=np.float32)


def divisors(architecture):
    def divided(before=None):
        def change(m):
            m.others["rope_freqs.weight"] = DIVISORS
            if before:
                before(m)
            angles = rotary.plain(m.base, DIMENSION) if m.rotary is None else m.rotary.angles
            m.scale_positions(lambda _: angles / DIVISORS, 1.0 if m.rotary is None else m.rotary.magnitude)
        return change

    if architecture != "llama":
        yield "rope_freqs", divided(), "rope_freqs.weight"
        return
    changes = {name: change for name, change, _ in positions()}
    yield "rope_freqs", divided(), OTHER
    yield "rope_freqs and linear", divided(changes["linear"]), OTHER
    yield "rope_freqs and YaRN", divided(changes["YaRN"]), OTHER
    yield "rope_freqs of another size", tensor("rope_freqs.weight", DIVISORS[:4]), "4 divisors"
    yield "rope_freqs with a zero", tensor("rope_freqs.weight", DIVISORS * 0), "divisor"
    yield "rope_freqs with a NaN", tensor("rope_freqs.weight", DIVISORS * np.float32("nan")), "divisor"


def biases(architecture):
    def some(*products):
        return lambda m: m.add_bias(*products)

    is_llama = architecture == "llama"
    if is_llama:
        yield "bias of q, k, v", some("attn_q", "attn_k", "attn_v"), OTHER
        yield "bias of q alone", some("attn_q"), "attn_k.bias is missing"
        yield "every bias", some(*PRODUCTS), OTHER
    elif architecture == "qwen3":
        for product in PRODUCTS[:3]:
            yield f"bias of {product}", some(product), f"{product}.bias"
    else:
        def none(m):
            for name in [name for name in m.weights if name.endswith(".bias")]:
                del m.weights[name]
        yield "no bias of q, k, v", none, OTHER
        yield "no bias of v", lambda m: m.weights.pop("blk.0.attn_v.bias"), "attn_v.bias is missing"
    for product in PRODUCTS[3:]:
        yield f"bias of {product}", some(product), OTHER if is_llama else f"{product}.bias"

    def in_one_layer(m):
        m.add_bias("attn_output")
        del m.weights["blk.1.attn_output.bias"]

    yield "bias in one layer", in_one_layer, "blk.1.attn_output.bias" if is_llama else "attn_output.bias"


def sizes():
    yield "no head: tied", untied, OTHER
    yield "epsilon", epsilon, OTHER
    yield "key and value length", setting(attention__key_length=DIMENSION, attention__value_length=DIMENSION), SAME
    yield "another key length", setting(
        attention__key_length=32, attention__value_length=32, rope__dimension_count=32), "attn_q.weight is 64"
    yield "another value length", setting(attention__value_length=8), "values have 8"
    yield "no head_count_kv", lambda m: m.remove("attention.head_count_kv"), "attn_k.weight is 32"
    yield "the same heads by layer", setting(attention__head_count=[HEADS, HEADS]), SAME
    yield "the same KV heads by layer", setting(attention__head_count_kv=[KV_HEADS, KV_HEADS]), SAME
    yield "the same width by layer", setting(feed_forward_length=[WIDTH, WIDTH]), SAME
    yield "heads by layer", setting(attention__head_count=[4, 2]), "head_count"
    yield "KV heads by layer", setting(attention__head_count_kv=[2, 4]), "head_count_kv"
    yield "widths by layer", setting(feed_forward_length=[WIDTH, 64]), "feed_forward_length"
    for name in ("context_length", "embedding_length", "block_count", "feed_forward_length", "attention.head_count"):
        yield f"no {name}", lambda m, name=name: m.remove(name), name
    yield "no epsilon", lambda m: m.remove("attention.layer_norm_rms_epsilon"), "layer_norm_rms_epsilon"
    yield "more layers", setting(block_count=3), "blk.2.attn_norm.weight is missing"
    yield "fewer layers", setting(block_count=1), "blk.1."
    yield "vocab_size", setting(vocab_size=260), SAME
    yield "vocab_size beyond the embedding", setting(vocab_size=300), "vocab_size"
    yield "a wide window", setting(attention__sliding_window=64), SAME
    yield "a narrow window", setting(attention__sliding_window=16), "more than the 16"
    yield "a window of 0", setting(attention__sliding_window=0), SAME
    yield "windows by layer", setting(attention__sliding_window=[64, 0]), "sliding_window"
    yield "scale 0", setting(attention__scale=0.0), SAME
    yield "scale 1/√d", setting(attention__scale=0.25), SAME
    yield "another scale", setting(attention__scale=0.3), "attention.scale"


def untied(m):
    m.ties = True
    del m.weights["output.weight"]


def epsilon(m):
    m.epsilon = 0.25
    m.set("attention.layer_norm_rms_epsilon", 0.25)


def keys():
    """Keys of other architectures, with a value that acts and the one that does not."""
    for name, other, neutral in [
        ("attention.clamp_kqv", 8.0, 0.0), ("attention.max_alibi_bias", 8.0, 0.0),
        ("attn_logit_softcapping", 50.0, 0.0), ("final_logit_softcapping", 30.0, 0.0),
        ("router_logit_softcapping", 30.0, 0.0), ("logit_scale", 0.5, 1.0), ("residual_scale", 0.5, 1.0),
        ("embedding_scale", 8.0, 1.0), ("attention.output_scale", 0.5, 1.0), ("attention.value_scale", 0.5, 1.0),
        ("attention.temperature_length", 64, 0), ("attention.temperature_scale", 0.1, 1.0),
        ("attention.causal", False, True), ("use_parallel_residual", True, False),
        ("hidden_activation", "gelu", "silu"), ("expert_count", 8, 0), ("expert_used_count", 2, 0),
        ("expert_feed_forward_length", 32, 0), ("expert_weights_scale", 2.5, 0.0), ("expert_weights_norm", True, False),
        ("leading_dense_block_count", 1, 0), ("interleave_moe_layer_step", 2, 0), ("moe_every_n_layers", 2, 0),
        ("nextn_predict_layers", 1, 0), ("num_loops", 2, 0), ("full_attention_interval", 4, 0),
        ("attention.recurrent_layers", 1, 0), ("attention.shared_kv_layers", 1, 0), ("adapters.count", 1, 0),
        ("tensor_data_layout", "halves", "Meta AI original pth"),
    ]:
        yield f"{name} {other}", setting(**{name.replace(".", "__"): other}), name
        yield f"{name} {neutral}", setting(**{name.replace(".", "__"): neutral}), SAME
    for name in ("attention.sliding_window_pattern", "attention.key_length_swa", "attention.value_length_swa", "news"):
        yield name, setting(**{name.replace(".", "__"): 2}), name
    for name in (
        "attention.layer_norm_epsilon", "attention.group_norm_epsilon", "attention.group_norm_groups", "pooling_type",
    ):
        yield name, setting(**{name.replace(".", "__"): 1}), SAME
    yield "classifier", setting(classifier__output_labels="yes"), SAME

    def general(key, value, kind=KIND.STRING):
        def change(m):
            m.keys[key] = (kind, value)
        return change

    yield "an adapter", general("general.type", "adapter"), "adapter"
    yield "an adapter's key", general("adapter.lora.alpha", 16.0, KIND.FLOAT32), "adapter.lora.alpha"
    yield "an encoder's key", general("clip.has_vision_encoder", True, KIND.BOOL), "clip.has_vision_encoder"
    yield "the type model", general("general.type", "model"), SAME
    for architecture in ("qwen", "qwen3moe", "qwen3vl", "qwen35", "qwen2moe", "mistral", "gemma2"):
        yield f"architecture {architecture}", general("general.architecture", architecture), architecture
    for key, value, kind in [
        ("general.author", "someone", KIND.STRING), ("general.file_type", 7, KIND.UINT32),
        ("general.quantization_version", 2, KIND.UINT32), ("general.license", "mit", KIND.STRING),
        ("quantize.imatrix.file", "x", KIND.STRING), ("mradermacher.quantize_version", "2", KIND.STRING),
    ]:
        yield key, general(key, value, kind), SAME


def tensors(architecture):
    one, vector = np.ones(1, np.float32), np.ones(HIDDEN, np.float32)
    for name, values in {
        "attn_qkv.weight": random(1, (HEADS + 2 * KV_HEADS) * DIMENSION, HIDDEN),
        **{name: np.ones(DIMENSION, np.float32) for name in HEAD_NORMS if architecture != "qwen3"},
        "post_attention_norm.weight": vector, "post_ffw_norm.weight": vector, "attn_norm_2.weight": vector,
        "attn_sub_norm.weight": vector, "ffn_sub_norm.weight": np.ones(WIDTH, np.float32),
        "attn_sinks.weight": np.ones(HEADS, np.float32), "attn_gate.weight": random(2, HIDDEN, HIDDEN),
        "layer_output_scale.weight": one, "attn_norm.bias": vector, "ffn_norm.bias": vector,
        "ffn_gate_inp.weight": random(3, 4, HIDDEN), "ffn_gate_exps.weight": random(4, 2, WIDTH, HIDDEN),
        "ffn_gate.0.weight": random(5, WIDTH, HIDDEN), "ffn_up_shexp.weight": random(6, WIDTH, HIDDEN),
        "exp_probs_b.bias": one, "attn_q.scale": 2 * one, "ffn_down.scale": 0.5 * one, "nextn.eh_proj.weight": vector,
        "mystery.weight": vector,
    }.items():
        yield f"tensor {name}", tensor(f"blk.0.{name}", values), f"blk.0.{name}"
    for name, values in {
        "output_norm.bias": vector, "output.bias": random(7, 260), "cls.weight": random(8, 2, HIDDEN),
        "cls.output.weight": random(9, 2, HIDDEN), "rope_factors_long.weight": np.ones(8, np.float32),
        "rope_factors_short.weight": np.ones(8, np.float32), "position_embd.weight": random(10, POSITIONS, HIDDEN),
        "token_types.weight": random(11, 2, HIDDEN), "token_embd_norm.weight": vector,
        f"blk.{LAYERS}.attn_q.weight": random(12, HIDDEN, HIDDEN), f"blk.{LAYERS}.ffn_norm.weight": vector,
    }.items():
        yield f"tensor {name}", tensor(name, values), name
    angles = np.ones(DIMENSION // 2, np.float32)
    for name in ("blk.0.attn_rot_embd.weight", "blk.0.attn.rotary_emb.inv_freq"):
        yield f"tensor {name}", tensor(name, angles), SAME
    yield "tensor blk.0.attn_q.scale of 1", tensor("blk.0.attn_q.scale", one), SAME
    yield "tensor blk.0.attn_q.input_scale", tensor("blk.0.attn_q.input_scale", 3 * one), SAME
    yield "an unneeded tensor in I8", tensor("blk.0.attn_rot_embd.weight", np.ones(8, np.int8)), SAME
    norms = [name.removesuffix(".weight") for name in HEAD_NORMS] if architecture == "qwen3" else []
    for name in ("attn_norm", "ffn_norm", *norms, *PRODUCTS):
        yield f"no {name}", tensor(f"blk.1.{name}.weight", None), f"blk.1.{name}.weight is missing"
    for name in ("token_embd.weight", "output_norm.weight"):
        yield f"no {name}", tensor(name, None), f"{name} is missing"
    yield "a narrower matrix", tensor("blk.0.ffn_up.weight", random(13, WIDTH - 32, HIDDEN)), "ffn_up.weight is 64"
    yield "a matrix in F64", tensor("blk.0.ffn_up.weight", random(14, WIDTH, HIDDEN).astype(np.float64)), "F64"
    yield "a matrix in I8", tensor("blk.0.ffn_up.weight", np.ones((WIDTH, HIDDEN), np.int8)), "I8"


def head_norms(head_norm):
    """Norms of heads, which qwen3 has; `head_norm` changes one in the file, by GGUF's name and numbers."""
    for name in HEAD_NORMS:
        name = f"blk.1.{name}"
        def other(m, name=name):
            m.weights[name] = m.weights[name] * np.linspace(0.2, 3, DIMENSION, dtype=np.float32)
        yield f"other numbers in {name}", other, OTHER
        yield f"another size of {name}", head_norm(name, np.ones(HIDDEN, np.float32)), "norm.weight is"
        for number in ("nan", "inf"):
            def change(m, name=name, number=number):
                values = m.weights[name].copy()
                values[5] = np.float32(number)
                head_norm(name, values)(m)
            yield f"{number} in {name}", change, "norm.weight, row 0"


def formats():
    """Numbers in other formats: the reference reads them back."""
    types = gguf.GGMLQuantizationType
    for kind in (types.F16, types.BF16, types.Q4_0, types.Q4_1, types.Q5_0, types.Q5_1, types.Q8_0):
        def change(m, kind=kind):
            for layer in range(LAYERS):
                for product in PRODUCTS:
                    name = f"blk.{layer}.{product}.weight"
                    data = gguf.quants.quantize(m.tensors()[name], kind)
                    m.others[name] = data if kind == types.F16 else (data, kind)
                for product in PRODUCTS:
                    # Blocks lie along the rows: the order of the rows does not matter.
                    name = f"blk.{layer}.{product}.weight"
                    m.weights[name] = gguf.quants.dequantize(gguf.quants.quantize(m.weights[name], kind), kind)
        yield f"matrices in {kind.name}", change, OTHER


def not_numbers():
    """NaN and infinity in every kind of tensor and in the scales of blocks."""
    types = gguf.GGMLQuantizationType
    vectors = ["blk.1.attn_norm.weight", "blk.1.ffn_norm.weight", "output_norm.weight"]
    matrices = [f"blk.1.{product}.weight" for product in PRODUCTS] + ["token_embd.weight", "output.weight"]
    for number in ("nan", "inf", "-inf"):
        for name in vectors + matrices:
            def change(m, name=name, number=number):
                values = m.tensors()[name].copy()
                values.reshape(-1, values.shape[-1])[-1, 5] = np.float32(number)
                m.others[name] = values
            yield f"{number} in {name}", change, name
    for kind in (types.F16, types.BF16, types.Q4_0, types.Q4_1, types.Q5_0, types.Q5_1, types.Q8_0):
        def change(m, kind=kind):
            name = "blk.1.ffn_down.weight"
            if kind == types.F16:
                values = m.weights[name].astype(np.float16)
                values[3, 7] = np.inf
                m.others[name] = values
                return
            data = gguf.quants.quantize(m.weights[name], kind)
            # The f16 scale of a block, or the bits of a bf16.
            data[3, :2] = np.frombuffer(np.uint16(0x7F80 if kind == types.BF16 else 0x7E00).tobytes(), np.uint8)
            m.others[name] = (data, kind)
        yield f"a scale in {kind.name} that is none", change, "blk.1.ffn_down.weight, row 3"


def changes(architecture):
    for group in (positions(), divisors(architecture), biases(architecture), sizes(), keys(), tensors(architecture)):
        yield from group
    if architecture == "qwen3":
        yield from head_norms(tensor)
    if architecture == "llama":
        yield from formats()
        yield from not_numbers()
