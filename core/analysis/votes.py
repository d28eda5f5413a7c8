"""Whether labels survive an augmentation, by vote: questions asked blind, ballots kept in a file, flips by method.

A voter sees a row and what became of it in random order, with the label, and says for which of the two it holds. A flip
is a label that holds for the original and no longer for the augmented row; where it does not hold for the original
either, the row says nothing about the augmentation and is counted apart.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from random import Random
from typing import Literal

import numpy as np

from core.analysis.intervals import share
from core.analysis.preview import PreviewRow

Verdict = Literal["keeps", "flips", "unclear"]
VERDICTS: tuple[Verdict, ...] = ("keeps", "flips", "unclear")
MOST_BALLOTS = 100_000


@dataclass(frozen=True)
class VoteQuestion:
    """A changed row, its sides as one text each."""

    method: str
    label: str
    original: tuple[str, ...]
    augmented: tuple[str, ...]


@dataclass(frozen=True)
class Ballot:
    """One voter's verdict on one question."""

    voter: str
    method: str
    label: str
    original: tuple[str, ...]
    augmented: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True)
class Flips:
    """Of one method: rows that voters agreed on, and the share of them whose label did not survive."""

    rows: int
    flipped: int
    unclear: int
    low: float
    """Of the exact 95 % interval of the share."""
    high: float

    @property
    def share(self) -> float:
        return self.flipped / self.rows if self.rows else 0.0


def questions(shown: Sequence[PreviewRow], labels: Sequence[str]) -> list[VoteQuestion]:
    """The changed rows of a sample; `labels` by row."""
    sides: dict[tuple[int, int], list[PreviewRow]] = defaultdict(list)
    for side in shown:
        sides[side.row, side.epoch].append(side)
    return [
        VoteQuestion(
            first[0].method,
            labels[row],
            tuple(side.original for side in first),
            tuple(side.augmented for side in first),
        )
        for (row, _), first in sides.items()
        if any(side.original != side.augmented for side in first)
    ]


def next_question(asked: Sequence[VoteQuestion], ballots: Sequence[Ballot], voter: str) -> tuple[int, bool] | None:
    """(place of the question, whether the augmented row is shown first), or None when the voter has seen all.

    What fewest have voted on comes first, methods by turns, in an order of the voter's own: so that a class covers the
    sample and nobody looks at the neighbour's screen.
    """
    votes: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = defaultdict(int)
    methods: dict[str, int] = defaultdict(int)
    mine = set()
    for ballot in ballots:
        votes[ballot.original, ballot.augmented] += 1
        methods[ballot.method] += 1
        if ballot.voter == voter:
            mine.add((ballot.original, ballot.augmented))
    places = [i for i, one in enumerate(asked) if (one.original, one.augmented) not in mine]
    if not places:
        return None
    shuffled = {i: Random(f"{voter} {i}").random() for i in places}
    place = min(
        places,
        key=lambda i: (votes[asked[i].original, asked[i].augmented], methods[asked[i].method], shuffled[i]),
    )
    return place, Random(f"{voter} {place} order").random() < 0.5


def verdicts(ballots: Iterable[Ballot]) -> dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, Verdict]]:
    """(original, augmented) to (method, what most voters said); a tie is unclear."""
    heard: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, Ballot]] = defaultdict(dict)
    for ballot in ballots:
        heard[ballot.original, ballot.augmented][ballot.voter] = ballot  # who votes again has changed their mind
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, Verdict]] = {}
    for key, by_voter in heard.items():
        cast = [ballot.verdict for ballot in by_voter.values()]
        counts = {verdict: cast.count(verdict) for verdict in VERDICTS}
        best = [verdict for verdict in VERDICTS if counts[verdict] == max(counts.values())]
        found[key] = next(iter(by_voter.values())).method, best[0] if len(best) == 1 else "unclear"
    return found


def flips_by_method(ballots: Iterable[Ballot]) -> dict[str, Flips]:
    """Flip rate a method over rows, each counted once, with its interval."""
    by_method: dict[str, list[Verdict]] = defaultdict(list)
    for method, verdict in verdicts(ballots).values():
        by_method[method].append(verdict)
    found = {}
    for method, said in sorted(by_method.items()):
        flipped, rows = said.count("flips"), len(said) - said.count("unclear")
        rate = share(np.arange(rows) < flipped)
        low, high = (rate.low, rate.high) if rows else (0.0, 1.0)
        found[method] = Flips(rows, flipped, said.count("unclear"), low, high)
    return found


def accepted(ballots: Iterable[Ballot]) -> frozenset[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(original, augmented) of the rows that most voters found to keep their label."""
    return frozenset(key for key, (_, verdict) in verdicts(ballots).items() if verdict == "keeps")


def to_lines(ballots: Iterable[Ballot]) -> str:
    """The file: a JSON object a line."""
    return "".join(json.dumps(asdict(ballot), ensure_ascii=False) + "\n" for ballot in ballots)


def from_lines(text: str) -> list[Ballot]:
    """The ballots of such a file. ValueError names the first line that is none."""
    found: list[Ballot] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if len(found) >= MOST_BALLOTS:
            raise ValueError(f"line {number}: more than {MOST_BALLOTS:,} votes")
        try:
            found.append(_ballot(json.loads(line)))
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"line {number} is no vote ({error}); a vote has {_named()}") from None
    return found


def _ballot(entry: dict[str, object]) -> Ballot:
    words = {name: entry[name] for name in ("voter", "method", "label", "verdict")}
    texts = {name: entry[name] for name in ("original", "augmented")}
    if not all(isinstance(word, str) for word in words.values()) or words["verdict"] not in VERDICTS:
        raise ValueError(f"its verdict must be one of {list(VERDICTS)}")
    for name, sides in texts.items():
        if not isinstance(sides, list) or not 1 <= len(sides) <= 2 or not all(isinstance(side, str) for side in sides):
            raise ValueError(f"{name} must be a list of one or two texts")
        texts[name] = tuple(sides)
    return Ballot(**words, **texts)  # type: ignore[arg-type]


def _named() -> str:
    return ", ".join(field.name for field in fields(Ballot))
