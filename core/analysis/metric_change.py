"""A task's own metric of one run's answers, of another's, and what is between them, each with its 95 % interval.

Near the best score hardly a row of a sample is wrong, and half samples of it vary by nothing: their interval would be
too narrow (0.2 to 0.9 covered where 0.95 was claimed) exactly where an answer looks best. So shares have the exact
interval and their differences Bonett and Price's, F1 and Matthews' coefficient those of
`core.analysis.confusion_intervals`, Pearson's correlation that of its rows' influences (`core.analysis.influence`), and
Spearman's one on Fisher's scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis import influence
from core.analysis.confusion_intervals import FIGURES, change_interval, figure_interval
from core.analysis.intervals import (
    Interval,
    correlation_over_rows,
    half_samples,
    over_rows,
    share,
    share_difference,
    untold,
)
from core.train.metrics import predictions, score

HALVES = 100


@dataclass(frozen=True)
class MetricChange:
    """Of two runs over the same rows."""

    before: Interval
    after: Interval
    change: Interval
    """After minus before."""


def metric_change(metric: str, labels: np.ndarray, before: np.ndarray, after: Sequence[np.ndarray]) -> MetricChange:
    """The metric over logits (N, C) `before`, and its mean over the draws `after`, each (N, C); labels (N,).

    All nan where the metric is undefined.
    """
    n = len(labels)
    clean, noisy = _score(metric, before, labels), float(np.mean([_score(metric, one, labels) for one in after]))
    change = noisy - clean
    if not np.isfinite(change):
        return MetricChange(*(untold(value, f"{n:,} rows") for value in (clean, noisy, change)))
    if metric == "accuracy":
        first, *rest = (one.argmax(axis=1) == labels for one in (before, *after))
        second = np.mean(rest, axis=0)
        return MetricChange(share(first), share(second, len(rest)), share_difference(first, second))
    if metric in FIGURES:
        first, *draws = (one.argmax(axis=1) for one in (before, *after))
        return MetricChange(
            figure_interval(metric, clean, labels, [first]),
            figure_interval(metric, noisy, labels, draws),
            change_interval(metric, change, labels, first, draws),
        )
    if metric == "pearson":
        one = influence.correlation_influences(predictions(before), labels)
        other = influence.mean_influences([predictions(each) for each in after], labels)
        changed = influence.over_influences("the change", change, other - one)
        return MetricChange(influence.correlation(clean, one), influence.correlation(noisy, other), changed)
    halves = half_samples(n, count=HALVES)
    first_half = np.array([_score(metric, before[half], labels[half]) for half in halves.T])
    second_half = np.array(
        [np.mean([_score(metric, one[half], labels[half]) for one in after]) for half in halves.T]
    )  # fmt: skip
    return MetricChange(
        correlation_over_rows(clean, first_half, n),
        correlation_over_rows(noisy, second_half, n),
        over_rows(change, second_half - first_half, n),
    )


def _score(metric: str, logits: np.ndarray, labels: np.ndarray) -> float:
    value = score(metric, logits, labels)
    return float("nan") if value is None else value
