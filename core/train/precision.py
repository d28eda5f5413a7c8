"""What a processor can do in, what a run asks for out: fp32 or bf16."""

from __future__ import annotations

from core.model.limits import takes_bf16
from core.processor import is_faster_in_bf16


def computes_bf16() -> bool:
    """Whether this machine multiplies faster in bf16 than in fp32: a CUDA device that knows it, or its processor."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return is_faster_in_bf16()


def use_bf16(asked: str, parameters: int) -> bool:
    """Whether to train in bf16 on this machine."""
    return takes_bf16(asked, parameters, asked == "auto" and computes_bf16())
