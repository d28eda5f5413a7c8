"""Rows: the texts and labels of one split, as plain lists that no step changes in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.tasks import Task


class DataError(ValueError):
    """The data cannot be used; the message says what is wrong, where, and what to do."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.key = key
        """The configuration key that would settle it, such as `data.label`; empty where none does."""


@dataclass(frozen=True)
class Finding:
    """One thing that is to be known of the rows before a run."""

    kind: str
    count: int
    """How many rows, texts, pieces or classes it concerns."""
    example: str
    why: str
    """What it is, and what it does to a run."""
    remedy: dict[str, Any] = field(default_factory=dict)
    """Configuration keys with the values that mend it; the file itself is never changed. Empty where none does."""


@dataclass(frozen=True)
class Rows:
    """`texts[i]`, and for pair tasks `pairs[i]`, carry `labels[i]`: a class id, or a float for regression."""

    texts: list[str]
    pairs: list[str] | None
    labels: list[int] | list[float]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, indices: Sequence[int]) -> Rows:
        """The rows at `indices`, in that order."""
        return Rows(
            [self.texts[i] for i in indices],
            [self.pairs[i] for i in indices] if self.pairs is not None else None,
            [self.labels[i] for i in indices],
        )


@dataclass(frozen=True)
class Corpus:
    """A task with its training rows and its evaluation splits by name."""

    task: Task
    train: Rows
    evals: dict[str, Rows] = field(default_factory=dict)
    source: str = ""
    """Where the rows came from, for people."""
    findings: tuple[Finding, ...] = ()
    """What reading them brought up: which columns serve and why, what was mended, folded or left out."""
    held_out: float | None = None
    """The share of the rows that was drawn to be evaluated; None where a file or a column says which these are."""
