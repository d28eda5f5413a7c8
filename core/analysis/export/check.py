"""An exported folder in; what it answers and how fast, loaded again by a fresh process without the lab, out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.analysis.errors.answers import Answers
from core.analysis.intervals import Interval
from core.analysis.metric_change import metric_change
from core.train.metrics import predictions

FRESH = Path(__file__).with_name("fresh.py")
PATIENCE_S = 1800
"""A process that takes longer than that is given up; the largest model over 10,000 rows takes a third of it."""


@dataclass(frozen=True)
class Time:
    """Milliseconds of one pass over one text of 64 pieces, on one thread."""

    median: float
    low: float
    """First quartile."""
    high: float
    """Third quartile."""


@dataclass(frozen=True)
class ExportCheck:
    """An export beside the run it was made of, over the evaluation rows that the run kept."""

    rows: int
    max_abs_diff: float
    """Largest difference of any logit."""
    agreement: float
    """Share of rows with the same class; of scores, those that differ by less than a hundredth."""
    metric: str
    before: Interval
    after: Interval
    change: Interval
    """After minus before, over the same rows."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def ask_fresh(folders: Sequence[Path], kept: Answers) -> tuple[np.ndarray, list[Time]]:
    """Logits (N, C) of the first folder over the kept rows, and each folder's time, some passes of each in turn.

    ValueError with the process's last line where it fails.
    """
    with tempfile.TemporaryDirectory() as place:
        request, answer = Path(place) / "request.json", Path(place) / "answer.npz"
        asked = {"folders": [str(f.resolve()) for f in folders], "texts": kept.texts, "pairs": kept.pairs}
        request.write_text(json.dumps(asked), encoding="utf-8")
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-I", str(FRESH), str(request), str(answer)]
        try:
            done = subprocess.run(
                command, cwd=place, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise ValueError(f"the export was not checked: it took more than {PATIENCE_S // 60} minutes") from None
        if done.returncode or not answer.is_file():
            lines = done.stderr.strip().splitlines() or ["no reason was given"]
            raise ValueError(f"the export cannot be loaded again: {lines[-1]}")
        with np.load(answer) as found:
            logits, times = found["logits"], found["times"]
    quartiles = np.percentile(times, [50, 25, 75], axis=1).T
    return logits, [Time(*map(float, one)) for one in quartiles]


def compare(kept: Answers, logits: np.ndarray, metric: str) -> ExportCheck:
    """What another model's logits (N, C) change against those that the run kept."""
    before, after = predictions(kept.logits), predictions(logits)
    same = np.abs(before - after) < 0.01 if kept.is_score else before == after
    found = metric_change(metric, kept.labels, kept.logits, [logits])
    difference = float(np.abs(kept.logits - logits).max())
    return ExportCheck(len(kept), difference, float(same.mean()), metric, found.before, found.after, found.change)
