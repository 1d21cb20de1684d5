"""Writes Tests/QwenTests/Fixtures/gguf/dequantisation.json: random blocks and what they stand for.

The expected numbers come from the PyPI package `gguf`, an implementation that is not ours.
Needs: pip install gguf numpy
"""

import base64
import json
import pathlib

import numpy as np
from gguf import GGMLQuantizationType, GGML_QUANT_SIZES, quants

ROOT = pathlib.Path(__file__).resolve().parents[2]
TYPES = ["F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"]
# Where the f16 scales of a block lie: random bits there would be NaN or huge.
SCALES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
    "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
}


def main():
    random = np.random.default_rng(20261121)
    cases = []
    for name in TYPES:
        kind = GGMLQuantizationType[name]
        length, size = GGML_QUANT_SIZES[kind]
        count = 2 if length > 1 else 16
        if name in ("F16", "BF16"):
            values = random.standard_normal(count).astype(np.float32)
            raw = (
                values.astype(np.float16).view(np.uint8)
                if name == "F16"
                else (values.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
            )
        else:
            blocks = random.integers(0, 256, (count, size), dtype=np.uint8)
            for offset in SCALES[name]:
                scale = (random.standard_normal(count) * 0.1).astype(np.float16)
                blocks[:, offset : offset + 2] = scale.view(np.uint8).reshape(count, 2)
            raw = blocks.reshape(-1)
        expected = quants.dequantize(raw, kind).astype(np.float32).reshape(-1)
        cases.append(
            {
                "type": name,
                "bytes": base64.b64encode(raw.tobytes()).decode(),
                "values": base64.b64encode(expected.tobytes()).decode(),
            }
        )
    path = ROOT / "Tests/QwenTests/Fixtures/gguf/dequantisation.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cases": cases}, indent=1) + "\n")


main()
