"""Tiny models, as files and as what the reference computes from them: both are changed together."""

import copy
import json
import pathlib
import sys

import gguf
import numpy as np

SCRIPTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(SCRIPTS / "reference"), str(SCRIPTS / "conversion")]
import reference_model  # noqa: E402
import rotary  # noqa: E402
import safetensors  # noqa: E402

CONTEXT, WINDOWS = 40, 4
LAYERS, HIDDEN, HEADS, KV_HEADS, DIMENSION, WIDTH, POSITIONS = 2, 64, 4, 2, 16, 96, 128
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]

KIND = gguf.GGUFValueType
# The bytes of GPT-2's alphabet; token `byte` of the vocabulary is that byte.
VISIBLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
HIDDEN_BYTES = [byte for byte in range(256) if byte not in VISIBLE]
ALPHABET = {byte: chr(byte) for byte in VISIBLE} | {byte: chr(256 + i) for i, byte in enumerate(HIDDEN_BYTES)}
VOCABULARY = [ALPHABET[byte] for byte in range(256)] + ["th"] + SPECIALS

CLASSES = {"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM", "qwen3": "Qwen3ForCausalLM"}
# Norms of heads, which qwen3 has and the others have not.
HEAD_NORMS = {"attn_q_norm.weight": "self_attn.q_norm.weight", "attn_k_norm.weight": "self_attn.k_norm.weight"}
BLOCK = HEAD_NORMS | {
    "attn_norm.weight": "input_layernorm.weight", "ffn_norm.weight": "post_attention_layernorm.weight",
} | {
    f"{ours}.{part}": f"{theirs}.{part}"
    for ours, theirs in {
        "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }.items()
    for part in ("weight", "bias")
}


def text() -> str:
    """Letters of which no two make a token, as many as the windows hold; its ids are its bytes."""
    choose = np.random.Generator(np.random.PCG64(4))
    return "".join(choose.choice(list("abcdefgijklmnopqrsuvwxyz .,"), CONTEXT * WINDOWS))


def random(seed: int, *shape: int, spread: float = 1.0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(shape) * spread).astype(np.float32)


class Model:
    """A model as the reference has it; weights are called as in GGUF files, rows in the order of the reference."""

    def __init__(self, architecture: str):
        self.architecture = architecture
        self.base = 10000.0
        self.epsilon = 1e-5
        self.rotary: rotary.Rotary | None = None
        self.ties = False
        self.weights: dict[str, np.ndarray] = {}
        sizes = {
            "attn_q.weight": (HEADS * DIMENSION, HIDDEN), "attn_k.weight": (KV_HEADS * DIMENSION, HIDDEN),
            "attn_v.weight": (KV_HEADS * DIMENSION, HIDDEN), "attn_output.weight": (HIDDEN, HEADS * DIMENSION),
            "ffn_gate.weight": (WIDTH, HIDDEN), "ffn_up.weight": (WIDTH, HIDDEN), "ffn_down.weight": (HIDDEN, WIDTH),
        }
        seed = iter(range(1, 1000))
        for layer in range(LAYERS):
            for name in ("attn_norm.weight", "ffn_norm.weight"):
                self.weights[f"blk.{layer}.{name}"] = 1 + random(next(seed), HIDDEN, spread=0.1)
            for name, shape in sizes.items():
                spread = 1.5 / np.sqrt(shape[1])
                self.weights[f"blk.{layer}.{name}"] = random(next(seed), *shape, spread=spread)
        self.weights["token_embd.weight"] = random(next(seed), len(VOCABULARY), HIDDEN)
        self.weights["output_norm.weight"] = 1 + random(next(seed), HIDDEN, spread=0.1)
        self.weights["output.weight"] = random(next(seed), len(VOCABULARY), HIDDEN, spread=0.15)
        if architecture == "qwen2":
            self.add_bias("attn_q", "attn_k", "attn_v")
        if architecture == "qwen3":
            for layer in range(LAYERS):
                for name in HEAD_NORMS:
                    self.weights[f"blk.{layer}.{name}"] = 1 + random(next(seed), DIMENSION, spread=0.3)

    def add_bias(self, *products: str) -> None:
        for layer in range(LAYERS):
            for product in products:
                rows = self.weights[f"blk.{layer}.{product}.weight"].shape[0]
                seed = sum(map(ord, product)) + layer
                self.weights[f"blk.{layer}.{product}.bias"] = random(seed, rows, spread=0.7)

    def scale_positions(self, angles, magnitude: float = 1.0) -> None:
        """`angles` makes the new angles out of the plain ones."""
        self.rotary = rotary.Rotary(angles(rotary.plain(self.base, DIMENSION)), magnitude)

    def perplexity(self) -> float:
        """By the method of `tokenmark perplexity`."""
        configuration = reference_model.Configuration(
            architecture=self.architecture, hiddenSize=HIDDEN, layerCount=LAYERS, headCount=HEADS, kvHeadCount=KV_HEADS,
            headDimension=DIMENSION, intermediateSize=WIDTH, vocabularySize=len(VOCABULARY), maximumPositions=POSITIONS,
            rmsNormEpsilon=self.epsilon, ropeTheta=self.base, tiesEmbeddings=self.ties,
        )
        weights = {name.removesuffix(".weight"): w.astype(np.float64) for name, w in self.weights.items()}
        tokens = list(text().encode())
        first = CONTEXT // 2
        losses = []
        for start in range(0, len(tokens), CONTEXT):
            window = tokens[start : start + CONTEXT]
            logits = reference_model.forward(configuration, weights, window, first + 1, self.rotary)[first:-1]
            top = logits.max(axis=-1)
            total = top + np.log(np.exp(logits - top[:, None]).sum(axis=-1))
            losses += list(total - logits[np.arange(len(logits)), window[first + 1 :]])
        return float(np.exp(np.mean(losses)))


class GGUF(Model):
    """A model and the GGUF file that should hold it."""

    def __init__(self, architecture: str):
        super().__init__(architecture)
        self.keys: dict[str, tuple] = {
            "general.name": (KIND.STRING, "tiny"),
            "tokenizer.ggml.model": (KIND.STRING, "gpt2"), "tokenizer.ggml.pre": (KIND.STRING, "smollm"),
            "tokenizer.ggml.tokens": (KIND.ARRAY, VOCABULARY, KIND.STRING),
            "tokenizer.ggml.merges": (KIND.ARRAY, ["t h"], KIND.STRING),
            "tokenizer.ggml.token_type": (KIND.ARRAY, [1] * 257 + [3] * 3, KIND.INT32),
            "tokenizer.ggml.eos_token_id": (KIND.UINT32, 257), "tokenizer.ggml.bos_token_id": (KIND.UINT32, 257),
        }
        for name, number in {
            "context_length": POSITIONS, "embedding_length": HIDDEN, "block_count": LAYERS,
            "feed_forward_length": WIDTH, "attention.head_count": HEADS, "attention.head_count_kv": KV_HEADS,
            "rope.dimension_count": DIMENSION,
        }.items():
            self.set(name, number)
        self.set("rope.freq_base", self.base)
        self.set("attention.layer_norm_rms_epsilon", self.epsilon)
        if architecture == "qwen3":
            self.set("attention.key_length", DIMENSION)
            self.set("attention.value_length", DIMENSION)
        # Tensors that the reference does not have, or not so; None leaves one out.
        self.others: dict[str, np.ndarray | tuple | None] = {}

    def set(self, name: str, value) -> None:
        """A key of the architecture."""
        key = f"{self.architecture}.{name}"
        if isinstance(value, bool):
            self.keys[key] = (KIND.BOOL, value)
        elif isinstance(value, int):
            self.keys[key] = (KIND.UINT32 if value >= 0 else KIND.INT32, value)
        elif isinstance(value, float):
            self.keys[key] = (KIND.FLOAT32, value)
        elif isinstance(value, str):
            self.keys[key] = (KIND.STRING, value)
        else:
            self.keys[key] = (KIND.ARRAY, list(value), KIND.UINT32)

    def remove(self, name: str) -> None:
        del self.keys[f"{self.architecture}.{name}"]

    def tensors(self) -> dict[str, np.ndarray | tuple]:
        result = {}
        for name, values in self.weights.items():
            if self.architecture == "llama" and ".attn_q." in name:
                values = in_pairs(values, HEADS)
            elif self.architecture == "llama" and ".attn_k." in name:
                values = in_pairs(values, KV_HEADS)
            result[name] = values
        result |= self.others
        return {name: values for name, values in result.items() if values is not None}

    def write(self, folder: pathlib.Path) -> pathlib.Path:
        path = folder / "model.gguf"
        writer = gguf.GGUFWriter(path, self.architecture)
        for key, (kind, value, *of) in self.keys.items():
            if key == "general.architecture":
                writer.arch = value
                writer.kv_data[0][key].value = value
            else:
                writer.add_key_value(key, value, kind, *of)
        for name, values in self.tensors().items():
            if isinstance(values, tuple):  # bytes of rows, and their format
                writer.add_tensor(name, values[0], raw_dtype=values[1])
            else:
                writer.add_tensor(name, np.ascontiguousarray(values))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path


def in_pairs(values: np.ndarray, heads: int) -> np.ndarray:
    """Rows as llama.cpp's converter leaves them: the two that are rotated together side by side."""
    pairs = values.reshape(heads, 2, DIMENSION // 2, -1).swapaxes(1, 2)
    return np.ascontiguousarray(pairs).reshape(values.shape)


class Directory(Model):
    """A model and the Hugging Face directory that should hold it."""

    def __init__(self, architecture: str):
        super().__init__(architecture)
        self.prefix = "model."
        self.configuration: dict = {
            "architectures": [CLASSES[architecture]], "head_dim": DIMENSION,
            "model_type": architecture, "hidden_act": "silu", "hidden_size": HIDDEN, "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS, "num_key_value_heads": KV_HEADS, "intermediate_size": WIDTH,
            "vocab_size": len(VOCABULARY), "max_position_embeddings": POSITIONS, "rms_norm_eps": self.epsilon,
            "rope_theta": self.base, "tie_word_embeddings": False,
        }
        self.others: dict[str, np.ndarray | None] = {}
        self.shards = 1
        self.has_index = True
        self.files: dict[str, str] = {}

    def tensors(self) -> dict[str, np.ndarray]:
        names = {
            "token_embd.weight": f"{self.prefix}embed_tokens.weight", "output_norm.weight": f"{self.prefix}norm.weight",
            "output.weight": "lm_head.weight",
        }
        for layer in range(LAYERS):
            names |= {f"blk.{layer}.{ours}": f"{self.prefix}layers.{layer}.{name}" for ours, name in BLOCK.items()}
        result = {names[name]: values for name, values in self.weights.items()} | self.others
        return {name: values for name, values in result.items() if values is not None}

    def write(self, folder: pathlib.Path) -> pathlib.Path:
        safetensors.write_directory(folder, self.tensors(), self.shards)
        if not self.has_index:
            (folder / "model.safetensors.index.json").unlink()
        (folder / "config.json").write_text(json.dumps(self.configuration))
        document = {
            "added_tokens": [
                {"id": 257 + i, "content": token, "special": True, "normalized": False, "lstrip": False,
                 "rstrip": False, "single_word": False}
                for i, token in enumerate(SPECIALS)
            ],
            "normalizer": None,
            "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
            "decoder": {"type": "ByteLevel"},
            "model": {
                "type": "BPE", "vocab": {token: id for id, token in enumerate(VOCABULARY[:257])}, "merges": ["t h"],
            },
        }
        (folder / "tokenizer.json").write_text(json.dumps(document))
        for name, content in self.files.items():
            (folder / name).write_text(content)
        return folder


def copy_of(model: Model) -> Model:
    return copy.deepcopy(model)
