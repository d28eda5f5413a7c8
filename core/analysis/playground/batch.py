"""A file of texts in, a file of answers out: CSV or JSONL by its ending, row by row as they came."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from core.analysis.predict import Prediction, TrainedModel, predict, read_texts
from core.files import replace_file
from core.model.limits import SMALL

ENDINGS = (".csv", ".jsonl")
AT_ONCE = 1000
"""Rows between two words on how far it is; sorted by length within."""
BATCH = 128
"""Rows a pass of a small model where its run's batches are smaller: that takes a third less time."""


@dataclass(frozen=True)
class Answered:
    """What became of a file."""

    out: str
    rows: int
    counts: dict[str, int]
    """Answer -> rows; empty for scores."""
    ms: float
    """Of the model alone, tokenising included."""


def answer_file(
    trained: TrainedModel, path: Path, out: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> Answered:
    """Read texts as a run's own file is read, answer them, and write both to `out`, whole or not at all.

    DataError where the file cannot be read; ValueError where `out` cannot be written, or is neither CSV nor JSONL.
    """
    if out.suffix.lower() not in ENDINGS:
        raise ValueError(f"{out.name} ends in neither .csv nor .jsonl; answers are written as one of these")
    if not out.parent.is_dir():
        raise ValueError(f"{out.parent} is no folder; make it first, or write the answers elsewhere")
    texts, pairs = read_texts(path, trained.task)
    config: Any = trained.model.config
    if config.hidden_size <= SMALL:
        trained = replace(trained, batch_size=max(BATCH, trained.batch_size))
    answers: list[Prediction] = []
    took = 0.0
    for start in range(0, len(texts), AT_ONCE):
        end = start + AT_ONCE
        found, milliseconds = predict(trained, texts[start:end], pairs[start:end] if pairs is not None else None)
        answers += found
        took += milliseconds
        progress(len(answers), len(texts))
    columns = dict(zip(trained.task.columns, (texts, pairs), strict=False))
    try:
        replace_file(out, _written(columns, answers, out.suffix.lower()).encode())
    except OSError as error:
        raise ValueError(f"{out} cannot be written: {error.strerror}") from None
    counts = {} if trained.task.is_regression else dict(Counter(answer.label for answer in answers).most_common())
    return Answered(str(out), len(answers), counts, took)


def _written(columns: dict[str, list[str] | None], answers: list[Prediction], ending: str) -> str:
    given = {name: texts for name, texts in columns.items() if texts is not None}
    if ending == ".jsonl":
        lines = []
        for i, answer in enumerate(answers):
            row = {name: texts[i] for name, texts in given.items()}
            lines.append(json.dumps({**row, "answer": answer.label, "probabilities": answer.probabilities},
                                    ensure_ascii=False))  # fmt: skip
        return "\n".join(lines) + "\n" if lines else ""
    odds = {name if name == "score" else f"p({name})": [answer.probabilities[name] for answer in answers]
            for name in (answers[0].probabilities if answers else ())}  # fmt: skip
    return pd.DataFrame({**given, "answer": [answer.label for answer in answers], **odds}).to_csv(index=False)
