"""Losses and gradients' norms of the steps in; the first anomaly out: no number, or one out of all bounds.

On a processor each step is looked at before its update. A GPU is some steps behind whoever asks it, and every look
makes the one wait for the other: there the figures stay where they are, and several steps are looked at together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from core.train.divergence import EXPLODED

STEPS_OF_GPU = 10
"""Steps between two looks at a GPU's figures, and between two lines of its curve."""


def look_every() -> int:
    """Steps between two looks, on this machine."""
    return STEPS_OF_GPU if torch.cuda.is_available() else 1


@dataclass(frozen=True)
class Anomaly:
    """A figure that is no number, or out of all bounds."""

    what: str
    step: int
    """From 1."""
    rows: list[int]
    """Numbers of the batch's rows."""


class AnomalyDetector:
    """Of one training."""

    def __init__(self, every: int, unit: float = 1.0) -> None:
        """`unit`: what a loss is measured in, such as the square of the scores' spread; 1 of a cross-entropy."""
        self._every, self._most = every, EXPLODED * max(1.0, unit)
        self._unseen: list[tuple[bool, int, list[int], torch.Tensor]] = []  # is a loss, step, rows, figure
        self.loss = math.nan
        """The last one that was looked at."""

    def due(self, step: int, last: int) -> bool:
        return step % self._every == 0 or step >= last

    def add(self, figure: torch.Tensor, is_loss: bool, step: int, rows: list[int]) -> None:
        """A loss, or the norm of a gradient, of `step` (from 1) on these rows."""
        self._unseen.append((is_loss, step, rows, figure.detach()))

    def look(self) -> Anomaly | None:
        """At all that came since the last look."""
        unseen, self._unseen = self._unseen, []
        figures = torch.stack([figure.float() for *_, figure in unseen]).tolist() if unseen else []
        for (is_loss, step, rows, _), figure in zip(unseen, figures, strict=True):
            if is_loss:
                self.loss = figure
            if is_loss and not math.isfinite(figure):
                return Anomaly("the loss is not a number", step, rows)
            if is_loss and abs(figure) > self._most:
                return Anomaly(f"the loss is {figure:g}", step, rows)
            if not math.isfinite(figure):
                return Anomaly(f"the gradient is not a number (loss {self.loss:.3g})", step, rows)
        return None
