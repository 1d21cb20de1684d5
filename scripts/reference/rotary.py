"""What becomes of the rotary angles of models whose positions are scaled.

Linear: Chen et al. 2023. NTK by parts and YaRN: Peng et al. 2023. Llama 3's: Meta's reference code of Llama 3.1.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rotary:
    """Angles per position for each pair of a head, and what cosines and sines are multiplied by."""

    angles: np.ndarray
    magnitude: float = 1.0


@dataclass(frozen=True)
class YaRN:
    factor: float
    original: int
    beta_fast: float = 32.0
    beta_slow: float = 1.0
    truncate: bool = True


def plain(base: float, dimension: int) -> np.ndarray:
    return base ** (-2 * np.arange(dimension // 2) / dimension)


def llama3(angles: np.ndarray, factor: float, low: float, high: float, original: int) -> np.ndarray:
    wavelength = 2 * np.pi / angles
    smooth = np.clip((original / wavelength - low) / (high - low), 0, 1)
    return angles * (smooth + (1 - smooth) / factor)


def yarn(angles: np.ndarray, base: float, y: YaRN) -> np.ndarray:
    dimension = 2 * len(angles)

    def pair_that_turns(times: float) -> float:
        return dimension * np.log(y.original / (times * 2 * np.pi)) / (2 * np.log(base))

    first, last = pair_that_turns(y.beta_fast), pair_that_turns(y.beta_slow)
    if y.truncate:
        first, last = np.floor(first), np.ceil(last)
    first, last = max(first, 0), min(last, dimension - 1)
    if first == last:
        last += 0.001
    stretched = np.clip((np.arange(len(angles)) - first) / (last - first), 0, 1)
    return angles * (1 - stretched) + angles / y.factor * stretched


def yarn_magnitude(factor: float, scale: float = 1.0) -> float:
    return 1.0 if factor <= 1 else 0.1 * scale * np.log(factor) + 1
