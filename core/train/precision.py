"""What a processor can do in, what a run asks for out: fp32 or bf16."""

from __future__ import annotations

from core.model.limits import BF16_FROM


def computes_bf16() -> bool:
    """Whether this machine multiplies faster in bf16 than in fp32: a CUDA device that knows it, or AMX.

    AVX-512 BF16 alone does not count: on a Xeon with it and without AMX, products of MobileBERT's shapes ran at 89 to
    100 GFLOP/s in bf16 and at 172 to 187 in fp32 (one thread, torch 2.13).
    """
    import torch

    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    has_amx = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return bool(has_amx and has_amx())


def use_bf16(asked: str, parameters: int) -> bool:
    """Whether to train in bf16: `asked` is `fp32`, `bf16` or `auto` (bf16 where it is faster and worth it)."""
    if asked == "auto":
        return parameters >= BF16_FROM and computes_bf16()
    return asked == "bf16"
