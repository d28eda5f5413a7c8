"""What this processor multiplies 8-bit integers with, and what that asks of a quantised model."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

TELLING = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "amx_int8")
"""Flags of /proc/cpuinfo, weakest first, that decide how fast and how exact 8-bit products are."""
WIDE = ("avx_vnni", "avx512_vnni", "amx_int8")
"""With one of these, products of 8-bit numbers add up in 32 bits; without, pairs of them saturate at 16."""


def instructions(cpuinfo: Path = Path("/proc/cpuinfo")) -> tuple[str, ...]:
    """Which of `TELLING` this processor has; empty where that cannot be told (other systems, other processors)."""
    with suppress(OSError):
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("flags"):
                own = set(line.partition(":")[2].split())
                return tuple(flag for flag in TELLING if flag in own)
    return ()


def reduces_range(flags: tuple[str, ...]) -> bool:
    """Whether weights have to be quantised to 7 bits, lest products saturate and answers change."""
    return not any(flag in WIDE for flag in flags)
