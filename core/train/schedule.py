"""A step number in, the factor on the learning rate out."""

from __future__ import annotations

from collections.abc import Callable

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from core.fields import one_of


def third_schedule(step: int, total: int) -> float:
    """Constant for the first third of the steps, then linear to a third at the last (LightMobileBert, 2023).

    The n-th of T steps (n = step + 1) runs at min(1, 4/3 - n/T): the line through 1 at n = T/3 and 1/3 at n = T.
    A run of one step is its own last step, at a third. Past the end the factor stays at a third.

    Args:
        step: steps already taken, 0 for the first.
        total: steps of the whole run, 1 or more.
    """
    _check(total)
    n = min(max(step, 0) + 1, total)
    return min(1.0, (4 * total - 3 * n) / (3 * total))


def linear_schedule(step: int, total: int) -> float:
    """From 1 at the first step straight towards 0 after the last."""
    _check(total)
    return max(0.0, 1 - max(step, 0) / total)


def constant_schedule(step: int, total: int) -> float:
    """1 at every step."""
    _check(total)
    return 1.0


SCHEDULES: dict[str, Callable[[int, int], float]] = {
    "third": third_schedule,
    "linear": linear_schedule,
    "constant": constant_schedule,
}


def build_scheduler(name: str, optimizer: Optimizer, total_steps: int) -> LambdaLR:
    """A torch scheduler; call `.step()` once after each optimizer step. Unknown names raise ValueError."""
    one_of("train.schedule", name, SCHEDULES)
    _check(total_steps)
    factor = SCHEDULES[name]
    return LambdaLR(optimizer, lambda step: factor(step, total_steps))


def _check(total: int) -> None:
    if total < 1:
        raise ValueError(f"a schedule over {total} steps; there must be at least one")
