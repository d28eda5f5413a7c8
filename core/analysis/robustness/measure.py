"""What a finished run answers to noisy rows: worked out once, kept on disk, taken up again where it was cut off."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.analysis.errors.answers import Answers, load_answers
from core.analysis.recorded import task_of_run
from core.analysis.robustness.noise import DRAWS, LEVELS, NOISES, noisy_rows
from core.augment import own_method
from core.augment.english.dictionary import wordnet_status
from core.data.rows import Rows
from core.digests import pack
from core.files import cache_folder, replace_file
from core.runs.folder.files import RunError
from core.runs.folder.run import Run
from core.tasks import Task
from core.train.metrics import score

if TYPE_CHECKING:
    from core.analysis.predict import TrainedModel

VERSION = 2
"""Of what is kept: another one is worked out anew."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Noisy:
    """One run's answers to its evaluation rows under one noise."""

    noise: str
    level: float
    draw: int
    logits: np.ndarray
    """(N, C)."""
    changed: np.ndarray
    """(N,) whether the noise found anything to edit."""


@dataclass(frozen=True)
class UnderNoise:
    """A run with its answers to clean and to noisy rows."""

    run_id: str
    task: Task
    clean: Answers
    noisy: tuple[Noisy, ...]

    @property
    def rows(self) -> Rows:
        return rows_of(self.clean)


def rows_of(answers: Answers) -> Rows:
    pairs = list(answers.pairs) if answers.pairs is not None else None
    return Rows(list(answers.texts), pairs, answers.labels.tolist())


def under_noise(
    run: Run,
    noises: Sequence[str],
    levels: Sequence[float],
    draws: int,
    progress: Progress | None = None,
    weights: str = "last",
) -> UnderNoise:
    """Answers to the evaluation rows that the run kept, clean and under each noise, level and draw.

    `progress` is called with (done, total) evaluations. RunError where the run has no model or kept no rows.
    """
    wanted = [(noise, level, draw) for noise in noises for level in levels if level for draw in range(draws)]
    from core.analysis.predict import load_trained

    kept = load_answers(run)
    missing = [(*one, _place(run, kept, weights, *one)) for one in [("", 0.0, 0), *wanted]]
    loaded: TrainedModel | None = None
    found: dict[tuple[str, float, int], tuple[np.ndarray, np.ndarray]] = {}
    task = task_of_run(run)
    for done, (noise, level, draw, place) in enumerate(missing):
        answer = _read(place, len(kept))
        if answer is None:
            loaded = loaded or load_trained(run, weights)
            answer = _answer(loaded, rows_of(kept), task, noise, level, draw)
            _write(place, answer)
        found[noise, level, draw] = answer
        if progress is not None:
            progress(done + 1, len(missing))
    clean = replace(kept, logits=found["", 0.0, 0][0])
    return UnderNoise(run.id, task, clean, tuple(Noisy(*one, *found[one]) for one in wanted))


@dataclass(frozen=True)
class RetainedScore:
    """What is left of a run's score under one noise, mean of the draws."""

    noise: str
    level: float
    score: float


def measured(run: Run, weights: str = "last") -> list[RetainedScore]:
    """The usual noises as far as they were measured before; nothing is worked out here."""
    kept, task = load_answers(run), task_of_run(run)
    found = []
    for noise in NOISES:
        for level in LEVELS[1:]:
            places = [_place(run, kept, weights, noise, level, draw) for draw in range(DRAWS)]
            answers = [answer for place in places if (answer := _read(place, len(kept))) is not None]
            scores = [score(task.metrics[0], logits, kept.labels) for logits, _changed in answers]
            known = [one for one in scores if one is not None]
            if len(known) == DRAWS:
                found.append(RetainedScore(noise, level, sum(known) / DRAWS))
    return found


def _answer(
    loaded: TrainedModel, rows: Rows, task: Task, noise: str, level: float, draw: int
) -> tuple[np.ndarray, np.ndarray]:
    shown, done = noisy_rows(rows, task, noise, level, draw) if level else (rows, [])
    logits = answers_of(loaded, shown.texts, shown.pairs)
    changed = np.zeros(len(rows), dtype=bool)
    changed[[entry.row for entry in done if entry.changed]] = True
    return logits, changed


def answers_of(loaded: TrainedModel, texts: list[str], pairs: list[str] | None) -> np.ndarray:
    """(n, C) logits of a run's model."""
    from core.train.batches import EncodedRows
    from core.train.evaluate import evaluate_rows

    rows = EncodedRows(loaded.tokenizer, Rows(texts, pairs, [0] * len(texts)), loaded.max_length)
    return evaluate_rows(loaded.model, rows, loaded.tokenizer.pad_token_id, loaded.batch_size).logits


def _place(run: Run, kept: Answers, weights: str, noise: str, level: float, draw: int) -> Path | None:
    """The file of one evaluation, named by all that decides it; None where nothing can be kept."""
    digests = run.model_dir / "digests.json"
    if not digests.is_file():
        return None
    what = [
        VERSION,
        run.id,
        weights,
        noise,
        level,
        draw,
        wordnet_status(),
        kept.texts,
        kept.pairs,
        own_method.digests([noise]),
    ]
    key = hashlib.sha256(json.dumps(what).encode() + digests.read_bytes())
    with suppress(RuntimeError):
        return cache_folder("robustness") / f"{key.hexdigest()[:32]}.safetensors"
    return None


def _read(place: Path | None, rows: int) -> tuple[np.ndarray, np.ndarray] | None:
    if place is None or not place.is_file():
        return None
    from core.runs.folder.contents import load_arrays

    with suppress(RunError, KeyError):
        kept = load_arrays(place)
        if len(kept["logits"]) == rows:
            return kept["logits"], kept["changed"].astype(bool)
    return None


def _write(place: Path | None, answer: tuple[np.ndarray, np.ndarray]) -> None:
    if place is None:
        return
    logits, changed = answer
    with suppress(OSError):  # a full or unwritable disk only costs the time to compute again
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_file(place, pack({"logits": logits, "changed": changed.astype(np.uint8)}))
