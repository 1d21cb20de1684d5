"""The seeded random weights of Tokenmark, a second time: README.md beside this file defines them."""

import numpy as np

WORD_STRIDE = np.uint64(0x9E3779B97F4A7C15)
LANES_PER_WORD = 4


def fnv1a64(data: bytes) -> int:
    """The 64-bit FNV-1a hash."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value


def mix(z: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64, on an array of uint64 (arithmetic modulo 2^64)."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniform(seed: int, name: str, rows: int, columns: int) -> np.ndarray:
    """A (rows, columns) float32 array in [-1, 1]. Every row starts a new word of the generator."""
    key = mix(np.array([(seed + fnv1a64(name.encode())) % 2**64], dtype=np.uint64))
    stride = -(-columns // LANES_PER_WORD) * LANES_PER_WORD
    index = (
        np.arange(rows, dtype=np.uint64)[:, None] * np.uint64(stride)
        + np.arange(columns, dtype=np.uint64)[None, :]
    )
    word = mix(key + WORD_STRIDE * (index // np.uint64(LANES_PER_WORD) + np.uint64(1)))
    lane = (word >> (np.uint64(16) * (index % np.uint64(LANES_PER_WORD)))) & np.uint64(0xFFFF)
    return (lane.astype(np.float32) - np.float32(32767.5)) * np.float32(1 / 32767.5)


def linear(seed: int, name: str, outputs: int, inputs: int) -> np.ndarray:
    """A float32 weight (outputs, inputs) of variance 1/inputs: it keeps the size of what it multiplies."""
    return uniform(seed, name, outputs, inputs) * np.float32(np.sqrt(3 / inputs))


def embedding(seed: int, name: str, vocabulary: int, hidden: int) -> np.ndarray:
    """A float32 table (vocabulary, hidden) of variance 1."""
    return uniform(seed, name, vocabulary, hidden) * np.float32(np.sqrt(3))


def norm(seed: int, name: str, size: int) -> np.ndarray:
    """The float32 weight (size) of a normalisation: close to 1."""
    return np.float32(1) + np.float32(0.1) * uniform(seed, name, 1, size)[0]


def bias(seed: int, name: str, size: int) -> np.ndarray:
    """A float32 bias (size): close to 0."""
    return np.float32(0.1) * uniform(seed, name, 1, size)[0]
