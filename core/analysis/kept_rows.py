"""A run and one of its steps in; what it kept of its evaluation rows then, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.runs.folder.files import RunError
from core.runs.folder.run import Run


@dataclass(frozen=True)
class KeptRows:
    """What a run kept of its evaluation rows at one step."""

    run_id: str
    step: int
    pooled: np.ndarray
    """(n, hidden) what the classifier reads."""
    logits: np.ndarray
    """(n, C); (n, 1) for a score."""
    labels: np.ndarray
    """(n,) class ids, or scores."""
    rows: np.ndarray
    """(n,) row numbers in the evaluation split."""

    @property
    def nbytes(self) -> int:
        return self.pooled.nbytes + self.logits.nbytes + self.labels.nbytes + self.rows.nbytes

    @property
    def is_score(self) -> bool:
        return self.logits.shape[1] == 1

    @property
    def predictions(self) -> np.ndarray:
        """(n,) class ids, or scores."""
        return self.logits[:, 0].astype(float) if self.is_score else self.logits.argmax(axis=1)

    def space(self, name: str) -> np.ndarray:
        """The points that are looked at: the `pooled` embedding or the `logits`."""
        return self.pooled if name == "pooled" else self.logits

    def probabilities(self) -> np.ndarray:
        """(n, C) softmax of the logits."""
        shifted = np.exp(self.logits - self.logits.max(axis=1, keepdims=True), dtype=float)
        return shifted / shifted.sum(axis=1, keepdims=True)

    def first(self, rows: int) -> KeptRows:
        return self._part(slice(rows))

    def only(self, rows: Sequence[int]) -> KeptRows:
        return self._part(np.asarray(rows, dtype=int))

    def _part(self, which: slice | np.ndarray) -> KeptRows:
        parts = (part[which] for part in (self.pooled, self.logits, self.labels, self.rows))
        return KeptRows(self.run_id, self.step, *parts)


def load_kept(run: Run, step: int | None = None) -> KeptRows:
    """What a run kept at `step`, or last. RunError where it has kept nothing, or something unreadable."""
    steps = run.embedding_steps()
    if not steps:
        raise RunError(f"run {run.id} has kept no embeddings yet; it is {run.status().state}")
    step = steps[-1] if step is None else step
    found = run.load_embeddings(step)
    missing = {"pooled", "logits", "labels", "rows"} - found.keys()
    if missing:
        raise RunError(f"run {run.id}: the embeddings of step {step} lack {', '.join(sorted(missing))}")
    labels = found["labels"]
    if found["logits"].shape[1] > 1:
        labels = labels.astype(int)
    return KeptRows(run.id, step, found["pooled"], found["logits"], labels, found["rows"])
