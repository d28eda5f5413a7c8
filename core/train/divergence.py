"""A training that went wrong in, one sentence out: where, on which rows, the likely cause and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import torch

EXPLODED = 1e6
"""A loss this high is not learning any more; soon it is not a number either."""
_NAMED = 8


class DivergedError(ValueError):
    """Loss, gradient or outputs are not numbers, or out of all bounds; the message is for people."""


def diverged(
    what: str, where: str, rows: Sequence[int], model: torch.nn.Module, updates: int, lr: float, bf16: bool
) -> DivergedError:
    """The error to raise. `rows` are row numbers of the batch, `updates` the optimizer steps done before it.

    The cause is read off the weights: damaged before any update, made infinite by the last one, or still finite.
    """
    broken = next((name for name, p in model.named_parameters() if not torch.isfinite(p).all()), None)
    remedy = "a lower learning rate (train.lr)"
    if updates == 0 and broken:
        cause, remedy = f"the starting weights are damaged ({broken})", "another model, or its files anew"
    elif updates == 0:
        cause, remedy = "the starting model itself overflows on these rows", "another model"
    elif broken:
        cause = f"the last update at learning rate {lr:g} drove weights out of all bounds ({broken})"
    else:
        cause = f"the updates at learning rate {lr:g} are too large"
    if bf16 and not (updates == 0 and broken):
        remedy += " or fp32 (train.precision=fp32)"
    named = ", ".join(map(str, rows[:_NAMED])) + (f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else "")
    return DivergedError(f"{what} {where} ({named}); likely cause: {cause}; try {remedy}")
