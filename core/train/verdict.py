"""A run's last answers in; `learned ...`, or `did not learn: try ...` out, by a stated rule.

A run has learned where its answers are better than the best constant answer by more than chance, at 1 % (one-sided):

    accuracy, F1    exact sign test (McNemar) over the rows that only one of the two gets right, run or commonest
                    class; or, where the run gets more right, that its answers go with the labels: as many right
                    among 2,000 shuffles of the labels. Each counts at half the level. The first alone takes 50
                    right of 50 rows for chance where 44 are of one class
    MCC             Fisher's exact test that answers and labels go together; a constant answer has an MCC of 0
    a score         that Pearson's r is above 0; a constant answer has none

Up to 10 % nothing is claimed; of fewer than 50 rows up to 30 %, since so few often miss what a run has learned (9 right
of 12 where 6 are of one class). Where even answers without an error could not pass, too few rows are held out to tell,
and that is what is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.train.defaults import HIGHEST
from core.train.metrics import commonest, predictions

LEVEL, OPEN = 0.01, 0.1
"""Below the first a run has learned; up to the second nobody can tell."""
FEW, OPEN_FEW = 50, 0.3
"""Of fewer rows than that, up to this."""
SHUFFLES, MOST_SHUFFLED = 2000, 5000
"""Of more rows the sign test says enough."""
_FLAT, _FITTED = 0.9, 0.5
"""A loss that ends above so much of where it began has not fallen; below the second, the training rows are known."""


def chance(metric: str, logits: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """(p, the p of answers without an error) of the test that belongs to `metric`."""
    guess, labels = predictions(logits), np.asarray(labels)
    if logits.shape[1] == 1:
        return _correlated(guess, labels), _correlated(labels, labels)
    if metric == "mcc":
        return _associated(guess, labels), _associated(labels, labels)
    constant = commonest(labels)
    return _told_apart(guess, labels, constant), _told_apart(labels, labels, constant)


def verdict(
    metric: str,
    logits: np.ndarray,
    labels: np.ndarray,
    value: float | None,
    majority: float | None,
    losses: Sequence[float],
    resolved: Mapping[str, Any],
    best: tuple[int, float] | None = None,
) -> str:
    """One line on a finished run, by its last evaluation.

    Args:
        losses: the training curve.
        resolved: its `train.lr` and `train.epochs`, and `data.hold_out` where that says which rows are evaluated.
        best: (step, score) of an earlier evaluation that was better and whose weights are kept.
    """
    p, at_best = chance(metric, logits, labels)
    score = f"{metric} {'undefined' if value is None else f'{value:.3f}'}"
    beside = "a constant answer has none" if majority is None else f"{majority:.3f} for the commonest class alone"
    by_chance = "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
    if best is not None:
        step, better = best
        score = f"{score} at the last step ({better:.3f} at step {step}, whose weights are kept, too)"
    figures = f"{score}, {beside}; {by_chance} over {len(labels)} evaluation rows"
    if len(labels) > 1 and len(np.unique(labels)) == 1:
        one = "score" if logits.shape[1] == 1 else "class"
        return (
            f"cannot be told: the {len(labels)} evaluation rows have one {one} alone, of which a constant answer is "
            "right; hold out rows of others, too"
        )
    if at_best > LEVEL:
        few = "one evaluation row is" if len(labels) == 1 else f"{len(labels)} evaluation rows are"
        return f"cannot be told: {few} too few ({score}, {beside}); {_more(resolved)}"
    if p < LEVEL:
        return f"learned: {figures}"
    if p < (OPEN_FEW if len(labels) < FEW else OPEN):
        return f"cannot be told for sure: {figures}; {_more(resolved)}. Otherwise {remedy(losses, resolved)}"
    return f"did not learn: {remedy(losses, resolved)}; {figures}"


def _more(resolved: Mapping[str, Any]) -> str:
    """How to evaluate more rows, where a file's own are held out."""
    share = resolved.get("data.hold_out")
    if share is None or share >= 0.5:
        return "evaluate more rows"
    return f"hold out more rows, data.hold_out={min(0.5, 2 * share):g} (was {share:g})"


def remedy(losses: Sequence[float], resolved: Mapping[str, Any]) -> str:
    """What to try, by whether the training loss has fallen."""
    tenth = max(1, len(losses) // 10)
    began, ended = (float(np.mean(part)) if len(part) else 0.0 for part in (losses[:tenth], losses[-tenth:]))
    lr, epochs, steps = (resolved.get(f"train.{key}") for key in ("lr", "epochs", "max_steps"))
    by_steps = f"train.max_steps={2 * steps} (was {steps})" if steps else "more epochs"
    longer = f"train.epochs={2 * epochs:g} (was {epochs:g})" if epochs else by_steps
    if ended > _FLAT * began:
        highest = max(HIGHEST.values())
        higher = f"train.lr={min(5 * lr, highest):g} (was {lr:g})" if lr else "a higher train.lr"
        tries = [longer] if lr and lr >= highest else [higher, longer]
        return f"try {', or '.join(tries)}: the training loss has hardly fallen ({began:.2f} to {ended:.2f})"
    if ended > _FITTED * began:
        return f"try {longer}: the training loss was still falling ({began:.2f} to {ended:.2f})"
    return (
        f"more rows, fewer epochs or more augmentation may help: the training loss fell from {began:.2f} to "
        f"{ended:.2f}, and the score on held-out rows did not follow"
    )


def _told_apart(guess: np.ndarray, labels: np.ndarray, constant: int) -> float:
    right, its = int((guess == labels).sum()), int((labels == constant).sum())
    together = _shuffled(guess, labels) if right > its and len(labels) <= MOST_SHUFFLED else 1.0
    return min(1.0, 2 * min(_better(guess, labels, constant), together))


def _shuffled(guess: np.ndarray, labels: np.ndarray) -> float:
    """How often so many are right where answers have nothing to do with labels."""
    draw, right = np.random.default_rng(0), int((guess == labels).sum())
    found = [int((guess == draw.permutation(labels)).sum()) >= right for _ in range(SHUFFLES)]
    return (1 + sum(found)) / (1 + SHUFFLES)


def _better(guess: np.ndarray, labels: np.ndarray, constant: int) -> float:
    from scipy import stats  # here and below: at a run's end, not before its first step

    ours, its = guess == labels, labels == constant
    won, lost = int((ours & ~its).sum()), int((~ours & its).sum())
    return float(stats.binomtest(won, won + lost, 0.5, alternative="greater").pvalue) if won + lost else 1.0


def _associated(guess: np.ndarray, labels: np.ndarray) -> float:
    from scipy import stats

    table = [[int(((guess == a) & (labels == b)).sum()) for b in (1, 0)] for a in (1, 0)]
    return float(stats.fisher_exact(table, alternative="greater")[1])


def _correlated(guess: np.ndarray, labels: np.ndarray) -> float:
    from scipy import stats

    if len(labels) < 3 or np.ptp(guess) == 0 or np.ptp(labels) == 0:
        return 1.0
    return float(stats.pearsonr(guess, labels, alternative="greater").pvalue)
