"""A model and its first rows in; whether bf16 computes on them what fp32 does out: asked before a run trains in it.

Weights and optimizer stay in fp32 all the same. What bf16 loses are digits, eight bits are left: too few where a
model's numbers are large and what tells rows apart is small.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch

from core.model.encoder_parts import final_linears
from core.train.fast_path import choose_path
from core.train.losses import compute_loss
from core.train.precision import use_bf16
from core.train.setup import TrainingSetup

ROWS = 8
"""Rows of the first batch that are compared: both ways take memory and time of a part of a step."""
LOSS_LIMIT, GRADIENT_LIMIT = 0.05, 0.3
"""How far the loss (of the larger of it and 1) and the gradient (of its norm) may be off. The demo model is off by up
to 0.002 and 0.08 (four batches, LoRA and full), random weights at full size by 0.0004 and 0.02, with norms that vary by
half as well (torch 2.13, AVX-512 BF16); published weights were not at hand."""


@dataclass(frozen=True)
class Deviation:
    """How far bf16 is from fp32 on the same rows, without dropout."""

    fp32: float
    bf16: float
    """The losses."""
    gradient: float
    """Norm of the gradients' difference over the gradient's norm: the worse of the encoder's and the head's."""

    @property
    def small(self) -> bool:
        allowed = LOSS_LIMIT * max(1.0, abs(self.fp32))
        return abs(self.bf16 - self.fp32) <= allowed and self.gradient <= GRADIENT_LIMIT  # False for what is no number

    def sentence(self) -> str:
        """Why a run that should have trained in bf16 does not."""
        return (
            f"bf16 strays from fp32 on the first batch (loss {self.bf16:.4g} for {self.fp32:.4g}, gradients "
            f"{100 * self.gradient:.3g} % apart; {100 * GRADIENT_LIMIT:g} % are allowed): trained in fp32"
        )


def settle_bf16(
    setup: TrainingSetup, batches: Iterable[list[int]], collate: Callable[[list[Any]], dict[str, torch.Tensor]]
) -> tuple[bool, Deviation | None]:
    """(whether a run trains in bf16, how far that is off where it was tried).

    Asked of the starting model, on a resume as well, so that a run goes on as it began.
    """
    if not use_bf16(setup.config.train.precision, sum(p.numel() for p in setup.model.parameters())):
        return False, None
    model = setup.model.to("cuda" if torch.cuda.is_available() else "cpu")  # as the Trainer will
    first = collate([setup.train[row] for row in next(iter(batches))[:ROWS]])
    found = deviation(model, first, setup.config.train.fast, setup.task.is_regression)
    return not setup.group.on_any(not found.small), found


def deviation(model: torch.nn.Module, batch: dict[str, torch.Tensor], fast: str, regression: bool) -> Deviation:
    """Loss and gradient of `batch` in both, on the path that the run would take. Leaves no gradient behind."""
    head = {id(parameter) for layer in final_linears(model) for parameter in layer.parameters()}
    exact, loss = _gradients(model, batch, fast, regression, bf16=False)
    rough, rough_loss = _gradients(model, batch, fast, regression, bf16=True)
    squares = {part: [0.0, 0.0] for part in (True, False)}  # of the difference and of the gradient: head, encoder
    for parameter, one, two in zip(model.parameters(), exact, rough, strict=True):
        if one is not None and two is not None:
            sums = squares[id(parameter) in head]
            sums[0] += float((two - one).double().square().sum())
            sums[1] += float(one.double().square().sum())
    apart = [math.sqrt(gap / whole) for gap, whole in squares.values() if whole]
    return Deviation(loss, rough_loss, math.nan if any(map(math.isnan, apart)) else max(apart, default=0.0))


def _gradients(
    model: torch.nn.Module, batch: dict[str, torch.Tensor], fast: str, regression: bool, bf16: bool
) -> tuple[list[torch.Tensor | None], float]:
    device, was_training = next(model.parameters()).device, model.training
    choose_path(fast, model, bf16)
    model.eval()
    try:
        inputs = {name: tensor.to(device) for name, tensor in batch.items() if name not in ("labels", "row")}
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            logits = model(**inputs).logits
        loss, _parts = compute_loss("ce", logits, batch["labels"].to(device), regression=regression)
        loss.backward()
        return [parameter.grad for parameter in model.parameters()], float(loss.detach())
    finally:
        model.train(was_training)
        for parameter in model.parameters():
            parameter.grad = None
