"""A map of the rows by how sure a run was of their label over training, and how much it wavered: hard, easy, doubtful.

After Swayamdipta et al. (2020), "Dataset cartography"; theirs are training rows over epochs, here it is the evaluation
rows over the steps that were kept: a low mean with little wavering often means a wrong label.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.analysis.errors.answers import load_answers
from core.runs.folder.run import Run


@dataclass(frozen=True)
class DataMap:
    """(N,) each, over the kept steps after the first (the untrained model's answers say nothing of a row)."""

    confidence: np.ndarray
    """Mean probability of the row's own label."""
    wavering: np.ndarray
    """Standard deviation of that probability over the steps."""
    correctness: np.ndarray
    """Share of the steps at which the row was answered right."""
    steps: tuple[int, ...]


def data_map(run: Run) -> DataMap:
    """The map of a run's kept rows. ValueError for scores, and below two kept steps after the untrained model's."""
    steps = tuple(step for step in run.embedding_steps() if step > 0)
    if len(steps) < 2:
        raise ValueError(f"run {run.id} kept {len(steps)} evaluations of training; the map needs two at least")
    of_label, right = [], []
    for step in steps:
        answers = load_answers(run, step)
        right.append(answers.right)
        of_label.append(answers.probabilities[np.arange(len(answers)), answers.labels])
    stacked = np.stack(of_label)
    return DataMap(stacked.mean(axis=0), stacked.std(axis=0), np.stack(right).mean(axis=0), steps)
