"""Metric lines of a run in, a frame out: `step` and one column a metric; series of it, smoothed and thinned to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.runs.folder.files import RunError
from core.runs.folder.metrics import MetricsTail

Span = tuple[float, float] | None
"""First and last step to draw; None for all."""

MAX_POINTS = 600
"""Points drawn per line: about one a pixel of a half-width figure."""


def metric_frame(lines: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Metric lines as a frame sorted by step."""
    frame = pd.DataFrame(list(lines))
    if frame.empty or "step" not in frame:
        return pd.DataFrame({"step": pd.Series(dtype=float)})
    frame = frame[pd.to_numeric(frame["step"], errors="coerce").notna()]
    return frame.sort_values("step", kind="stable").reset_index(drop=True)


class GrowingFrame:
    """A run's metrics as a frame that is brought up to date: lines seen before are neither read nor parsed again."""

    def __init__(self, tail: MetricsTail) -> None:
        self._tail = tail
        self._seen = 0
        self.rows = tail.rows
        self.frame = metric_frame([])
        self.problem = ""
        """What of it cannot be read; it says nothing about any other run."""

    def update(self) -> None:
        try:
            self._tail.update()
        except RunError as error:
            self.problem = str(error)
            return
        unread = self._tail.unread
        self.problem = f"{unread} line{'s' if unread > 1 else ''} of metrics.jsonl cannot be read" if unread else ""
        if self._tail.rows is not self.rows:  # a resume took rows back
            self.rows, self._seen = self._tail.rows, 0
        if len(self.rows) > self._seen:
            fresh = metric_frame(self.rows[self._seen :])
            self.frame = pd.concat([self.frame, fresh], ignore_index=True) if self._seen else fresh
            self._seen = len(self.rows)


def series(frame: pd.DataFrame, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Steps and finite values of one metric; both empty where the metric is not there yet."""
    if column not in frame:
        return np.empty(0), np.empty(0)
    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float)
    kept = np.isfinite(values)
    return frame["step"].to_numpy(dtype=float)[kept], values[kept]


def score_names(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Evaluation metrics that any of the runs has, in the order in which they were written; not the loss."""
    found: dict[str, None] = {}
    for frame in frames.values():
        found.update(
            {str(name): None for name in frame.columns if str(name).startswith("eval_") and name != "eval_loss"}
        )
    return [name for name in found if any(series(frame, name)[0].size for frame in frames.values())]


def smooth(values: np.ndarray, weight: float) -> np.ndarray:
    """Exponential moving average without the pull to zero at the start; weight 0 returns the values as they are."""
    if weight <= 0 or values.size == 0:
        return values
    return pd.Series(values).ewm(alpha=1 - weight).mean().to_numpy()


def within(x: np.ndarray, y: np.ndarray, span: Span) -> tuple[np.ndarray, np.ndarray]:
    """The points in a span of steps."""
    if span is None:
        return x, y
    kept = (x >= span[0]) & (x <= span[1])
    return x[kept], y[kept]


def downsample(x: np.ndarray, y: np.ndarray, most: int = MAX_POINTS) -> tuple[np.ndarray, np.ndarray]:
    """At most about `most` points: each bucket keeps its lowest and highest, so that no spike is lost."""
    if x.size <= most:
        return x, y
    width = -(-x.size // (most // 2))
    buckets = np.pad(y, (0, -x.size % width), mode="edge").reshape(-1, width)
    starts = np.arange(len(buckets)) * width
    picked = np.concatenate([[0, x.size - 1], starts + buckets.argmin(axis=1), starts + buckets.argmax(axis=1)])
    order = np.unique(picked.clip(max=x.size - 1))
    return x[order], y[order]
