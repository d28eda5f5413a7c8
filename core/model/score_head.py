"""Scores in, where a new head for them starts and how fast it moves out: from their mean, in units of their spread.

Squared error on scores as they come asks one rate, one clipping and one epsilon to serve 0 to 1 and 0 to 100 alike. A
head y = mean + spread (W h + b) would learn as for scores of mean 0 and spread 1. This is that head, kept in the file's
own units, spread W and mean + spread b, so that nothing that reads the model has to know: its bias starts at the mean
and its weights times the spread, its rate is as many times higher, the loss is taken in units of the squared spread,
and its gradients, of weights that are as many times larger, are multiplied by it. Pearson's r of 220 reviews' scores
after 3 epochs at 4e-3 (demo model, LoRA): 0.17 from 0 to 100 as they came, 0.56 standardised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from core.model.encoder_parts import final_linear, final_linears


@dataclass(frozen=True)
class ScoreScale:
    """Mean and standard deviation of the training rows' scores, in their own unit."""

    mean: float
    spread: float


def scale_of(labels: Sequence[int] | Sequence[float], regression: bool) -> ScoreScale | None:
    """The scale of some scores; a spread of 1 where all are equal. None for classes, which have none."""
    if not regression:
        return None
    values = np.asarray(labels, dtype=float)
    return ScoreScale(float(values.mean()), float(values.std()) or 1.0)


def start_head(model: torch.nn.Module, scale: ScoreScale) -> None:
    """Set a head that was just drawn; one that was trained before, whose bias is never exactly zero, stays."""
    head = final_linear(model)
    with torch.no_grad():
        if not head.bias.any():
            head.weight.mul_(scale.spread)
            head.bias.fill_(scale.mean)


def scale_gradients(head: Sequence[torch.nn.Parameter], spread: float) -> None:
    """Those of the head's own units to those of W and b above, in place: clipping and epsilon act on these."""
    if grads := [one.grad for one in head if one.grad is not None]:
        torch._foreach_mul_(grads, spread)


def head_parameters(model: torch.nn.Module) -> list[torch.nn.Parameter]:
    """Weight and bias of the head's last layer that are trained."""
    return [one for head in final_linears(model) for one in head.parameters() if one.requires_grad]
