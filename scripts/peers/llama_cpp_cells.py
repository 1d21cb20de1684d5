"""Measures llama.cpp on the cells of a grid, the way llama-bench does, and prints CSV:
the id of the cell, prefill tokens/s, decode tokens/s.

Usage: llama_cpp_cells.py MODEL --threads N --repetitions N --flash-attention on|off --ubatch N
           --grid BATCH:PAIR,PAIR... [--grid ...]
       llama_cpp_cells.py --version
"""

import argparse
import ctypes
import logging
import os
import pathlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import llama_cpp
import numpy as np
from cells import Cell, grid

LOGICAL_BATCH = 2048
GGML_TYPE_F16 = 1
FLASH_ATTENTION = {
    "on": llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED,
    "off": llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED,
}
CACHE_STEP = 256
GGML_MAX_THREADS = 512


class ThreadpoolParameters(ctypes.Structure):
    _fields_ = [
        ("cpumask", ctypes.c_bool * GGML_MAX_THREADS),
        ("n_threads", ctypes.c_int),
        ("prio", ctypes.c_int),
        ("poll", ctypes.c_uint32),
        ("strict_cpu", ctypes.c_bool),
        ("paused", ctypes.c_bool),
    ]


def unbound_function(name: str, arguments: list, result: type | None) -> Callable:
    """A function of llama.cpp or ggml that llama_cpp has no binding for."""
    function = getattr(llama_cpp.llama_cpp._lib, name)
    function.argtypes = arguments
    function.restype = result
    return function


threadpool_defaults = unbound_function(
    "ggml_threadpool_params_default", [ctypes.c_int], ThreadpoolParameters
)
threadpool_new = unbound_function(
    "ggml_threadpool_new", [ctypes.POINTER(ThreadpoolParameters)], ctypes.c_void_p
)
threadpool_attach = unbound_function(
    "llama_attach_threadpool", [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p], None
)
ggml_version = unbound_function("ggml_version", [], ctypes.c_char_p)


@dataclass(frozen=True)
class Settings:
    threads: int
    flash_attention: str
    physical_batch: int


class Tokens:
    """A llama_batch of the same run of positions in every sequence, filled before the clock runs."""

    def __init__(self, ids: np.ndarray, first_position: int):
        sequences, length = ids.shape
        self.batch = llama_cpp.llama_batch_init(ids.size, 0, 1)
        self.batch.n_tokens = ids.size
        for index, token in enumerate(ids.flat):
            sequence, offset = divmod(index, length)
            self.batch.token[index] = int(token)
            self.batch.pos[index] = first_position + offset
            self.batch.n_seq_id[index] = 1
            self.batch.seq_id[index][0] = sequence
            self.batch.logits[index] = offset == length - 1

    def free(self) -> None:
        llama_cpp.llama_batch_free(self.batch)


class Session:
    """A context for `batch` sequences of up to `length` tokens."""

    def __init__(self, model, threadpool, settings: Settings, batch: int, length: int):
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx = batch * -(-length // CACHE_STEP) * CACHE_STEP
        parameters.n_batch = LOGICAL_BATCH
        parameters.n_ubatch = settings.physical_batch
        parameters.n_seq_max = batch
        parameters.n_threads = parameters.n_threads_batch = settings.threads
        parameters.flash_attn_type = FLASH_ATTENTION[settings.flash_attention]
        parameters.type_k = parameters.type_v = GGML_TYPE_F16
        self.context = llama_cpp.llama_init_from_model(model, parameters)
        if not self.context:
            sys.exit("error: llama.cpp cannot make a context")
        # As llama-bench does: without OpenMP, ggml starts new threads at every step unless it is given a pool.
        threadpool_attach(self.context, threadpool, None)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))

    def free(self) -> None:
        llama_cpp.llama_free(self.context)

    def measure(self, cell: Cell, random: np.random.Generator) -> tuple[float, float]:
        """Seconds of the prefill, and of the steps after it."""
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), False)
        ids = random.integers(self.vocabulary, size=(cell.batch, cell.inputs + cell.outputs - 1))
        prompt = Tokens(ids[:, : cell.inputs], 0)
        steps = [
            Tokens(ids[:, position : position + 1], position)
            for position in range(cell.inputs, ids.shape[1])
        ]
        seconds = self.run([prompt]), self.run(steps)
        for tokens in [prompt, *steps]:
            tokens.free()
        return seconds

    def run(self, steps: list[Tokens]) -> float:
        start = time.perf_counter()
        for step in steps:
            status = llama_cpp.llama_decode(self.context, step.batch)
            if status != 0:
                sys.exit(f"error: llama_decode of {step.batch.n_tokens} tokens ends with status {status}")
            llama_cpp.llama_synchronize(self.context)
        return time.perf_counter() - start


def rates(session: Session, cell: Cell, repetitions: int) -> tuple[float, float | str]:
    """Prefill and decode tokens a second, as ratios of sums; decode is empty where there are no steps."""
    random = np.random.default_rng(0)
    samples = [session.measure(cell, random) for _ in range(repetitions)]
    prefill, decode = (sum(seconds) for seconds in zip(*samples))
    prompt_tokens = repetitions * cell.batch * cell.inputs
    step_tokens = repetitions * cell.batch * (cell.outputs - 1)
    return prompt_tokens / prefill, step_tokens / decode if step_tokens else ""


def version() -> str:
    return f"llama-cpp-python {llama_cpp.__version__} (ggml {ggml_version().decode()})"


def main() -> None:
    logging.getLogger("llama-cpp-python").setLevel(logging.ERROR)
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("--threads", type=int, required=True)
    arguments.add_argument("--repetitions", type=int, required=True)
    arguments.add_argument("--flash-attention", choices=FLASH_ATTENTION, required=True)
    arguments.add_argument("--ubatch", type=int, required=True)
    arguments.add_argument("--grid", type=grid, action="append", required=True)
    arguments.add_argument("--version", action="version", version=version())
    options = arguments.parse_args()

    llama_cpp.llama_backend_init()
    model = llama_cpp.llama_model_load_from_file(
        os.fsencode(options.model), llama_cpp.llama_model_default_params()
    )
    if not model:
        sys.exit(f"error: llama.cpp cannot load {options.model}")
    settings = Settings(options.threads, options.flash_attention, options.ubatch)
    threadpool = threadpool_new(threadpool_defaults(options.threads))
    for cells in options.grid:
        longest = max(cell.inputs + cell.outputs for cell in cells)
        session = Session(model, threadpool, settings, cells[0].batch, longest)
        # As Tokenmark does: one warm-up at the largest sizes.
        session.measure(max(cells, key=lambda cell: cell.inputs), np.random.default_rng())
        for cell in cells:
            print(cell.id, *rates(session, cell, options.repetitions), sep=",", flush=True)
        session.free()


if __name__ == "__main__":
    main()
