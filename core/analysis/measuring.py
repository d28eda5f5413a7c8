"""What is measured of several runs' rows, one after another: here where that is quick, else in a process of its own.

Of 10,000 rows one step takes a core for a second or two. In threads of the server that would hold up every page:
they would wait for Python's lock, and for a core. The process is `python -m core.analysis.measuring SPACE MEASURE`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from core.analysis import measures
from core.analysis.aside import Arrays, Aside, AsideError, Message, Words, answer
from core.analysis.intervals import Interval
from core.analysis.kept_rows import KeptRows
from core.analysis.measures import Measured, Measures, QuickMeasures
from core.analysis.separation import MOST_RESAMPLED
from core.runs.folder.files import RunError
from core.runs.processes import give_way

QUICK = 5e7
"""Pairs of rows that are measured here: they take half a second, as long as a process takes to begin."""
PASSES = 25
"""Over the pairs of the rows that they are drawn from: what half samples take."""


def is_long(rows: int, places: int, whole: bool = False) -> bool:
    """Whether so many places of so many rows are left to another process; `whole` means with intervals."""
    return places * (rows**2 + whole * PASSES * min(rows, MOST_RESAMPLED) ** 2) > QUICK


def measure_all(kept: Sequence[KeptRows], space: str) -> list[Measured]:
    """Each one's figures with their intervals. Raises RunError."""
    if not is_long(max(len(one.labels) for one in kept), len(kept), whole=True):
        return measures.measure_all(kept, space)
    with Measuring(space, "measure") as aside:
        return [aside.measure(one) for one in kept]


class Measuring(Aside):
    """The other process: `with Measuring("pooled", "plain") as aside: aside.plain(kept)`. Each raises RunError."""

    def __init__(self, space: str, measure: str) -> None:
        super().__init__("core.analysis.measuring", space, measure)

    def plain(self, kept: KeptRows) -> QuickMeasures:
        arrays, words = self._ask(kept)
        return QuickMeasures(words["figures"], arrays["near"])

    def measure(self, kept: KeptRows) -> Measured:
        arrays, words = self._ask(kept)
        told = words["measures"]
        by_class = {int(number): _intervals(found) for number, found in told["by_class"].items()}
        counts = {int(number): count for number, count in told["counts"].items()}
        return Measured(
            Measures(_intervals(told["figures"]), by_class, counts, told["why"]),
            _named(arrays, "half."), _named(arrays, "class."),
            words["classes"], arrays["right"], words["rows"], words["used"], _named(arrays, "part."),
        )  # fmt: skip

    def _ask(self, kept: KeptRows) -> Message:
        arrays = {name: getattr(kept, name) for name in ("pooled", "logits", "labels", "rows")}
        try:
            return self.ask(arrays, {"run_id": kept.run_id, "step": kept.step})
        except AsideError as error:
            raise RunError(f"run {kept.run_id}, step {kept.step} could not be measured: {error}") from None


def _intervals(found: Mapping[str, Mapping[str, Any]]) -> dict[str, Interval]:
    return {name: Interval(**one) for name, one in found.items()}


def _named(arrays: Mapping[str, np.ndarray], start: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}


def _measured(arrays: Arrays, words: Words, space: str, measure: str) -> Message:
    kept = KeptRows(words["run_id"], words["step"], **arrays)
    if measure == "plain":
        plain = measures.plain(kept, space)
        return {"near": plain.near}, {"figures": plain.figures}
    one = measures.measure(kept, space)
    halves = {f"half.{name}": array for name, array in one.halves.items()}
    by_class = {f"class.{name}": array for name, array in one.class_halves.items()}
    parts = {f"part.{name}": array for name, array in one.parts.items()}
    said = {"measures": asdict(one.measures), "classes": list(one.classes), "rows": one.rows, "used": one.used}
    return {"right": one.right, **halves, **by_class, **parts}, said


if __name__ == "__main__":
    give_way()
    answer(partial(_measured, space=sys.argv[1], measure=sys.argv[2]))
