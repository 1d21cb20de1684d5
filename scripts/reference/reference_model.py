"""A dense decoder in float64, written from the papers to be read, not to be fast.

RMSNorm (Zhang and Sennrich 2019), rotary embedding in its half-rotation form (Su et al. 2021; GPT-NeoX),
grouped-query attention (Ainslie et al. 2023), SwiGLU (Shazeer 2020); for Qwen v1 the dynamic NTK scaling and
the log-n attention of its published model code; for Qwen3 an RMSNorm of each head of queries and keys. There is no
KV cache: every step computes the whole sequence.
"""

from dataclasses import dataclass

import numpy as np

import random_weights
import rotary as rotary_embedding


@dataclass(frozen=True)
class Configuration:
    """The shape of a model; the fields are named as in the fixtures."""

    architecture: str  # "qwen" (v1), "qwen2", "qwen3" or "llama"
    hiddenSize: int
    layerCount: int
    headCount: int
    kvHeadCount: int
    headDimension: int
    intermediateSize: int  # the real width of the MLP, which is half of the field in a Qwen v1 config.json
    vocabularySize: int
    maximumPositions: int
    rmsNormEpsilon: float
    ropeTheta: float
    tiesEmbeddings: bool
    trainedLength: int | None = None  # Qwen v1's seq_length
    usesDynamicNTK: bool | None = None
    usesLogNAttention: bool | None = None
    # Products with a bias beside the architecture's own, such as "ffn_down".
    biases: tuple[str, ...] | None = None
    # How positions are scaled: {"kind": "llama3", …} or {"kind": "yarn", …} with the arguments in rotary.py.
    rotaryScaling: dict | None = None

    @property
    def biased_products(self) -> tuple[str, ...]:
        usual = ("attn_q", "attn_k", "attn_v") if self.architecture in ("qwen", "qwen2") else ()
        return usual + tuple(self.biases or ())

    @property
    def rope_scaling(self) -> dict | None:
        """How config.json of transformers says it."""
        match self.rotaryScaling:
            case None:
                return None
            case {"kind": "llama3", "factor": factor, "low": low, "high": high, "original": original}:
                return {
                    "rope_type": "llama3", "factor": factor, "low_freq_factor": low, "high_freq_factor": high,
                    "original_max_position_embeddings": original,
                }
            case {"kind": kind, "factor": factor, "original": original}:
                return {"rope_type": kind, "factor": factor, "original_max_position_embeddings": original}

    @property
    def normalizes_heads(self) -> bool:
        return self.architecture == "qwen3"


def make_weights(configuration: Configuration, seed: int) -> dict[str, np.ndarray]:
    """All tensors by name, float32 values widened to float64."""
    c = configuration
    query_size, kv_size = c.headCount * c.headDimension, c.kvHeadCount * c.headDimension
    norms = {"output_norm": c.hiddenSize}
    linears = {}
    biases = {}
    for layer in range(c.layerCount):
        block = f"blk.{layer}."
        norms[block + "attn_norm"] = norms[block + "ffn_norm"] = c.hiddenSize
        if c.normalizes_heads:
            norms[block + "attn_q_norm"] = norms[block + "attn_k_norm"] = c.headDimension
        linears[block + "attn_q"] = (query_size, c.hiddenSize)
        linears[block + "attn_k"] = linears[block + "attn_v"] = (kv_size, c.hiddenSize)
        linears[block + "attn_output"] = (c.hiddenSize, query_size)
        linears[block + "ffn_gate"] = linears[block + "ffn_up"] = (c.intermediateSize, c.hiddenSize)
        linears[block + "ffn_down"] = (c.hiddenSize, c.intermediateSize)
        for product in c.biased_products:
            biases[block + product + ".bias"] = linears[block + product][0]
    if not c.tiesEmbeddings:
        linears["output"] = (c.vocabularySize, c.hiddenSize)

    weights = {"token_embd": random_weights.embedding(seed, "token_embd", c.vocabularySize, c.hiddenSize)}
    weights |= {name: random_weights.norm(seed, name, size) for name, size in norms.items()}
    weights |= {name: random_weights.linear(seed, name, *shape) for name, shape in linears.items()}
    weights |= {name: random_weights.bias(seed, name, size) for name, size in biases.items()}
    return {name: values.astype(np.float64) for name, values in weights.items()}


def rms_norm(x: np.ndarray, weight: np.ndarray, epsilon: float) -> np.ndarray:
    """x (…, size) over the root of its mean square, times the weight (size)."""
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + epsilon) * weight


def silu(x: np.ndarray) -> np.ndarray:
    return x / (1 + np.exp(-x))


def rope_base(configuration: Configuration, prompt_length: int) -> float:
    """The base of the rotary angles.

    Dynamic NTK (Qwen v1) stretches it once, by the length of the prompt; the decode steps keep that value.
    """
    c = configuration
    if not c.usesDynamicNTK:
        return c.ropeTheta
    doublings = np.ceil(np.log2(prompt_length / c.trainedLength) + 1)
    alpha = max(2**doublings - 1, 1)
    return c.ropeTheta * alpha ** (c.headDimension / (c.headDimension - 2))


def rotary_of(configuration: Configuration, prompt_length: int) -> rotary_embedding.Rotary:
    c = configuration
    base = rope_base(c, prompt_length)
    angles = rotary_embedding.plain(base, c.headDimension)
    match dict(c.rotaryScaling or {"kind": "none"}):
        case {"kind": "llama3", **arguments}:
            return rotary_embedding.Rotary(rotary_embedding.llama3(angles, **arguments))
        case {"kind": "yarn", **arguments}:
            yarn = rotary_embedding.YaRN(**arguments)
            return rotary_embedding.Rotary(
                rotary_embedding.yarn(angles, base, yarn), rotary_embedding.yarn_magnitude(yarn.factor))
    return rotary_embedding.Rotary(angles)


def rotate(x: np.ndarray, rotary: rotary_embedding.Rotary) -> np.ndarray:
    """Turns dimension i with dimension i + d/2, for x (positions, heads, d) at positions 0, 1, 2, …"""
    positions, _, dimension = x.shape
    half = dimension // 2
    angles = np.arange(positions)[:, None, None] * rotary.angles
    cosine, sine = rotary.magnitude * np.cos(angles), rotary.magnitude * np.sin(angles)
    low, high = x[..., :half], x[..., half:]
    return np.concatenate([low * cosine - high * sine, high * cosine + low * sine], axis=-1)


def log_n_scale(configuration: Configuration, positions: int) -> np.ndarray:
    """What log-n attention multiplies the query at each position with: log(p)/log(trained length) for the
    1-based position p beyond the trained length, 1 within it."""
    if not configuration.usesLogNAttention:
        return np.ones(positions)
    p = np.arange(1, positions + 1)
    return np.maximum(np.log(p) / np.log(configuration.trainedLength), 1)


def attention(configuration: Configuration, q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Causal attention of q (positions, heads, d) over k and v (positions, kv heads, d), head by head."""
    positions = q.shape[0]
    group = configuration.headCount // configuration.kvHeadCount
    hidden_future = np.triu(np.ones((positions, positions), dtype=bool), k=1)
    outputs = np.empty_like(q)
    for head in range(configuration.headCount):
        scores = q[:, head] @ k[:, head // group].T / np.sqrt(configuration.headDimension)
        scores[hidden_future] = -np.inf
        chances = np.exp(scores - scores.max(axis=-1, keepdims=True))
        chances /= chances.sum(axis=-1, keepdims=True)
        outputs[:, head] = chances @ v[:, head // group]
    return outputs.reshape(positions, -1)


def forward(
    configuration: Configuration,
    weights: dict[str, np.ndarray],
    tokens: list[int],
    prompt_length: int,
    rotary: rotary_embedding.Rotary | None = None,
) -> np.ndarray:
    """The logits (positions, vocabulary) of a sequence that began with a prompt of the given length.

    Positions are scaled as `rotary` says, or as the configuration does.
    """
    c = configuration
    positions = len(tokens)
    if rotary is None:
        rotary = rotary_of(c, prompt_length)
    scale = log_n_scale(c, positions)[:, None, None]

    def project(x: np.ndarray, name: str) -> np.ndarray:
        return x @ weights[name].T + weights.get(name + ".bias", 0)

    x = weights["token_embd"][tokens]
    for layer in range(c.layerCount):
        block = f"blk.{layer}."
        normed = rms_norm(x, weights[block + "attn_norm"], c.rmsNormEpsilon)
        q, k, v = (
            project(normed, block + name).reshape(positions, -1, c.headDimension)
            for name in ("attn_q", "attn_k", "attn_v")
        )
        if c.normalizes_heads:
            q = rms_norm(q, weights[block + "attn_q_norm"], c.rmsNormEpsilon)
            k = rms_norm(k, weights[block + "attn_k_norm"], c.rmsNormEpsilon)
        mixed = attention(c, rotate(q, rotary) * scale, rotate(k, rotary), v)
        x = x + project(mixed, block + "attn_output")

        normed = rms_norm(x, weights[block + "ffn_norm"], c.rmsNormEpsilon)
        gated = silu(project(normed, block + "ffn_gate")) * project(normed, block + "ffn_up")
        x = x + project(gated, block + "ffn_down")

    x = rms_norm(x, weights["output_norm"], c.rmsNormEpsilon)
    return project(x, "token_embd" if c.tiesEmbeddings else "output")


def generate(
    configuration: Configuration, weights: dict[str, np.ndarray], prompt: list[int], count: int
) -> tuple[list[int], np.ndarray]:
    """Greedily chosen tokens, and the logits (count, vocabulary) that each was chosen from."""
    tokens = list(prompt)
    logits = []
    for _ in range(count):
        logits.append(forward(configuration, weights, tokens, len(prompt))[-1])
        tokens.append(int(np.argmax(logits[-1])))
    return tokens[len(prompt):], np.array(logits)
