"""What a run answers to the evaluation rows that it kept: texts, labels, logits and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import log_softmax

from core.analysis.recorded import class_names
from core.runs.folder.files import RunError
from core.runs.folder.run import Run


@dataclass(frozen=True)
class Answers:
    """N rows at one step of a run."""

    run_id: str
    step: int
    rows: np.ndarray
    """(N,) places of the rows in the evaluation split."""
    texts: tuple[str, ...]
    pairs: tuple[str, ...] | None
    labels: np.ndarray
    """(N,) class ids, or scores."""
    logits: np.ndarray
    """(N, C); C is 1 for a score."""
    names: tuple[str, ...]
    """Class names by id; empty for a score."""

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def is_score(self) -> bool:
        return self.logits.shape[1] == 1

    @property
    def note(self) -> str:
        """What a score of these rows cannot say, where all have one class; else ''."""
        if self.is_score or len(np.unique(self.labels)) != 1:
            return ""
        return f"all rows have the class {self.name_of(self.labels[0])!r}: a constant answer is right on each of them"

    @cached_property
    def probabilities(self) -> np.ndarray:
        """(N, C) by softmax, in double precision."""
        return np.exp(log_softmax(self.logits.astype(np.float64), axis=1))

    @cached_property
    def predicted(self) -> np.ndarray:
        """(N,) class ids; of a score, the score."""
        return self.logits[:, 0].astype(np.float64) if self.is_score else self.logits.argmax(axis=1)

    @cached_property
    def confidence(self) -> np.ndarray:
        """(N,) probability of the predicted class."""
        return self.probabilities.max(axis=1)

    @cached_property
    def right(self) -> np.ndarray:
        """(N,) whether the predicted class is the label. ValueError for scores, which are never simply right."""
        if self.is_score:
            raise ValueError("scores are not right or wrong; look at their distance from the label")
        return self.predicted == self.labels

    @cached_property
    def loss(self) -> np.ndarray:
        """(N,) cross-entropy in nats; of a score, its squared error."""
        if self.is_score:
            return (self.predicted - self.labels) ** 2
        at_label = log_softmax(self.logits.astype(np.float64), axis=1)[np.arange(len(self)), self.labels]
        return -at_label

    def name_of(self, value: float) -> str:
        """A class id's name, or a score as text; an id without a name is its number."""
        if self.is_score:
            return f"{value:.3g}"
        index = int(value)
        return self.names[index] if 0 <= index < len(self.names) else f"class {index}"


def load_answers(run: Run, step: int | None = None) -> Answers:
    """The answers of the last evaluation that was kept, or of the one at `step`. RunError where there are none."""
    steps = run.embedding_steps()
    if not steps:
        raise RunError(f"run {run.id} has kept no evaluation yet; it is {run.status().state}")
    if step is not None and step not in steps:
        raise RunError(f"run {run.id} kept no evaluation of step {step}; it has {steps}")
    chosen = steps[-1] if step is None else step
    kept, rows = run.load_embeddings(chosen), run.load_eval_rows()
    if len(rows) != len(kept["rows"]):
        said = f"{len(rows)} texts for {len(kept['rows'])} answers"
        raise RunError(f"run {run.id} has {said}: its files do not belong together")
    paired = any(row.get("pair") is not None for row in rows)
    is_score = kept["logits"].shape[1] == 1
    return Answers(
        run.id,
        chosen,
        kept["rows"],
        tuple(str(row.get("text", "")) for row in rows),
        tuple(str(row.get("pair") or "") for row in rows) if paired else None,
        kept["labels"].astype(np.float64 if is_score else np.int64),
        kept["logits"],
        () if is_score else class_names(run, kept["logits"].shape[1]),
    )


def shared_rows(answers: list[Answers]) -> list[np.ndarray]:
    """For each run the places, among what it kept, of the rows that all of them kept with the same text and label."""
    keys = [
        {
            (int(row), text, pair, float(label)): place
            for place, (row, text, pair, label) in enumerate(
                zip(one.rows, one.texts, one.pairs or ("",) * len(one), one.labels, strict=True)
            )
        }
        for one in answers
    ]
    common = [key for key in keys[0] if all(key in other for other in keys[1:])]
    return [np.array([found[key] for key in common], dtype=np.int64) for found in keys]
