"""Which of two paths a run's steps take, and how its process computes: what decides the last bits besides threads."""

from __future__ import annotations

import ctypes
import sys

import torch

from core.model.folded import fold_for_training, unfold, unfoldable

FAST = "fast"
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # mallopt's own numbers
_LARGEST = 2**30


def choose_path(asked: str, model: torch.nn.Module, bf16: bool = False) -> str:
    """Put `model` on the fast path where `asked` (train.fast) and the model allow it; which one it takes, and why."""
    why = "train.fast is off" if asked == "off" else unfoldable(model, trains=True)
    if why:
        unfold(model)  # where it was on the fast path before, as when bf16 is held against fp32
        return f"reference: {why}"
    fold_for_training(model, bf16)
    return FAST


def settle_arithmetic() -> None:
    """Make this process fit for training: 8 % and 5 % of a step.

    Numbers too small for a float's full precision count as zero, or each costs a processor a hundred cycles. And what
    one step frees stays with the process for the next, or the kernel hands it out anew, zeroed, page by page.
    """
    torch.set_flush_denormal(True)
    if sys.platform == "linux":
        allocator = ctypes.CDLL(None)
        if hasattr(allocator, "mallopt"):
            allocator.mallopt(_MMAP_THRESHOLD, _LARGEST)
            allocator.mallopt(_TRIM_THRESHOLD, _LARGEST)
