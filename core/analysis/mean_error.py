"""Absolute errors of rows in, their mean with a 95 % interval out; none where rows are too few for any to cover."""

from __future__ import annotations

import numpy as np

from core.analysis.intervals import Interval, quantile

FEWEST_ERRORS = 150
"""Rows that a mean error has an interval from. Where one row in twenty errs a hundred times as much as the others, no
interval that is of use covers over fewer: such a row may be missing. From here on it covers 93 of 100 samples there,
of normal, exponential and lognormal errors, and of one row in ten 30 times as far off."""


def mean_error(errors: np.ndarray) -> Interval:
    """The mean of absolute errors over rows; none for fewer than `FEWEST_ERRORS`, nor where no row errs.

    Student's interval of its logarithm, as errors are skewed; its upper end has room for one more row as far off as
    the farthest, as rare rows that err a hundred times as much may be missing from the sample.
    """
    said, value = f"{len(errors):,} rows", float(errors.mean()) if len(errors) else float("nan")
    if len(errors) < FEWEST_ERRORS or not value:
        return Interval(value, float("nan"), float("nan"), said)
    return Interval(value, _end(errors, -1, len(errors)), _end(np.append(errors, errors.max()), 1, len(errors)), said)


def _end(errors: np.ndarray, sign: int, rows: int) -> float:
    """The lower end (-1) or the upper one (1) of an interval of their mean, known as well as over so many rows."""
    mean = float(errors.mean())
    relative = float(errors.std(ddof=1)) / float(np.sqrt(rows)) / mean
    return mean * float(np.exp(sign * quantile(rows - 1) * relative))
