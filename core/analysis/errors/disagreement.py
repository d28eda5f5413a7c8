"""How two runs disagree on the same rows, and whether one is better than chance would make it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest, wilcoxon

from core.analysis.errors.answers import Answers, shared_rows

FAR = 0.5
"""Two scores of a row that are further apart are other answers."""


@dataclass(frozen=True)
class Disagreement:
    """Two runs on the rows that both kept."""

    rows: int
    b: int
    """Rows that the first has right and the second wrong; of scores, rows where the first is nearer."""
    c: int
    """Rows that the second has right and the first wrong; of scores, rows where the second is nearer."""
    p: float
    """Two-sided: McNemar's exact test on b and c; of scores, Wilcoxon's signed-rank test on absolute errors."""
    test: str
    differ: np.ndarray
    """Places, among the first run's kept rows, where the two answer differently (scores: by more than `FAR`)."""
    differ_second: np.ndarray
    """The same rows' places among the second run's."""

    def sentence(self) -> str:
        """For people: who is ahead, and whether that is more than chance."""
        if self.b == self.c:
            return f"Of {self.rows:,} rows each run has {self.b:,} to itself: no difference."
        ahead, more, fewer = ("first", self.b, self.c) if self.b > self.c else ("second", self.c, self.b)
        said = f"The {ahead} run is better on {more:,} rows and worse on {fewer:,} of {self.rows:,}"
        if self.p < 0.05:
            return f"{said}: more than chance explains ({self.test}, p = {self.p:.2g})."
        return f"{said}: chance alone may explain that ({self.test}, p = {self.p:.2g})."


def disagreement(first: Answers, second: Answers) -> Disagreement:
    """Compare two runs row by row. ValueError where they share no row, or one scores and the other classifies."""
    if first.is_score != second.is_score:
        raise ValueError("one run answers with a score, the other with a class; they cannot be compared row by row")
    mine, theirs = shared_rows([first, second])
    if not len(mine):
        raise ValueError("the runs share no evaluation row; they were evaluated on other rows")
    if first.is_score:
        ours = np.abs(first.predicted - first.labels)[mine]
        others = np.abs(second.predicted - second.labels)[theirs]
        b, c = int((ours < others).sum()), int((others < ours).sum())
        p = float(wilcoxon(ours, others).pvalue) if (ours != others).any() else 1.0
        apart = np.abs(first.predicted[mine] - second.predicted[theirs]) > FAR
        return Disagreement(len(mine), b, c, p, "Wilcoxon's test", mine[apart], theirs[apart])
    right, other = first.right[mine], second.right[theirs]
    b, c = int((right & ~other).sum()), int((other & ~right).sum())
    apart = first.predicted[mine] != second.predicted[theirs]
    return Disagreement(len(mine), b, c, mcnemar(b, c), "McNemar's test", mine[apart], theirs[apart])


def mcnemar(b: int, c: int) -> float:
    """Exact two-sided p of McNemar (1947): b of b + c coin tosses. 1 where the runs never part."""
    return float(binomtest(b, b + c).pvalue) if b + c else 1.0
