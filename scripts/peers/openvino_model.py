"""Makes an OpenVINO model with compressed weights from a GGUF file in F16: OpenVINO GenAI reads it, NNCF compresses it
with the defaults of OpenVINO's own exporter.

Usage: openvino_model.py GGUF int8|int4 TARGET
"""

import argparse
import os
import pathlib
import shutil
import tempfile

import nncf
import openvino
import openvino_genai

COMPRESSION = {
    "int8": {"mode": nncf.CompressWeightsMode.INT8_ASYM},
    "int4": {"mode": nncf.CompressWeightsMode.INT4_ASYM, "group_size": 128, "ratio": 1.0},
}


def make(gguf: pathlib.Path, precision: str, target: pathlib.Path) -> None:
    unfinished = target.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    # OpenVINO GenAI saves what it read beside the GGUF file.
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        link = pathlib.Path(folder) / gguf.name
        link.symlink_to(gguf.resolve())
        openvino_genai.LLMPipeline(os.fspath(link), "CPU", enable_save_ov_model=True, ATTENTION_BACKEND="SDPA")
        for part in pathlib.Path(folder).glob("openvino_*tokenizer.*"):
            shutil.move(part, unfinished)
        model = openvino.Core().read_model(pathlib.Path(folder) / "openvino_model.xml")
        model = nncf.compress_weights(model, **COMPRESSION[precision])
        openvino.save_model(model, unfinished / "openvino_model.xml")
    unfinished.rename(target)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("gguf", type=pathlib.Path)
    arguments.add_argument("precision", choices=COMPRESSION)
    arguments.add_argument("target", type=pathlib.Path)
    options = arguments.parse_args()
    make(options.gguf, options.precision, options.target)
