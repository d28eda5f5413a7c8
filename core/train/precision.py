"""What a processor can do in, what a run asks for out: fp32 or bf16."""

from __future__ import annotations

from core.model.limits import BF16_FROM
from core.processor import is_faster_in_bf16


def computes_bf16() -> bool:
    """Whether this machine multiplies faster in bf16 than in fp32: a CUDA device that knows it, or its processor."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return is_faster_in_bf16()


def use_bf16(asked: str, parameters: int) -> bool:
    """Whether to train in bf16: `asked` is `fp32`, `bf16` or `auto` (bf16 where it is faster and worth it)."""
    if asked == "auto":
        return parameters >= BF16_FROM and computes_bf16()
    return asked == "bf16"
