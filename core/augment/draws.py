"""Random numbers that hang on seed, epoch and row alone, at a tenth of what seeding Python's own generator costs."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

_WHOLE = 2**64 - 1
_GOLDEN = 0x9E3779B97F4A7C15
_MULTIPLIER, _INCREMENT = 6364136223846793005, 1442695040888963407  # Knuth's MMIX
ROWS, METHOD, EDITS, OFFSET = 1, 2, 3, 4
"""What is drawn: which rows an epoch changes, each one's method, the edits, where dealing begins. Each is a stream of
its own."""


def hashed(stream: int, seed: int, epoch: int, rows: Sequence[int] | np.ndarray) -> np.ndarray:
    """(rows,) uint64, one number for each row: SplitMix64's finaliser (Steele, Lea, Flood 2014) over all four."""
    start = 0
    for part in (stream, seed, epoch):
        start = _mixed((start + part + 1) * _GOLDEN & _WHOLE)
    return _mixed((np.asarray(rows, dtype=np.uint64) + 1) * _GOLDEN + start)


def uniform(stream: int, seed: int, epoch: int, rows: Sequence[int] | np.ndarray) -> np.ndarray:
    """(rows,) float64 in (0, 1): never 0, so that its logarithm is a number."""
    return ((hashed(stream, seed, epoch, rows) >> 11).astype(np.float64) + 0.5) * 2.0**-53


def _mixed(z: Any) -> Any:
    """Of an integer below 2**64, or of an array of them as uint64."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _WHOLE
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _WHOLE
    return z ^ (z >> 31)


class RowRandom(Random):
    """`random.Random` over a 64-bit linear congruential generator: setting `state` begins a row's numbers.

    Its upper bits are good for the handful of draws that a row needs, and they are all that is handed out.
    """

    state: int

    def seed(self, a: object = 0, version: int = 2) -> None:
        self.state = int(a) & _WHOLE if isinstance(a, int) else 0
        self.gauss_next = None

    def getrandbits(self, k: int, /) -> int:
        self.state = state = (self.state * _MULTIPLIER + _INCREMENT) & _WHOLE
        if k <= 32:
            return state >> (64 - k)
        return ((state >> 32) << (k - 32)) | self.getrandbits(k - 32)

    def random(self) -> float:
        return self.getrandbits(53) * 2.0**-53

    def getstate(self) -> tuple[int]:
        return (self.state,)

    def setstate(self, state: tuple[int]) -> None:  # type: ignore[override]
        (self.state,) = state
