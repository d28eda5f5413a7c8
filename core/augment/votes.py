"""People's votes on whether an augmented row kept its label: a file of JSON lines, and what a majority accepted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from core.augment.edits import Edit, apply_edits
from core.fields import ConfigError

LIMIT = 64 * 2**20
"""Bytes of a file of votes that are read."""
Edits = tuple[Edit, ...]


@dataclass(frozen=True)
class Vote:
    """One person's answer to one augmented row. The row is known by its texts: row numbers change with a draw."""

    voter: str
    task: str
    method: str
    text: str
    """The original."""
    pair: str | None
    edits: Edits
    pair_edits: Edits
    holds: bool | None
    """Whether the label still holds; None: cannot tell."""

    @property
    def original(self) -> tuple[str, str | None]:
        return self.text, self.pair

    @property
    def ballot(self) -> str:
        """Names the augmented row, whoever votes on it."""
        whole = json.dumps([self.task, self.method, *self.original, *self.augmented], ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()[:16]

    @property
    def augmented(self) -> tuple[str, str | None]:
        return apply_edits(self.text, self.edits), None if self.pair is None else apply_edits(
            self.pair, self.pair_edits
        )


def dumped(votes: Iterable[Vote]) -> str:
    """JSON lines."""
    return "".join(json.dumps(asdict(vote), ensure_ascii=False) + "\n" for vote in votes)


def append(path: Path, vote: Vote) -> None:
    """Adds one line in one write, so that several voters may share a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(dumped([vote]))


def parsed(text: str, name: str = "the file of votes") -> list[Vote]:
    """The votes of a file, the last of each voter on each row. ConfigError with the line that is none."""
    latest: dict[tuple[str, str], Vote] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                vote = _vote(json.loads(line))
                latest[vote.voter, vote.ballot] = vote
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                raise ConfigError("augment.votes", f"{name}, line {number}: no vote ({str(error)[:160]})") from None
    return list(latest.values())


def read(path: Path) -> list[Vote]:
    """`parsed` of a file; ConfigError where it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
        if len(data) > LIMIT:
            raise ConfigError("augment.votes", f"{path} has more than {LIMIT // 2**20} MB")
        return parsed(data.decode(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("augment.votes", f"augment.votes: {path} cannot be read: {error}") from None


def _vote(values: object) -> Vote:
    names = {field.name for field in fields(Vote)}
    if not isinstance(values, dict) or set(values) != names:
        raise ValueError(f"it needs the keys {sorted(names)}")
    maybe: dict[str, Any] = {"pair": (str, type(None)), "holds": (bool, type(None))}
    for key in ("voter", "task", "method", "text", "pair", "holds"):
        if not isinstance(values[key], maybe.get(key, str)):
            raise ValueError(f"{key} is {values[key]!r}")
    edits = {key: tuple(Edit(**edit) for edit in values[key]) for key in ("edits", "pair_edits")}
    vote = Vote(**{**values, **edits})
    _ = vote.augmented  # edits that are not true of their text raise ValueError here
    return vote


def accepted(votes: Sequence[Vote]) -> dict[tuple[str, str | None], list[Vote]]:
    """Original row to one vote of each augmented row that more voters found to keep its label than not."""
    balance: dict[str, int] = {}
    for vote in votes:
        balance[vote.ballot] = balance.get(vote.ballot, 0) + (0 if vote.holds is None else 1 if vote.holds else -1)
    found: dict[tuple[str, str | None], list[Vote]] = {}
    for vote in {vote.ballot: vote for vote in votes}.values():
        if balance[vote.ballot] > 0:
            found.setdefault(vote.original, []).append(vote)
    return {original: sorted(mine, key=lambda vote: vote.ballot) for original, mine in found.items()}
