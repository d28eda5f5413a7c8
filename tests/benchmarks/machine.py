"""What every benchmark prints: the machine that it ran on, and what was measured beside what is promised."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SETS = {"avx2": "AVX2", "avx512f": "AVX-512", "avx512_bf16": "bf16", "amx_bf16": "AMX"}


@dataclass(frozen=True)
class Measured:
    """One line of the table."""

    what: str
    value: float
    goal: float | None = None
    """The most that it may be, or the least where `at_least`; None where nothing is promised."""
    at_least: bool = False
    unit: str = "s"

    @property
    def holds(self) -> bool:
        return self.goal is None or (self.value >= self.goal if self.at_least else self.value <= self.goal)


def describe() -> str:
    """Processor, cores, instruction sets, load, versions and date, in one line."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text().splitlines() if cpu.exists() else []
    said = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    flags = set(said.get("flags", "").split())
    sets = ", ".join(f"{'' if flag in flags else 'no '}{name}" for flag, name in SETS.items())
    libraries = ("torch", "transformers", "streamlit")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in libraries)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{said.get('model name', platform.processor())}, {cores} cores, {sets}; load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, {versions}; {time.strftime('%Y-%m-%d')}"
    )


def report(title: str, rows: Sequence[Measured]) -> int:
    """Print the table; 1 where a promise does not hold."""
    print(f"\n{title}\n{describe()}\n")
    width = max(len(row.what) for row in rows)
    print(f"{'what':{width}}  {'measured':>16}  {'goal':>12}  ratio")
    for row in rows:
        goal = "" if row.goal is None else f"{'>=' if row.at_least else '<='} {row.goal:g} {row.unit}"
        ratio = "" if not row.goal else f"{row.value / row.goal:5.2f}{'' if row.holds else '  missed'}"
        print(f"{row.what:{width}}  {f'{row.value:.4g} {row.unit}':>16}  {goal:>12}  {ratio}")
    return int(not all(row.holds for row in rows))
