"""Converts a GGUF file to Q8_0, Q4_0 or BF16 with llama.cpp's own quantiser.

Usage: quantize_gguf.py SOURCE TYPE TARGET
"""

import argparse
import logging
import os
import pathlib
import sys

import llama_cpp

FILE_TYPES = {
    "BF16": llama_cpp.LLAMA_FTYPE_MOSTLY_BF16,
    "Q8_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0,
    "Q4_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_0,
}
GGML_TYPE_Q8_0 = 8


def quantize(source: pathlib.Path, file_type: str, target: pathlib.Path) -> None:
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = FILE_TYPES[file_type]
    parameters.allow_requantize = True
    if file_type == "Q4_0":
        # llama.cpp would take Q6_K; the int4 precision of Tokenmark keeps embedding and head in int8.
        parameters.output_tensor_type = GGML_TYPE_Q8_0
        parameters.token_embedding_type = GGML_TYPE_Q8_0
    unfinished = target.with_suffix(".unfinished")
    status = llama_cpp.llama_model_quantize(
        os.fsencode(source), os.fsencode(unfinished), parameters
    )
    if status != 0:
        unfinished.unlink(missing_ok=True)
        sys.exit(f"error: llama.cpp cannot convert {source.name} to {file_type}")
    unfinished.rename(target)


if __name__ == "__main__":
    logging.getLogger("llama-cpp-python").setLevel(logging.ERROR)
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("source", type=pathlib.Path)
    arguments.add_argument("type", choices=FILE_TYPES)
    arguments.add_argument("target", type=pathlib.Path)
    options = arguments.parse_args()
    quantize(options.source, options.type, options.target)
