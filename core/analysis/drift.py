"""What a cut, a training, or one adapter moves of a sentence: attention, the layers' outputs, the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_PIECES = 48
"""More are cut off: a picture of more cannot be read."""


@dataclass(frozen=True)
class Trace:
    """What one pass of a sentence left behind."""

    attention: np.ndarray
    """(layers, heads, T, T): how much the piece of a row looks at that of a column; a row sums to 1."""
    outputs: np.ndarray
    """(layers, T, hidden)"""
    answer: dict[str, float]
    """Name -> probability, the likeliest first; empty where the model has no head for it."""


@dataclass(frozen=True)
class Drift:
    """One layer's output in the model after against the same layer's in the one before, mean over the pieces."""

    layer: int
    cosine: float
    norm: float
    """Length after, as a share of the length before."""


@dataclass(frozen=True)
class Surgery:
    """A sentence before and after a cut, or before and after training."""

    pieces: tuple[str, ...]
    cut_off: int
    """Pieces that the sentence has beyond `MOST_PIECES`."""
    before: Trace
    after: Trace
    errors: tuple[float, ...]
    """Relative error of each kept layer's query-key tensor; empty where nothing was decomposed."""

    @property
    def drift(self) -> list[Drift]:
        return [
            Drift(layer, float(cosines(new, old).mean()), float((lengths(new) / lengths(old)).mean()))
            for layer, (new, old) in enumerate(zip(self.after.outputs, self.before.outputs, strict=False))
        ]

    @property
    def moved(self) -> np.ndarray:
        """(kept layers, heads): the share of its attention that a head gives to other pieces than before."""
        kept = len(self.after.attention)
        return np.abs(self.after.attention - self.before.attention[:kept]).sum(axis=-1).mean(axis=-1) / 2


@dataclass(frozen=True)
class AdapterEffect:
    """How far one adapter moves what its layer gives for a sentence, mean over the pieces."""

    layer: int
    target: str
    share: float
    """Length of what it adds, as a share of the length of what it is added to."""
    cosine: float
    """Of the layer's output with it and without."""


def lengths(rows: np.ndarray) -> np.ndarray:
    """Of each row, in double precision."""
    return np.linalg.norm(rows.astype(np.float64), axis=-1)


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Between rows of the same place."""
    inner = (a.astype(np.float64) * b).sum(axis=-1)
    return inner / np.maximum(lengths(a) * lengths(b), 1e-12)
