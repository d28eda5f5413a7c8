"""A task's own metric of one run's answers, of another's, and what is between them, each with its 95 % interval.

Near the best score hardly a row of a sample is wrong, and half samples of it vary by nothing: their interval would be
too narrow (0.25 to 0.9 covered where 0.95 was claimed) exactly where an answer looks best. So shares have Wilson's and
Bonett and Price's intervals, F1 and Matthews' coefficient the one that follows from how often each confusion may occur
(Goutte and Gaussier 2005, a Dirichlet distribution), and correlations one on Fisher's scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.intervals import Interval, half_samples, over_rows, share, share_difference
from core.train.metrics import score

HALVES = 100
DRAWS = 2_000
PRIOR = 0.2
"""Rows added to each of the 8 confusions of two runs. Of 0.125 to 0.25, what covers most at its worst: 0.91 over 30 to
150 rows with 60 to 99 of 100 right, where half samples cover 0.22 and more."""


@dataclass(frozen=True)
class Scored:
    """Of two runs over the same rows."""

    before: Interval
    after: Interval
    change: Interval
    """After minus before."""


def scored(metric: str, labels: np.ndarray, before: np.ndarray, after: Sequence[np.ndarray]) -> Scored:
    """The metric over logits (N, C) `before`, and its mean over the draws `after`, each (N, C); labels (N,).

    All nan where the metric is undefined.
    """
    n = len(labels)
    values = [_score(metric, before, labels), float(np.mean([_score(metric, one, labels) for one in after]))]
    values.append(values[1] - values[0])
    if not np.isfinite(values).all():
        return Scored(*(Interval(value, np.nan, np.nan, f"{n:,} rows") for value in values))
    if metric == "accuracy":
        first, *rest = (one.argmax(axis=1) == labels for one in (before, *after))
        second = np.mean(rest, axis=0)
        return Scored(share(first), share(second, len(rest)), share_difference(first, second))
    classes = {*np.unique(labels)} | {value for one in (before, *after) for value in np.unique(one.argmax(axis=1))}
    if metric in ("f1", "mcc") and classes <= {0, 1}:
        spread = _confused(metric, labels, before.argmax(axis=1), [one.argmax(axis=1) for one in after])
        return Scored(*(_quantiles(value, drawn, n) for value, drawn in zip(values, spread, strict=True)))
    halves = half_samples(n, count=HALVES)
    first_half = np.array([_score(metric, before[half], labels[half]) for half in halves.T])
    second_half = np.array(
        [np.mean([_score(metric, one[half], labels[half]) for one in after]) for half in halves.T]
    )  # fmt: skip
    each = _on_fishers_scale if metric in ("pearson", "spearman") else over_rows
    return Scored(
        each(values[0], first_half, n),
        each(values[1], second_half, n),
        over_rows(values[2], second_half - first_half, n),
    )


def _score(metric: str, logits: np.ndarray, labels: np.ndarray) -> float:
    value = score(metric, logits, labels)
    return float("nan") if value is None else value


def _confused(metric: str, labels: np.ndarray, before: np.ndarray, after: Sequence[np.ndarray]) -> list[np.ndarray]:
    """(before, after, after minus before) of `DRAWS` tables that may lie behind the one that was counted."""
    counts = np.mean([np.bincount(4 * labels + 2 * before + one, minlength=8) for one in after], axis=0)
    drawn = np.random.default_rng(0).gamma(counts + PRIOR, size=(DRAWS, 8)).reshape(-1, 2, 2, 2)
    first, second = (_of_table(metric, drawn.sum(axis=axis)) for axis in (3, 2))  # (DRAWS, label, answer)
    return [first, second, second - first]


def _of_table(metric: str, table: np.ndarray) -> np.ndarray:
    """The metric of tables (..., 2, 2) of labels by answers."""
    (tn, fp), (fn, tp) = np.moveaxis(table, (-2, -1), (0, 1))
    if metric == "f1":
        return 2 * tp / (2 * tp + fp + fn)
    return (tp * tn - fp * fn) / np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))


def _quantiles(value: float, drawn: np.ndarray, rows: int) -> Interval:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value, min(value, float(low)), max(value, float(high)), f"{rows:,} rows")


def _on_fishers_scale(value: float, halves: np.ndarray, rows: int) -> Interval:
    """Of a correlation: symmetric in its inverse hyperbolic tangent, so that it stays below 1."""
    most = 1 - 1e-12
    point, spread = (np.arctanh(np.clip(one, -most, most)) for one in (value, halves))
    found = over_rows(float(point), spread, rows)
    return Interval(value, float(np.tanh(found.low)), float(np.tanh(found.high)), found.over)
