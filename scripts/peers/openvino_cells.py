"""Measures OpenVINO GenAI on the cells of a grid and prints CSV: the id of the cell, prefill tokens/s, decode tokens/s.

Usage: openvino_cells.py MODEL --threads N --repetitions N --attention sdpa|pa --group N
           --grid BATCH:PAIR,PAIR... [--grid ...]
       openvino_cells.py --version
"""

import argparse
import os
import pathlib

import numpy as np
import openvino
import openvino_genai
from cells import Cell, grid
from openvino_genai import LLMPipeline

VOCABULARY = 151936
# Of the paged KV cache: more than any cell here takes.
CACHE_GIB = 4
# More than the tokens of any cell: a prompt is never cut.
BATCHED_TOKENS = 1 << 16


def pipeline(options: argparse.Namespace) -> LLMPipeline:
    properties = {
        "ATTENTION_BACKEND": options.attention.upper(),
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": options.threads,
        # Where the threads' cores are two of one, its latency hint would otherwise take one of them.
        "ENABLE_HYPER_THREADING": True,
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": options.group,
        # The default, which a file made from F16 would replace with f16.
        "KV_CACHE_PRECISION": "u8",
    }
    if options.attention == "pa":
        scheduler = openvino_genai.SchedulerConfig()
        scheduler.enable_prefix_caching = False
        scheduler.cache_size = CACHE_GIB
        scheduler.max_num_batched_tokens = BATCHED_TOKENS
        properties["scheduler_config"] = scheduler
    return LLMPipeline(os.fspath(options.model), "CPU", **properties)


def measure(pipe: LLMPipeline, cell: Cell, random: np.random.Generator) -> tuple[float, float]:
    """Seconds of the prefill, and of the steps after it: its own durations of inference, sampling not in them."""
    ids = random.integers(VOCABULARY, size=(cell.batch, cell.inputs))
    inputs = openvino_genai.TokenizedInputs(openvino.Tensor(ids), openvino.Tensor(np.ones_like(ids)))
    configuration = openvino_genai.GenerationConfig(
        max_new_tokens=cell.outputs, ignore_eos=True, do_sample=False
    )
    results = pipe.generate(inputs, configuration)
    steps = results.perf_metrics.raw_metrics.token_infer_durations
    assert len(steps) == cell.outputs and all(len(tokens) == cell.outputs for tokens in results.tokens)
    return steps[0] / 1e6, sum(steps[1:]) / 1e6


def rates(pipe: LLMPipeline, cell: Cell, repetitions: int) -> tuple[float, float]:
    """Prefill and decode tokens a second, as ratios of sums."""
    random = np.random.default_rng()
    measure(pipe, cell, random)  # the warm-up
    samples = [measure(pipe, cell, random) for _ in range(repetitions)]
    prefill, decode = (sum(seconds) for seconds in zip(*samples))
    tokens = repetitions * cell.batch
    return tokens * cell.inputs / prefill, tokens * (cell.outputs - 1) / decode


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("--threads", type=int, required=True)
    arguments.add_argument("--repetitions", type=int, required=True)
    arguments.add_argument("--attention", choices=["sdpa", "pa"], required=True)
    arguments.add_argument("--group", type=int, required=True)
    arguments.add_argument("--grid", type=grid, action="append", required=True)
    arguments.add_argument(
        "--version", action="version", version=f"OpenVINO GenAI {openvino_genai.__version__}"
    )
    options = arguments.parse_args()
    pipe = pipeline(options)
    for cell in [cell for cells in options.grid for cell in cells]:
        print(cell.id, *rates(pipe, cell, options.repetitions), sep=",", flush=True)


if __name__ == "__main__":
    main()
