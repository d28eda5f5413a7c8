"""Logits and labels in, the task's own metrics out, by GLUE's definitions."""

from __future__ import annotations

import warnings

import numpy as np
from scipy import stats
from sklearn import metrics as sk

METRICS = ("accuracy", "f1", "macro_f1", "mcc", "pearson", "spearman")
"""Every metric is better when larger; all lie between -1 and 1."""


def predictions(logits: np.ndarray) -> np.ndarray:
    """Class ids (N,) from logits (N, C); for one output, the value itself."""
    return logits[:, 0] if logits.shape[1] == 1 else logits.argmax(axis=1)


def score(name: str, logits: np.ndarray, labels: np.ndarray) -> float:
    """One metric over logits (N, C) and labels (N,).

    `f1` is that of class 1, as GLUE has it for MRPC and QQP; `macro_f1` the mean over the classes, as paper A's
    notebook logs it; `mcc` is Matthews' coefficient. A correlation with constant predictions is 0, for want of one.
    """
    guess = predictions(logits)
    if name == "accuracy":
        return float(sk.accuracy_score(labels, guess))
    if name == "f1":
        return float(sk.f1_score(labels, guess, zero_division=0))
    if name == "macro_f1":
        return float(sk.f1_score(labels, guess, average="macro", zero_division=0))
    if name == "mcc":
        return float(sk.matthews_corrcoef(labels, guess))
    if name in ("pearson", "spearman"):
        return _correlation(name, guess, labels)
    raise ValueError(f"unknown metric {name!r}; choose from {list(METRICS)}")


def score_all(names: tuple[str, ...], logits: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Each named metric; NaN in the logits raises FloatingPointError rather than scoring as a class."""
    if not np.isfinite(logits).all():
        raise FloatingPointError("the model's outputs are not finite")
    return {name: score(name, logits, labels) for name in names}


def _correlation(name: str, guess: np.ndarray, labels: np.ndarray) -> float:
    correlate = stats.pearsonr if name == "pearson" else stats.spearmanr
    if len(labels) < 2:
        return 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.ConstantInputWarning)
        value = float(correlate(guess, labels)[0])
    return value if np.isfinite(value) else 0.0
