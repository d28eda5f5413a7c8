"""Logits and labels in, the task's own metrics out, by GLUE's definitions."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

_OF_CLASSES: dict[str, tuple[str, dict[str, Any]]] = {
    "accuracy": ("accuracy_score", {}),
    "f1": ("f1_score", {"zero_division": 0}),
    "macro_f1": ("f1_score", {"zero_division": 0, "average": "macro"}),
    "mcc": ("matthews_corrcoef", {}),
}
"""Each by the name and options of scikit-learn's function for it; further down, of SciPy's."""
_OF_SCORES = {"pearson": "pearsonr", "spearman": "spearmanr"}
METRICS = (*_OF_CLASSES, *_OF_SCORES)
"""Every metric is better when larger; all lie between -1 and 1."""


def predictions(logits: np.ndarray) -> np.ndarray:
    """Class ids (N,) from logits (N, C); for one output, the value itself."""
    return logits[:, 0] if logits.shape[1] == 1 else logits.argmax(axis=1)


def score(name: str, logits: np.ndarray, labels: np.ndarray) -> float | None:
    """One metric over logits (N, C) and labels (N,); None where it is undefined.

    `f1` is that of class 1, as GLUE has it for MRPC and QQP; `macro_f1` the mean over the classes, as paper A's
    notebook logs it; `mcc` is Matthews' coefficient. Undefined are a correlation with constants, and every score of
    classes over rows that are all of one class: any constant answer would have it in full.
    """
    return _score(name, predictions(logits), labels)


def _score(name: str, guess: np.ndarray, labels: np.ndarray) -> float | None:
    if name not in METRICS:
        raise ValueError(f"unknown metric {name!r}; choose from {list(METRICS)}")
    if name in _OF_SCORES:
        return _correlation(_OF_SCORES[name], guess, labels)
    if len(set(np.asarray(labels).tolist())) < 2:
        return None
    from sklearn import metrics as sk  # here and below: a second of imports that nothing needs before a score

    function, options = _OF_CLASSES[name]
    return float(getattr(sk, function)(labels, guess, **options))


def score_all(names: tuple[str, ...], logits: np.ndarray, labels: np.ndarray) -> dict[str, float | None]:
    """Each named metric; NaN in the logits raises FloatingPointError rather than scoring as a class."""
    if not np.isfinite(logits).all():
        raise FloatingPointError("the model's outputs are not finite")
    return {name: score(name, logits, labels) for name in names}


def commonest(labels: np.ndarray) -> int:
    """The most frequent class; of several the lowest."""
    values, counts = np.unique(np.asarray(labels), return_counts=True)
    return int(values[counts.argmax()])


def majority(names: tuple[str, ...], labels: np.ndarray, regression: bool = False) -> dict[str, float | None]:
    """What these metrics would be if every row were answered with the commonest class (or one score) of all rows."""
    labels = np.asarray(labels)
    if regression:
        return dict.fromkeys(names, None)
    constant = np.full(len(labels), commonest(labels))
    return {name: _score(name, constant, labels) for name in names}


def undefined_note(names: tuple[str, ...], labels: np.ndarray, split: str, regression: bool, classes: tuple) -> str:
    """Why metrics over these labels mean nothing, or ''."""
    values = set(np.asarray(labels).tolist())
    if len(values) > 1:
        return ""
    what = f"the score {next(iter(values)):g}" if regression else f"the class {classes[int(next(iter(values)))]!r}"
    rows = f"all {len(labels)} rows of {split} have" if len(labels) > 1 else f"the one row of {split} has"
    return f"{rows} {what}: {', '.join(names)} are undefined"


def _correlation(function: str, guess: np.ndarray, labels: np.ndarray) -> float | None:
    from scipy import stats

    # Within rounding of one value is one value: a batch's place must not make a correlation.
    if len(labels) < 2 or np.ptp(guess) <= 1e-6 * max(1.0, float(np.abs(guess).max())):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.ConstantInputWarning)
        value = float(getattr(stats, function)(guess, labels).statistic)
    return value if np.isfinite(value) else None
