"""What was asked for beside what was done: the mix of methods over augmented rows, for pages, records and the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.augment.dealing import has_words
from core.augment.edits import AugmentedRow
from core.augment.english.synonym_table import SynonymTable
from core.augment.methods import synonym
from core.data.rows import Rows


@dataclass(frozen=True)
class MethodShare:
    """One method among the augmented rows; shares of all of them, so that they and `unchanged` add up to 1."""

    asked: float
    """Its weight, as a share."""
    drawn: float
    applied: float
    unchanged: float
    """Drawn, and found nothing that it may change."""


@dataclass(frozen=True)
class Shares:
    """How the mix of methods came out over some augmented rows."""

    rows: int
    unchanged: float
    methods: dict[str, MethodShare]
    long_rows: int
    """Rows of which a side that is augmented has at least four words."""
    long_methods: dict[str, MethodShare]
    """The same among these alone."""
    own_words: float | None = None
    """Paper style: of the words that synonyms were looked up for and found, the share whose first one is the word
    itself, so that they stay; None for the careful style, and where none was found."""


def shares(
    weights: Mapping[str, float],
    rows: Rows,
    done: Sequence[AugmentedRow],
    sides: Sequence[str],
    table: SynonymTable | None = None,
) -> Shares:
    """`weights`: as resolved (`AugmentPolicy.weights`); `rows`: the originals that `done` indexes. `table`: the
    dictionary that the rows were augmented with, which the paper's own words are counted by."""
    long = [row for row in done if any(map(has_words, _sides(rows, row.row, sides)))]
    everything = _methods(weights, done)
    unchanged = sum(method.unchanged for method in everything.values())
    own = None
    if table and table.style == "paper":
        looked_up = [row.row for row in done if row.method == synonym.METHOD.name]
        own = synonym.own_share((text for row in looked_up for text in _sides(rows, row, sides)), table)
    return Shares(len(done), unchanged, everything, len(long), _methods(weights, long), own)


def _methods(weights: Mapping[str, float], done: Sequence[AugmentedRow]) -> dict[str, MethodShare]:
    total, n = sum(weights.values()), max(len(done), 1)
    found = {}
    for name, weight in weights.items():
        mine = [row.changed for row in done if row.method == name]
        applied = sum(mine)
        found[name] = MethodShare(weight / total, len(mine) / n, applied / n, (len(mine) - applied) / n)
    return found


def _sides(rows: Rows, index: int, sides: Sequence[str]) -> list[str]:
    """The texts of a row that are augmented."""
    texts = [rows.texts[index]] if "text" in sides else []
    if rows.pairs is not None and "pair" in sides:
        texts.append(rows.pairs[index])
    return texts
