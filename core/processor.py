"""What this processor says of itself in /proc/cpuinfo: how fast, and how exact, bf16 and 8-bit integers are on it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
TELLING = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "amx_int8")
"""Flags, weakest first, that decide how fast and how exact 8-bit products are."""
WIDE = ("avx_vnni", "avx512_vnni", "amx_int8")
"""With one of these, products of 8-bit numbers add up in 32 bits; without, pairs of them saturate at 16."""


def instructions(cpuinfo: Path = CPUINFO) -> tuple[str, ...]:
    """Which of `TELLING` this processor has; empty where that cannot be told (other systems, other processors)."""
    own = _said("flags", cpuinfo)
    return tuple(flag for flag in TELLING if flag in own)


def reduces_range(flags: tuple[str, ...]) -> bool:
    """Whether weights have to be quantised to 7 bits, lest products saturate and answers change."""
    return not any(flag in WIDE for flag in flags)


def is_faster_in_bf16(cpuinfo: Path = CPUINFO) -> bool:
    """Whether products are faster in bf16 than in fp32: with AMX, or with AMD's AVX-512 BF16.

    Measured at MobileBERT's shapes on one thread, GFLOP/s in bf16 and in fp32 (torch 2.13): an EPYC of the Zen 4 kind
    155 to 200 and 75 to 100; a Xeon with AVX-512 BF16 and without AMX 89 to 100 and 172 to 187.
    """
    flags = _said("flags", cpuinfo)
    return "amx_bf16" in flags or ("avx512_bf16" in flags and "AuthenticAMD" in _said("vendor_id", cpuinfo))


def _said(name: str, cpuinfo: Path) -> set[str]:
    """The words after `name`, of the first processor."""
    with suppress(OSError):
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.partition(":")[0].strip() == name:
                return set(line.partition(":")[2].split())
    return set()
