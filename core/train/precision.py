"""What a processor can do in, what a run asks for out: fp32 or bf16."""

from __future__ import annotations


def computes_bf16() -> bool:
    """Whether this machine multiplies bf16 natively: a CUDA device that does, or AVX-512 BF16 or AMX."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    cpu = torch.cpu
    checks = (getattr(cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(check() for check in checks if check is not None)


# Below this size a step is all overhead: bf16 gains nothing and only loses digits.
WORTH_IT = 5_000_000


def use_bf16(asked: str, parameters: int) -> bool:
    """Whether to train in bf16: `asked` is `fp32`, `bf16` or `auto` (bf16 where native and worth it)."""
    if asked == "auto":
        return parameters >= WORTH_IT and computes_bf16()
    return asked == "bf16"
