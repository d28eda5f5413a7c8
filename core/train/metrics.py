"""Logits and labels in, the task's own metrics out, by GLUE's definitions.

Written out in NumPy: scikit-learn and SciPy would take two seconds before a run's first point. The tests hold each to
theirs.
"""

from __future__ import annotations

import numpy as np

METRICS = ("accuracy", "f1", "macro_f1", "mcc", "pearson", "spearman")
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
    if name in ("pearson", "spearman"):
        return _correlation(name, guess, labels)
    if name not in METRICS:
        raise ValueError(f"unknown metric {name!r}; choose from {list(METRICS)}")
    if len(set(np.asarray(labels).tolist())) < 2:
        return None
    table = _confusion(guess, labels)
    if name == "accuracy":
        return float(table.trace() / table.sum())
    if name == "mcc":
        return _matthews(table)
    each = _f1(table)
    return float(each[1] if name == "f1" else each[table.any(axis=0) | table.any(axis=1)].mean())


def _confusion(guess: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Rows by label (C, C) and guess; class ids from 0."""
    size = max(2, int(max(guess.max(), labels.max())) + 1)
    return np.bincount(np.asarray(labels, int) * size + np.asarray(guess, int), minlength=size**2).reshape(size, size)


def _f1(table: np.ndarray) -> np.ndarray:
    """Of each class (C,): 2 TP / (2 TP + FP + FN), 0 where it was neither met nor guessed."""
    return 2 * table.diagonal() / np.maximum(table.sum(axis=0) + table.sum(axis=1), 1)


def _matthews(table: np.ndarray) -> float:
    """Of any number of classes (Gorodkin 2004, eq. 8); 0 where all guesses are of one class."""
    guessed, met, n = table.sum(axis=0).astype(float), table.sum(axis=1).astype(float), float(table.sum())
    spread = np.sqrt(n**2 - guessed @ guessed) * np.sqrt(n**2 - met @ met)
    return float((table.trace() * n - guessed @ met) / spread) if spread else 0.0


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
    return f"all {len(labels)} rows of {split} have {what}: {', '.join(names)} are undefined"


def _correlation(name: str, guess: np.ndarray, labels: np.ndarray) -> float | None:
    # Within rounding of one value is one value: a batch's place must not make a correlation.
    if len(labels) < 2 or not np.ptp(labels) or np.ptp(guess) <= 1e-6 * max(1.0, float(np.abs(guess).max())):
        return None
    x, y = (np.asarray(values, float) if name == "pearson" else _ranks(values) for values in (guess, labels))
    x, y = x - x.mean(), y - y.mean()
    spread = np.linalg.norm(x) * np.linalg.norm(y)
    return float(np.clip(x @ y / spread, -1, 1)) if spread else None


def _ranks(values: np.ndarray) -> np.ndarray:
    """From 1; equal values share the mean of their ranks."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]
