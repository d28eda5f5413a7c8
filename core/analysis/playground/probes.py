"""A text and a trained model in; the smallest edit that turns the answer, and how often noise does, out."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.analysis.intervals import Interval, share
from core.analysis.playground.edits import KINDS, all_edits, size
from core.augment.edits import AugmentedRow, Edit, apply_edits
from core.augment.english.dictionary import load_synonyms
from core.augment.policy import run_policy
from core.config import RunConfig

if TYPE_CHECKING:
    from core.analysis.predict import Prediction, TrainedModel

MOST_OF_A_KIND = 160
MOST_EDITS = 3
"""Single edits that are combined where none alone turns the answer."""
SECONDS = 3.0
DRAWS = 50
AT_ONCE = 32


@dataclass(frozen=True)
class Attempt:
    """One edit, or a few together, and what the model answered to it."""

    kind: str
    side: int
    """Which text was edited: 0, or 1 for the second of a pair."""
    text: str
    """That text before the edit; `edits` are true of it."""
    edits: tuple[Edit, ...]
    label: str
    odds: float
    """Probability of the first answer after the edit; of a score, the score."""

    @property
    def size(self) -> int:
        """Characters changed."""
        return size(self.edits)


@dataclass(frozen=True)
class Flip:
    """What turning an answer takes, as far as it was tried."""

    label: str
    odds: float
    """Probability of the answer to the text as it stands; of a score, the score."""
    smallest: Attempt | None
    """The edit of fewest characters that turns the answer; None where none did."""
    by_kind: dict[str, Attempt]
    """Kind -> its smallest edit that turns the answer."""
    closest: Attempt | None
    """What came nearest, where nothing turned it (of a score: what moved it most)."""
    tried: dict[str, int]
    """Kind -> how many were tried."""
    left: int
    """How many were left untried for want of time, or because a kind had too many, though none of it turned it."""
    seconds: float


def smallest_flip(trained: TrainedModel, text: str, pair: str | None = None, seconds: float = SECONDS) -> Flip:
    """Try single edits, each kind from the fewest characters on, then the best ones together; ends in time.

    Each kind may take as long as is left of its share, so that many typos do not keep negations from being tried.
    """
    waiting = _candidates(text, pair)
    begun = time.perf_counter()
    search = _Search(trained, text, pair)
    left = 0
    for turn, (kind, edits) in enumerate(waiting.items()):
        search.deadline = begun + seconds * (turn + 1) / len(waiting)
        if not search.each(kind, edits[:MOST_OF_A_KIND]):
            left += len(edits) - search.tried.get(kind, 0)
    if not search.flips and not trained.task.is_regression:
        search.together()
    flips = sorted(search.flips, key=lambda one: (len(one.edits), one.size))
    by_kind: dict[str, Attempt] = {}
    for one in flips:
        by_kind.setdefault(one.kind, one)
    return Flip(
        search.first.label, search.odds, flips[0] if flips else None, by_kind, None if flips else search.closest(),
        search.tried, left, time.perf_counter() - begun,
    )  # fmt: skip


class _Edits(NamedTuple):
    side: int
    """0: the text; 1: its pair."""
    edits: list[Edit]


def _candidates(text: str, pair: str | None) -> dict[str, list[_Edits]]:
    table = load_synonyms("careful")
    sides = [all_edits(text, table)] + ([all_edits(pair, table)] if pair is not None else [])
    found = {kind: [_Edits(side, edits) for side, of in enumerate(sides) for edits in of[kind]] for kind in KINDS}
    return {kind: sorted(edits, key=lambda one: size(one.edits)) for kind, edits in found.items()}


class _Search:
    """What was tried so far on one text."""

    def __init__(self, trained: TrainedModel, text: str, pair: str | None) -> None:
        self.trained, self.texts = trained, (text, pair)
        self.deadline = math.inf
        """On the clock of `perf_counter`; one batch of the first kind is always tried."""
        self.first = self._ask([(text, pair)])[0]
        self.odds = self._of(self.first)
        self.tried: dict[str, int] = {}
        self.all: list[Attempt] = []

    @property
    def flips(self) -> list[Attempt]:
        return [] if self.trained.task.is_regression else [one for one in self.all if one.label != self.first.label]

    def each(self, kind: str, edits: Sequence[_Edits]) -> bool:
        """Try them in order until the time is up, or one turned the answer, as those after it are larger. Whether."""
        for start in range(0, len(edits), AT_ONCE):
            if time.perf_counter() > self.deadline and self.tried:
                break
            batch = edits[start : start + AT_ONCE]
            answers = self._ask([self._edited(side, these) for side, these in batch])
            for (side, these), answer in zip(batch, answers, strict=True):
                shown = self.texts[side] or ""
                self.all.append(Attempt(kind, side, shown, tuple(these), answer.label, self._of(answer)))
            self.tried[kind] = self.tried.get(kind, 0) + len(batch)
            if any(one.kind == kind for one in self.flips):
                return True
        return False

    def together(self) -> None:
        """The single edits that cost the answer most, two and then three at once, where they do not overlap."""
        kept: list[Attempt] = []
        for one in sorted(self.all, key=lambda one: one.odds):
            if one.side != (kept[0].side if kept else one.side):
                continue
            mine = one.edits[0]
            if any(mine.start <= edit.end and edit.start <= mine.end for other in kept for edit in other.edits):
                continue
            kept.append(one)
            if len(kept) > 1:
                edits = sorted((edit for other in kept for edit in other.edits), key=lambda edit: edit.start)
                self.each("several together", [_Edits(one.side, edits)])
            if len(kept) == MOST_EDITS or self.flips or time.perf_counter() > self.deadline:
                return

    def closest(self) -> Attempt | None:
        if self.trained.task.is_regression:
            return max(self.all, key=lambda one: abs(one.odds - self.odds), default=None)
        return min(self.all, key=lambda one: one.odds, default=None)

    def _edited(self, side: int, edits: list[Edit]) -> tuple[str, str | None]:
        text, pair = self.texts
        return (apply_edits(text, edits), pair) if side == 0 else (text, apply_edits(pair or "", edits))

    def _ask(self, asked: Sequence[tuple[str, str | None]]) -> list[Prediction]:
        return ask(self.trained, asked)

    def _of(self, answer: Prediction) -> float:
        return answer.probabilities["score" if self.trained.task.is_regression else self.first.label]


def ask(trained: TrainedModel, asked: Sequence[tuple[str, str | None]]) -> list[Prediction]:
    """Answers to texts, or pairs, as a list."""
    from core.analysis.predict import predict

    pairs = [pair or "" for _, pair in asked] if trained.task.is_pair else None
    return predict(trained, [text for text, _ in asked], pairs)[0]


@dataclass(frozen=True)
class Survival:
    """How an answer stands up to a run's own augmentation."""

    label: str
    kept: Interval
    """Share of the draws that have the same answer."""
    unchanged: int
    """Draws in which the augmentation found nothing to change."""
    draws: tuple[tuple[AugmentedRow, str], ...]
    """Every draw with its answer."""
    own: bool
    """Whether the run augments; else the default augmentation was drawn."""

    @property
    def lost(self) -> list[tuple[AugmentedRow, str]]:
        return [(row, label) for row, label in self.draws if label != self.label]


def survives(
    trained: TrainedModel, config: RunConfig, text: str, pair: str | None = None, draws: int = DRAWS
) -> Survival:
    """The answers to `draws` epochs of the run's own augmentation of this text. ValueError for a regression."""
    if trained.task.is_regression:
        raise ValueError(f"{trained.task.name} answers with a score, which noise moves but cannot turn")
    own = config.augment.mode != "none"
    changes: dict[str, Any] = {"augment.mode": "dynamic"}
    policy = run_policy(config.replace(changes), replace(trained.task, augment_sides=_sides(trained, pair)))
    rows = [policy.row(0, text, pair, epoch) for epoch in range(draws)]
    shown = [(row.text.text, row.pair.text if row.pair else None) for row in rows]
    first, *answers = ask(trained, [(text, pair), *shown])
    labels = [answer.label for answer in answers]
    return Survival(
        first.label, share(np.array([label == first.label for label in labels])),
        sum(not row.changed for row in rows), tuple(zip(rows, labels, strict=True)), own,
    )  # fmt: skip


def _sides(trained: TrainedModel, pair: str | None) -> tuple[str, ...]:
    sides = tuple(side for side in trained.task.augment_sides if side == "text" or pair is not None)
    return sides or ("text",)
