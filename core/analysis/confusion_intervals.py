"""Intervals of F1, macro F1 and Matthews' coefficient, by the confusions that may lie behind the counted ones.

Each confusion's true share is drawn by a Dirichlet distribution of its count (Goutte and Gaussier 2005). A confusion
that no row of a sample shows may exist all the same, so a few unseen rows are added, as Clopper and Pearson do for a
share: wrong ones for the lower end, right ones for the upper. Over many classes with few rows each a macro F1 is too
low, and those drawn from it are lower still: an end is moved outwards by twice what the draws are off by. Half samples
cover as little as 0.2 near the best score of three classes, a Dirichlet distribution without unseen rows 0.78 at its
worst; the tests say what these cover.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.analysis.intervals import Interval, untold, within

FIGURES = ("f1", "macro_f1", "mcc")
DRAWS = 2_000
MANY = 500
"""Different confusions beyond which a quarter of the draws must do."""
UNSEEN = 1.5
"""Rows added at the end that they speak for, spread over the classes."""
LEAST = 0.1
"""Rows added of every other kind."""
FEWEST_A_CLASS = 5
"""Rows of each class from which on a macro F1 has an interval. Simulated with 3 to 30 classes of 5 to 12 rows, equal or
not, 0.4 to 0.9 of them right: 0 to 7 of 100 samples show an interval that misses (up to 35 as the draws have it). Of 10
or 20 classes of 2 or 3 rows 8 to 15 would, by a value that no draw corrects."""
Figure = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Weights (D, K) of confusions (parts, K) to the figure (D,)."""


def figure_interval(metric: str, value: float, labels: np.ndarray, answers: Sequence[np.ndarray]) -> Interval:
    """Of `value`, the metric of class ids `answers` to `labels`, both (N,), averaged over the draws of answers."""
    classes, ids = _ids(labels, answers)
    if why := _why_untold(metric, classes, labels):
        return untold(value, f"{len(labels):,} rows", why)
    wrong = np.roll(np.arange(len(classes)), -1)  # each class is taken for the next one
    kinds = [np.stack([np.arange(len(classes)), said]) for said in (wrong, np.arange(len(classes)))]

    def figure(weights: np.ndarray, cells: np.ndarray) -> np.ndarray:
        return _figures(metric, weights, cells[0], cells[1], classes)

    return within(_between(value, ids, kinds, len(classes), figure), -1 if metric == "mcc" else 0, 1)


def change_interval(
    metric: str, value: float, labels: np.ndarray, before: np.ndarray, after: Sequence[np.ndarray]
) -> Interval:
    """Of `value`, what the metric of `after`, averaged over its draws, has over that of `before`; rows are the same."""
    classes, ids = _ids(labels, after, before)
    if why := _why_untold(metric, classes, labels):
        return untold(value, f"{len(labels):,} rows", why)
    right = np.arange(len(classes))
    wrong = np.roll(right, -1)
    kinds = [
        np.stack([right, first, second])
        for first, second in ((right, wrong), (wrong, right), (right, right), (wrong, wrong))
    ]

    def figure(weights: np.ndarray, cells: np.ndarray) -> np.ndarray:
        first, second = (_figures(metric, weights, cells[0], said, classes) for said in cells[1:])
        return second - first

    return within(_between(value, ids, kinds, len(classes), figure), -2, 2)


def _why_untold(metric: str, classes: np.ndarray, labels: np.ndarray) -> str:
    fewest = min(int((labels == one).sum()) for one in classes)
    if metric != "macro_f1" or fewest >= FEWEST_A_CLASS:
        return ""
    rows = "no row" if not fewest else "1 row" if fewest == 1 else f"{fewest} rows"
    return f"a class has {rows}, and the macro F1 of classes of fewer than {FEWEST_A_CLASS} has no interval that covers"


def _ids(labels: np.ndarray, answers: Sequence[np.ndarray], *others: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """The classes that occur; of each draw of `answers`, (label, others', answer) of each row as places among them."""
    classes = np.unique(np.concatenate([labels, *others, *answers]))
    return classes, [np.searchsorted(classes, np.stack([labels, *others, one])) for one in answers]


def _between(value: float, ids: list[np.ndarray], kinds: list[np.ndarray], classes: int, figure: Figure) -> Interval:
    """The first of `kinds` of unseen rows speaks for the lower end, the second for the upper; each holds (parts, C)."""
    cells, counts = np.unique(np.concatenate(ids, axis=1), axis=1, return_counts=True)
    every = np.concatenate([cells, *kinds], axis=1)
    rows, seen, ends, off = ids[0].shape[1], counts / len(ids), [], 0.0
    for end, level in ((0, 0.025), (1, 0.975)):
        unseen = np.full(len(kinds), LEAST)
        unseen[end] += UNSEEN
        shape = np.concatenate([seen, np.repeat(unseen / classes, classes)])
        draws = DRAWS if len(seen) <= MANY else DRAWS // 4
        drawn = figure(np.random.default_rng(0).gamma(shape, size=(draws, len(shape))), every)
        ends.append(float(np.quantile(drawn, level)))
        off += value - float(drawn.mean())  # twice what they are off by, of both ends' draws together
    return Interval(value, min(value, ends[0] + min(off, 0)), max(value, ends[1] + max(off, 0)), f"{rows:,} rows")


def _figures(
    metric: str, weights: np.ndarray, labels: np.ndarray, answers: np.ndarray, classes: np.ndarray
) -> np.ndarray:
    """(D,) the metric where confusions (K,) of places in `classes`, a label's and an answer's, weigh (D, K)."""
    each = np.eye(len(classes))
    right = labels == answers
    hit, labelled, answered = weights[:, right] @ each[labels[right]], weights @ each[labels], weights @ each[answers]
    if metric == "mcc":
        total = weights.sum(axis=1)
        above = hit.sum(axis=1) * total - (labelled * answered).sum(axis=1)
        return above / np.sqrt((total**2 - (labelled**2).sum(axis=1)) * (total**2 - (answered**2).sum(axis=1)))
    scores = 2 * hit / (labelled + answered)
    return scores.mean(axis=1) if metric == "macro_f1" else scores[:, np.searchsorted(classes, 1)]
