#!/usr/bin/env python3
"""Writes the fixtures of the Qwen tests: tiny models, and the logits that they must give. Needs NumPy only."""

import dataclasses
import json
import pathlib

import numpy as np

import random_weights
import reference_model

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/QwenTests/Fixtures/reference"
LARGEST_FILE = 150_000

# A choice between two tokens must not hang on rounding: the first must lead the second by this much at least.
SMALLEST_LEAD = 1e-3


@dataclasses.dataclass(frozen=True)
class Model:
    """A tiny model and what to ask it: (prompt length, tokens to generate), one prompt each."""

    name: str
    seed: int
    questions: list[tuple[int, int]]
    configuration: reference_model.Configuration


MODELS = [
    Model(
        name="qwen2-gqa",
        seed=1,
        questions=[(11, 5)] * 4 + [(1, 6), (33, 3)],
        configuration=reference_model.Configuration(
            architecture="qwen2", hiddenSize=64, layerCount=3, headCount=4, kvHeadCount=2, headDimension=16,
            intermediateSize=176, vocabularySize=128, maximumPositions=64, rmsNormEpsilon=1e-6,
            ropeTheta=1_000_000, tiesEmbeddings=False,
        ),
    ),
    # Nothing here is a multiple of a vector register.
    Model(
        name="qwen2-tied-odd",
        seed=2,
        questions=[(7, 5)] * 4 + [(2, 4), (37, 3)],
        configuration=reference_model.Configuration(
            architecture="qwen2", hiddenSize=40, layerCount=2, headCount=5, kvHeadCount=1, headDimension=8,
            intermediateSize=52, vocabularySize=101, maximumPositions=64, rmsNormEpsilon=1e-6,
            ropeTheta=10_000, tiesEmbeddings=True,
        ),
    ),
    # The width of the MLP is no multiple of four: its rows end inside a word of the generator. The epsilon is
    # so large that a core which takes another one fails.
    Model(
        name="llama-gqa",
        seed=3,
        questions=[(9, 5)] * 4 + [(3, 4), (29, 3)],
        configuration=reference_model.Configuration(
            architecture="llama", hiddenSize=60, layerCount=3, headCount=6, kvHeadCount=3, headDimension=10,
            intermediateSize=70, vocabularySize=113, maximumPositions=64, rmsNormEpsilon=1e-3,
            ropeTheta=100_000, tiesEmbeddings=False,
        ),
    ),
    # Every product has a bias, and the slow pairs of a head turn eight times as slowly.
    Model(
        name="llama-biased",
        seed=5,
        questions=[(9, 4)] * 4 + [(2, 3), (41, 3)],
        configuration=reference_model.Configuration(
            architecture="llama", hiddenSize=48, layerCount=2, headCount=3, kvHeadCount=1, headDimension=16,
            intermediateSize=72, vocabularySize=103, maximumPositions=64, rmsNormEpsilon=1e-5,
            ropeTheta=10_000, tiesEmbeddings=False,
            biases=("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"),
            rotaryScaling={"kind": "llama3", "factor": 8.0, "low": 1.0, "high": 4.0, "original": 64},
        ),
    ),
    Model(
        name="qwen2-yarn",
        seed=6,
        questions=[(9, 4)] * 4 + [(2, 3), (41, 3)],
        configuration=reference_model.Configuration(
            architecture="qwen2", hiddenSize=48, layerCount=2, headCount=3, kvHeadCount=3, headDimension=16,
            intermediateSize=72, vocabularySize=103, maximumPositions=64, rmsNormEpsilon=1e-6,
            ropeTheta=10_000, tiesEmbeddings=True,
            rotaryScaling={"kind": "yarn", "factor": 4.0, "original": 32},
        ),
    ),
    # Seven heads share one of the keys, as in Qwen2.5's smallest.
    Model(
        name="qwen2.5-tied",
        seed=7,
        questions=[(9, 4)] * 4 + [(2, 3), (37, 3)],
        configuration=reference_model.Configuration(
            architecture="qwen2", hiddenSize=112, layerCount=2, headCount=14, kvHeadCount=2, headDimension=8,
            intermediateSize=152, vocabularySize=109, maximumPositions=64, rmsNormEpsilon=1e-6,
            ropeTheta=1_000_000, tiesEmbeddings=True,
        ),
    ),
    # Heads are wider together than the model, and no multiple of a vector register. The epsilon is so large that
    # norms of heads with another one fail.
    Model(
        name="qwen3-tied",
        seed=8,
        questions=[(9, 4)] * 4 + [(2, 3), (37, 3)],
        configuration=reference_model.Configuration(
            architecture="qwen3", hiddenSize=48, layerCount=3, headCount=4, kvHeadCount=2, headDimension=20,
            intermediateSize=72, vocabularySize=107, maximumPositions=64, rmsNormEpsilon=1e-3,
            ropeTheta=1_000_000, tiesEmbeddings=True,
        ),
    ),
    Model(
        name="qwen3-yarn",
        seed=9,
        questions=[(9, 4)] * 4 + [(2, 3), (41, 3)],
        configuration=reference_model.Configuration(
            architecture="qwen3", hiddenSize=64, layerCount=2, headCount=4, kvHeadCount=1, headDimension=16,
            intermediateSize=96, vocabularySize=101, maximumPositions=64, rmsNormEpsilon=1e-6,
            ropeTheta=10_000, tiesEmbeddings=False,
            rotaryScaling={"kind": "yarn", "factor": 4.0, "original": 32},
        ),
    ),
    # Prompts within the trained length, at its edges, across it while decoding, and beyond it (alpha 3 and 7).
    Model(
        name="qwen-v1-long",
        seed=4,
        questions=[(21, 4)] * 4 + [(12, 4), (14, 9), (16, 4), (17, 2), (32, 3), (40, 4)],
        configuration=reference_model.Configuration(
            architecture="qwen", hiddenSize=48, layerCount=2, headCount=3, kvHeadCount=3, headDimension=16,
            intermediateSize=72, vocabularySize=97, maximumPositions=64, rmsNormEpsilon=1e-6,
            ropeTheta=10_000, tiesEmbeddings=False, trainedLength=16, usesDynamicNTK=True,
            usesLogNAttention=True,
        ),
    ),
]


def nine_digits(values: np.ndarray) -> list[float]:
    return [float(f"{value:.9g}") for value in values]


def require_clear_choices(model: Model, logits: np.ndarray) -> None:
    for row in logits:
        second, first = np.sort(row)[-2:]
        if first - second < SMALLEST_LEAD:
            raise SystemExit(f"{model.name}: two tokens lie {first - second:.2g} apart; choose another seed")


def model_fixture(model: Model) -> dict:
    configuration = dataclasses.asdict(model.configuration)
    weights = reference_model.make_weights(model.configuration, model.seed)
    choose = np.random.Generator(np.random.PCG64(model.seed))
    prompts = []
    answers = []
    for length, count in model.questions:
        prompt = choose.integers(model.configuration.vocabularySize, size=length).tolist()
        tokens, logits = reference_model.generate(model.configuration, weights, prompt, count)
        require_clear_choices(model, logits)
        prompts.append(prompt)
        answers.append({"tokens": tokens, "logits": [nine_digits(row) for row in logits]})
    return {
        "name": model.name,
        "configuration": {key: value for key, value in configuration.items() if value is not None},
        "seed": model.seed,
        "prompts": prompts,
        "answers": answers,
    }


def random_weights_fixture() -> dict:
    """Single values of single tensors: (name, kind, rows, columns, seed, row, column)."""
    spots = [
        ("token_embd", "embedding", 101, 40, 0, 0, 0),
        ("token_embd", "embedding", 101, 40, 2, 100, 39),
        ("output", "linear", 128, 64, 1, 127, 63),
        ("blk.0.attn_q", "linear", 64, 64, 1, 0, 0),
        ("blk.0.attn_q", "linear", 64, 64, 1, 0, 1),
        ("blk.0.attn_q", "linear", 64, 64, 1, 0, 2),
        ("blk.0.attn_q", "linear", 64, 64, 1, 0, 3),
        ("blk.0.attn_q", "linear", 64, 64, 1, 0, 4),
        ("blk.2.ffn_down", "linear", 60, 70, 3, 1, 0),  # the row before ended inside a word
        ("blk.2.ffn_down", "linear", 60, 70, 3, 59, 69),
        ("blk.23.ffn_up", "linear", 2816, 1024, 0xFFFF_FFFF, 2815, 1023),
        ("output_norm", "norm", 1, 7, 1, 0, 6),
        ("blk.1.ffn_norm", "norm", 1, 40, 2, 0, 17),
        ("blk.0.attn_q_norm", "norm", 1, 20, 8, 0, 19),
        ("blk.0.attn_k.bias", "bias", 1, 32, 1, 0, 31),
        ("blk.1.attn_v.bias", "bias", 1, 8, 2, 0, 5),
    ]
    values = []
    for name, kind, rows, columns, seed, row, column in spots:
        size = (columns,) if kind in ("norm", "bias") else (rows, columns)
        tensor = getattr(random_weights, kind)(seed, name, *size).reshape(rows, columns)
        values.append(
            {
                "tensor": name, "kind": kind, "rows": rows, "columns": columns, "seed": seed,
                "row": row, "column": column, "value": float(tensor[row, column]),
            }
        )
    return {"values": values}


def one_entry_per_line(value, indentation: str = "") -> str:
    """JSON with a line for each list of numbers and each flat object, so that a change shows as a change."""
    inner = indentation + "  "
    items = value.values() if isinstance(value, dict) else value
    if not any(isinstance(item, (dict, list)) for item in items):
        return json.dumps(value)
    if isinstance(value, dict):
        lines = [
            f"{inner}{json.dumps(key)}: "
            + (one_entry_per_line(item, inner) if isinstance(item, (dict, list)) else json.dumps(item))
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(lines) + f"\n{indentation}}}"
    return "[\n" + ",\n".join(inner + one_entry_per_line(item, inner) for item in value) + f"\n{indentation}]"


def write(name: str, fixture: dict) -> None:
    text = one_entry_per_line(fixture) + "\n"
    if len(text) > LARGEST_FILE:
        raise SystemExit(f"{name}.json would take {len(text)} bytes; the limit is {LARGEST_FILE}")
    (FOLDER / f"{name}.json").write_text(text)
    print(f"{name}.json: {len(text)} bytes")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for model in MODELS:
        write(model.name, model_fixture(model))
    write("random-weights", random_weights_fixture())
