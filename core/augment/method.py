"""What a method of augmentation is: how it edits a text in either style, and what it may do to a label."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal, Protocol, get_args

from core.augment.edits import Augmented, Edit
from core.augment.english.synonym_table import SynonymTable
from core.fields import one_of

Change = Literal["wording", "order", "spelling", "guess", "anything"]
"""What a method does to a text, as far as labels are concerned; the audit's rules ask for it."""
Color = Literal["blue", "green", "vermilion", "purple", "orange"]
"""Families of colours; the dashboard has the shades."""


class Guesser(Protocol):
    """A loaded model that proposes words, for the methods that need one."""

    def replace(
        self, texts: Sequence[str], rng: Random, strength: float | None, protect: frozenset[str]
    ) -> list[Augmented]: ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What a form knows beside the text: the same for every row of a run."""

    table: SynonymTable
    strength: float | None = None
    """Share of what the method `counts`; None where the paper fixed a number instead."""
    protect: frozenset[str] = frozenset()
    """Lower-case words that the task's labels hang on: careful forms leave them alone."""
    distance: int = 3
    """How far apart two words that change places may stand (careful)."""
    guesser: Guesser | None = None


Form = Callable[[str, Random, Setting], list[Edit]]
"""The edits of one text, disjoint and in any order; none where nothing may be changed."""


@dataclass(frozen=True)
class Method:
    """One method. The list in `core.augment.methods` is all that knows of it besides its own file."""

    name: str
    summary: str
    """One line for people."""
    color: Color
    changes: Change
    careful: Form
    """Keeps the label where it can."""
    paper: Form
    """What paper A's authors ran."""
    strengths: Mapping[str, float | None] = field(default_factory=lambda: {"careful": 0.05, "paper": None})
    """Style to the strength where neither the configuration nor the task names one."""
    counts: Literal["words", "letters"] = "words"
    """What its strength is a share of."""
    load: Callable[[str], Guesser] | None = None
    """Loads what it needs of a run's model; None for the methods that need none."""

    def __post_init__(self) -> None:
        one_of("color", self.color, get_args(Color))
        one_of("changes", self.changes, get_args(Change))

    @property
    def needs_model(self) -> bool:
        return self.load is not None

    def form(self, style: str) -> Form:
        return self.paper if style == "paper" else self.careful
