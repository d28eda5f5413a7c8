"""What is measured of several runs' rows, one after another: here where that is quick, else in a process of its own.

Of 10,000 rows one step takes a core for a second or two. In threads of the server that would hold up every page:
they would wait for Python's lock, and for a core. The process is `python -m core.analysis.measuring SPACE MEASURE`; it
reads what was kept, writes what it measured, message by message, and ends with its input.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np

from core.analysis import measures
from core.analysis.intervals import Interval
from core.analysis.kept_rows import KeptRows
from core.analysis.measures import Measured, Measures, QuickMeasures
from core.analysis.separation import MOST_RESAMPLED
from core.runs.folder.files import RunError
from core.runs.processes import helper_environment

QUICK = 5e7
"""Pairs of rows that are measured here: they take half a second, as long as a process takes to begin."""
PASSES = 25
"""Over the pairs of the rows that they are drawn from: what half samples take."""
_ROOT = Path(__file__).resolve().parents[2]
_LENGTH = 8  # bytes before a message that say how long it is


def is_long(rows: int, places: int, whole: bool = False) -> bool:
    """Whether so many places of so many rows are left to another process; `whole` means with intervals."""
    return places * (rows**2 + whole * PASSES * min(rows, MOST_RESAMPLED) ** 2) > QUICK


def measure_all(kept: Sequence[KeptRows], space: str) -> list[Measured]:
    """Each one's figures with their intervals. Raises RunError."""
    if not is_long(max(len(one.labels) for one in kept), len(kept), whole=True):
        return measures.measure_all(kept, space)
    with Aside(space, "measure") as aside:
        return [aside.measure(one) for one in kept]


class Aside:
    """The other process, for as long as it is needed: `with Aside("pooled", "plain") as aside: aside.plain(kept)`."""

    def __init__(self, space: str, measure: str) -> None:
        self._words = [sys.executable, "-m", "core.analysis.measuring", space, measure]

    def __enter__(self) -> Aside:
        self._said = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self._words, cwd=_ROOT, env=helper_environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said,
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._said.close()

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
            words["classes"], arrays["right"], words["rows"], words["used"],
        )  # fmt: skip

    def _ask(self, kept: KeptRows) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        arrays = {name: getattr(kept, name) for name in ("pooled", "logits", "labels", "rows")}
        try:
            send(self._process.stdin, arrays, {"run_id": kept.run_id, "step": kept.step})
            answer = receive(self._process.stdout)
        except OSError:  # it has ended
            answer = None
        if answer is None:
            self._said.seek(0)
            last = self._said.read().decode(errors="replace").strip().splitlines()[-1:] or ["its process was ended"]
            raise RunError(f"run {kept.run_id}, step {kept.step} could not be measured: {last[0][:200]}")
        return answer


def send(stream: IO[bytes], arrays: Mapping[str, np.ndarray], words: Mapping[str, Any]) -> None:
    """One message: arrays, and what JSON holds."""
    from safetensors.numpy import save

    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    data = save(whole, metadata={"words": json.dumps(words)})
    stream.write(len(data).to_bytes(_LENGTH, "little") + data)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
    """The next message; None where there is none, or only a part of one."""
    from safetensors.numpy import load

    length = int.from_bytes(stream.read(_LENGTH), "little")
    data = stream.read(length)
    if not length or len(data) < length:
        return None
    head = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return load(data), json.loads(head["__metadata__"]["words"])


def _intervals(found: Mapping[str, Mapping[str, Any]]) -> dict[str, Interval]:
    return {name: Interval(**one) for name, one in found.items()}


def _named(arrays: Mapping[str, np.ndarray], start: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}


def _answers(given: IO[bytes], space: str, measure: str) -> Iterator[tuple[dict[str, np.ndarray], dict[str, Any]]]:
    while (message := receive(given)) is not None:
        arrays, words = message
        kept = KeptRows(words["run_id"], words["step"], **arrays)
        if measure == "plain":
            plain = measures.plain(kept, space)
            yield {"near": plain.near}, {"figures": plain.figures}
        else:
            one = measures.measure(kept, space)
            halves = {f"half.{name}": array for name, array in one.halves.items()}
            by_class = {f"class.{name}": array for name, array in one.class_halves.items()}
            words = {"measures": asdict(one.measures), "classes": list(one.classes), "rows": one.rows, "used": one.used}
            yield {"right": one.right, **halves, **by_class}, words


def main(space: str, measure: str) -> None:
    os.setpriority(os.PRIO_PROCESS, 0, max(5, os.getpriority(os.PRIO_PROCESS, 0)))  # the page comes first
    for arrays, words in _answers(sys.stdin.buffer, space, measure):
        send(sys.stdout.buffer, arrays, words)


if __name__ == "__main__":
    main(*sys.argv[1:])
