"""Writes a Hugging Face directory of model_type qwen2 with seeded random weights in bf16, in files of up to 4 GiB, a block
at a time: as large as the disk, in no more memory than a block.

Usage: large.py FOLDER HIDDEN INTERMEDIATE LAYERS HEADS VOCABULARY
"""

import json
import os
import random
import struct
import sys

folder = sys.argv[1]
hidden, inner, layers, heads, vocabulary = map(int, sys.argv[2:])
os.mkdir(folder)
with open(f"{folder}/config.json", "w") as file:
    json.dump({
        "model_type": "qwen2", "hidden_size": hidden, "intermediate_size": inner, "num_hidden_layers": layers,
        "num_attention_heads": heads, "num_key_value_heads": heads, "vocab_size": vocabulary,
        "max_position_embeddings": 32768, "hidden_act": "silu", "rms_norm_eps": 1e-6, "rope_theta": 1e6,
        "tie_word_embeddings": False, "torch_dtype": "bfloat16"}, file)

tensors = [("model.embed_tokens.weight", [vocabulary, hidden])]
for layer in range(layers):
    prefix = f"model.layers.{layer}."
    tensors += [(prefix + name, shape) for name, shape in [
        ("input_layernorm.weight", [hidden]), ("post_attention_layernorm.weight", [hidden]),
        ("self_attn.q_proj.weight", [hidden, hidden]), ("self_attn.q_proj.bias", [hidden]),
        ("self_attn.k_proj.weight", [hidden, hidden]), ("self_attn.k_proj.bias", [hidden]),
        ("self_attn.v_proj.weight", [hidden, hidden]), ("self_attn.v_proj.bias", [hidden]),
        ("self_attn.o_proj.weight", [hidden, hidden]), ("mlp.gate_proj.weight", [inner, hidden]),
        ("mlp.up_proj.weight", [inner, hidden]), ("mlp.down_proj.weight", [hidden, inner])]]
tensors += [("model.norm.weight", [hidden]), ("lm_head.weight", [vocabulary, hidden])]

def size(shape):
    return 2 * shape[0] * (shape[1] if len(shape) > 1 else 1)

# Seeded numbers of the spread of trained weights: ± 2^-8 to 2^-5. Each tensor reads the block from another place.
generator = random.Random(7)
block = bytearray(32 << 20)
block[0::2] = generator.randbytes(len(block) // 2)
block[1::2] = generator.randbytes(len(block) // 2).translate(bytes((0x3b, 0x3c, 0xbb, 0xbc)[b % 4] for b in range(256)))
block = memoryview(block)

def write(file, name, shape):
    left = size(shape)
    if name.endswith("norm.weight"):
        file.write(b"\x80\x3f" * (left // 2))
        return
    start = 2 * generator.randrange(len(block) // 4)
    while left:
        part = block[start:start + left]
        file.write(part)
        left -= len(part)
        start = 0

shards, total = [[]], 0
for tensor in tensors:
    if total + size(tensor[1]) > 4 << 30:
        shards.append([])
        total = 0
    shards[-1].append(tensor)
    total += size(tensor[1])
places = {}
for number, shard in enumerate(shards, 1):
    name = f"model-{number:05}-of-{len(shards):05}.safetensors"
    header, end = {}, 0
    for tensor, shape in shard:
        header[tensor] = {"dtype": "BF16", "shape": shape, "data_offsets": [end, end + size(shape)]}
        end += size(shape)
        places[tensor] = name
    text = json.dumps(header).encode()
    with open(f"{folder}/{name}", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor, shape in shard:
            write(file, tensor, shape)
with open(f"{folder}/model.safetensors.index.json", "w") as file:
    json.dump({"metadata": {}, "weight_map": places}, file)
