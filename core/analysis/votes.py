"""Blind votes on label survival: which rows are asked about, in which order, and how often labels flipped."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from core.augment.policy import AugmentedRow
from core.augment.votes import Vote
from core.data.rows import Rows
from core.tasks import Task


@dataclass(frozen=True)
class Ballot:
    """One question: do both rows bear this label? Which of them is the original is not said."""

    vote: Vote
    """As it will be kept, still without an answer."""
    label: str
    original_first: bool

    @property
    def shown(self) -> tuple[tuple[str, str | None], tuple[str, str | None]]:
        """The two rows, in the order in which they are shown."""
        rows = self.vote.original, self.vote.augmented
        return rows if self.original_first else rows[::-1]


def ballots(
    task: Task, originals: Rows, done: Sequence[AugmentedRow], voter: str, count: int, seed: int
) -> list[Ballot]:
    """`count` of the changed rows, as evenly over the methods as they go, in an order of each voter's own."""
    rng = Random(f"{seed} {voter}")
    by_method: dict[str, list[AugmentedRow]] = {}
    for row in done:
        if row.changed:
            by_method.setdefault(row.method, []).append(row)
    shared = Random(seed)  # all voters are asked about the same rows, so that there is a majority
    for rows in by_method.values():
        shared.shuffle(rows)
    turns = [row for i in range(count) for rows in by_method.values() for row in rows[i : i + 1]][:count]
    rng.shuffle(turns)
    return [
        Ballot(_vote(task, originals, row, voter), _label(task, originals, row), rng.random() < 0.5) for row in turns
    ]


def _vote(task: Task, originals: Rows, row: AugmentedRow, voter: str) -> Vote:
    pair = originals.pairs[row.row] if originals.pairs is not None else None
    pair_edits = row.pair.edits if row.pair is not None else ()
    return Vote(voter, task.name, row.method, originals.texts[row.row], pair, row.text.edits, pair_edits, None)


def _label(task: Task, originals: Rows, row: AugmentedRow) -> str:
    label = originals.labels[row.row]
    return task.labels[int(label)] if task.labels else f"{label:g}"


@dataclass(frozen=True)
class FlipRate:
    """How often people found that a method had changed the label."""

    votes: int
    """Those that could tell."""
    flips: int
    low: float
    high: float
    """Ends of a 95 % interval (Wilson)."""
    expected: float | None
    """Share of the method's changed rows that a rule of the audit touches; None where it was not worked out."""

    @property
    def rate(self) -> float:
        return self.flips / self.votes if self.votes else float("nan")


def flip_rates(votes: Sequence[Vote], expected: Mapping[str, float] | None = None) -> dict[str, FlipRate]:
    """Method to its flip rate, in the order in which methods were first voted on."""
    told: dict[str, list[bool]] = {}
    for vote in votes:
        answers = told.setdefault(vote.method, [])
        if vote.holds is not None:
            answers.append(not vote.holds)
    return {
        method: FlipRate(len(flips), sum(flips), *wilson(sum(flips), len(flips)), (expected or {}).get(method))
        for method, flips in told.items()
    }


def wilson(hits: int, of: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's score interval for a share (Wilson 1927): sound for few votes and for shares near 0 and 1."""
    if not of:
        return 0.0, 1.0
    share = hits / of
    center = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, center - half), min(1.0, center + half)
