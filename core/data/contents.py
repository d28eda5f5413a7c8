"""What a column's cells look like: texts, names of classes, numbers, dates, or numbers in the order of the rows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.data.dates import is_date
from core.data.labels import MAX_CLASSES
from core.data.notation import as_number

if TYPE_CHECKING:
    import pandas as pd

LOOKED, SAMPLE = 20_000, 2_000
"""Rows whose different values are counted, and of these the filled ones whose form is looked at."""
FEWEST_ORDERED = 10
"""Rows; of fewer, whole numbers may well stand in their order by chance."""


@dataclass(frozen=True)
class Contents:
    """What is in the column `name`."""

    name: str
    distinct: int
    filled: int
    words: float
    letters: float
    numbers: bool
    dates: bool
    ordered: bool
    """Whole numbers that rise or fall from row to row, as those of tickets and of the rows themselves do."""

    @property
    def is_text(self) -> bool:
        return not self.numbers and not self.dates and self.distinct > 1 and (self.words >= 2 or self.letters >= 20)

    @property
    def is_classes(self) -> bool:
        """Whether its contents look like the names of classes: few, short, each met again."""
        few = 2 <= self.distinct <= MAX_CLASSES and self.distinct < self.filled
        return few and self.words <= 4 and not self.dates

    @property
    def may_be_label(self) -> bool:
        return self.is_classes or (self.numbers and self.distinct > 1)


def look(values: pd.Series, name: str) -> Contents:
    """What the cells of a column look like, empty ones left out."""
    filled = [value for value in values.head(LOOKED).str.strip() if value]
    sample = filled[:SAMPLE]
    size = max(1, len(sample))
    numbers = [number for value in sample if (number := as_number(value)) is not None]
    return Contents(
        name,
        len(set(filled)),
        len(filled),
        sum(len(value.split()) for value in sample) / size,
        sum(map(len, sample)) / size,
        bool(sample) and len(numbers) >= 0.9 * size,
        bool(sample) and sum(map(is_date, sample)) >= 0.9 * size,
        len(numbers) == len(sample) >= FEWEST_ORDERED and _are_ordered(numbers),
    )


def _are_ordered(numbers: list[float]) -> bool:
    steps = [second - first for first, second in itertools.pairwise(numbers)]
    return all(map(float.is_integer, numbers)) and (min(steps) > 0 or max(steps) < 0)
