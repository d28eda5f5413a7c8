"""How far each row moves a figure over scores in; its 95 % interval out, or why a few rows decide it.

A row's influence is by how much it moves the figure, times the number of rows (Hampel 1974): its error's distance from
the mean error, or its product in a correlation (Devlin et al. 1975). Their spread is the figure's standard error, as
long as no few rows make it up: rows that err far more than the others are rare, and another sample has more or fewer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.analysis.intervals import Interval, quantile, untold

FEWEST = 200
"""Rows from which on a figure over scores has an interval: fewer may hold none of what 2 rows in 100 are."""
LEAST_DECIDING = 20
"""Rows that decide a figure below which it has none (`deciding`).

Simulated at 200, 500 and 1,500 rows: of 100 samples so many show an interval that misses the truth, 5 being claimed
(in brackets of those without either rule, where an interval is drawn of each sample).
Mean error: normal and exponential errors 2 to 4; lognormal(2) 0 to 1 (9); 2 in 100 rows 100 times as large 0 to 2 (12);
2 in 100 rows 10 times 1 to 5 (7). Pearson, at 0.28, 0.69 and 0.98: normal and Laplace errors 1 to 4; Student's with 3
degrees of freedom 2 to 5 (21); lognormal(1) 0 to 2 (18); 2 in 100 rows 10 times 0 to 5 (30), but 8 at 200 rows and
0.28; Student's with 2.5, whose variance hardly any sample shows, 1 to 4, but 5 to 10 at 0.28 (42).
"""
RARE = "rare rows that err far more than the others may be missing from them"


def deciding(parts: np.ndarray) -> float:
    """How many rows decide a figure, by the kurtosis of its influences (n,): a third of them where these are normal,
    and about k where k rows move it far more than all others."""
    squares = (parts - parts.mean()) ** 2
    return float(squares.sum() ** 2 / (squares**2).sum()) if squares.any() else float(len(parts))


def why_untold(figure: str, parts: np.ndarray) -> str:
    """Why a figure of these influences has no interval, in a clause; empty where it has one."""
    rows = len(parts)
    if rows < FEWEST:
        return f"{rows} rows are too few for an interval over scores: {RARE}; from {FEWEST} rows on there can be one"
    few = deciding(parts)
    if few < LEAST_DECIDING:
        return f"{figure} hangs on about {few:.0f} of {rows:,} rows, too few for an interval: another sample has others"
    return ""


def over_influences(figure: str, value: float, parts: np.ndarray) -> Interval:
    """The interval of `value` from its influences (n,), named `figure` where it has none.

    At either end there is room for one more row like the one that moves the figure farthest that way.
    """
    rows, said = len(parts), f"{len(parts):,} rows"
    why = why_untold(figure, parts) if np.isfinite(value) else ""
    if why or not np.isfinite(value):
        return untold(value, said, why)
    low, high = (
        value + farthest / rows + sign * quantile(rows - 1) * float(np.append(parts, farthest).std(ddof=1)) / rows**0.5
        for sign, farthest in ((-1, float(parts.min())), (1, float(parts.max())))
    )
    return Interval(value, low, high, said)


def mean_error(errors: np.ndarray) -> Interval:
    """The mean of absolute errors (n,); symmetric in its logarithm, as errors are skewed. None where all err alike."""
    value, said = float(errors.mean()) if len(errors) else float("nan"), f"{len(errors):,} rows"
    if not value > 0 or not np.ptp(errors):
        return untold(value, said)
    found = over_influences("the mean error", float(np.log(value)), errors / value - 1)
    return Interval(value, float(np.exp(found.low)), float(np.exp(found.high)), said, found.why)


def correlation_influences(predicted: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(n,) each row's on Pearson's correlation r; nan where that is undefined."""
    with np.errstate(invalid="ignore", divide="ignore"):
        first, second = ((one - one.mean()) / one.std() for one in (predicted.astype(float), labels.astype(float)))
    products = first * second
    return products - products.mean() * (first**2 + second**2) / 2


def correlation(value: float, parts: np.ndarray) -> Interval:
    """Pearson's correlation `value` with influences (n,): symmetric in its inverse hyperbolic tangent (Fisher)."""
    inner = float(np.clip(value, -1 + 1e-12, 1 - 1e-12))
    found = over_influences("Pearson's correlation", float(np.arctanh(inner)), parts / (1 - inner**2))
    return Interval(value, float(np.tanh(found.low)), float(np.tanh(found.high)), found.over, found.why)


def mean_influences(draws: Sequence[np.ndarray], labels: np.ndarray) -> np.ndarray:
    """(n,) of the mean correlation over draws of predicted scores, each (n,)."""
    return np.asarray(np.mean([correlation_influences(one, labels) for one in draws], axis=0))
