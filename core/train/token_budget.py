"""Lengths of rows and a token budget in; how many batches an epoch has, and an epoch's batches, out. Imports no torch.

A batch holds as many rows as fit into the budget once all are padded to its longest. The rows, sorted by length, are
cut into windows; each epoch shuffles a window's rows and cuts them anew into its batches. What a window's longest row
allows fits whichever rows meet, so the number of batches follows from the lengths alone: a schedule knows its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

MIX = 8
"""At least so many batches share a window, the last at least half as many: one pair of rows in so many meets again."""
WINDOWS = 50
"""At most about so many windows make an epoch: beyond that, narrower ones save no padding worth its sameness."""


@dataclass(frozen=True)
class Window:
    """Rows of like lengths that one epoch deals out to so many batches, of one size or one row apart."""

    rows: int
    batches: int

    def sizes(self) -> list[int]:
        even, larger = divmod(self.rows, self.batches)
        return [even + (place < larger) for place in range(self.batches)]


def windows(lengths: Sequence[int], budget: int) -> list[Window]:
    """The rows from longest to shortest, in windows; a row longer than `budget` is a batch of its own."""
    ordered = np.sort(np.asarray(lengths))[::-1]
    mix = max(MIX, -(-int(ordered.sum()) // (budget * WINDOWS)))
    first = alone = int((ordered > budget).sum())
    rows: list[int] = []  # of each window
    fits: list[int] = []  # how many of them fit into a batch
    while first < len(ordered):
        fit, left = budget // int(ordered[first]), len(ordered) - first
        if 2 * left < mix * fit and rows:  # too few for a window: they join the one before
            rows[-1] += left
            break
        rows.append(min(mix * fit, left))
        fits.append(fit)
        first += rows[-1]
    alike = [Window(many, -(-many // fit)) for many, fit in zip(rows, fits, strict=True)]
    return [*([Window(alone, alone)] if alone else []), *alike]


def budget_notes(lengths: Sequence[int], budget: int, augmented: bool = False) -> list[str]:
    """What is to be said of a run's batches: how unlike they are, and which rows are longer than one should be.

    `augmented`: whether the run sees rows otherwise than they came, by whose lengths its batches are made.
    """
    sizes = [size for window in windows(lengths, budget) for size in window.sizes()]
    few, many, over = min(sizes), max(sizes), sum(length > budget for length in lengths)
    notes = []
    if many > few:
        notes.append(
            f"a token budget of {budget:,} makes {len(sizes):,} batches an epoch, of {few:,} to {many:,} rows; "
            f"a step's loss is the mean over its rows, so one of {few:,} weighs {many / few:.3g} times one of {many:,}"
        )
    if over:
        notes.append(f"{over:,} training rows are longer than train.token_budget={budget}: each is a batch by itself")
    if augmented:
        notes.append(
            f"train.token_budget={budget} counts rows as they came: what augmentation adds to one comes on top, "
            "some 5 to 10 % of a batch that goes beyond"
        )
    return notes


class TokenBudgetBatches:
    """Batches of row indices of at most `budget` word pieces, padding included, that follow from seed and epoch alone.

    What the windows cost, and what they leave (`core.train.batches` has the same of batches of one size):

        rows, budget         batches   padding, of all pieces   rows a batch   two rows of a batch meet again
        WNLI, 635, 1,300          25   21 %                     12 to 38       0.11
        RTE, 2,490, 4,800         41   13 %                     37 to 96       0.12
        CoLA, 1,000, 400          38   13 %                     12 to 38       0.13
        demo, 2,400, 850          83    7 %                     16 to 46       0.11

    Lengths are those of the rows as they came, so that two runs which differ in augmentation see the same rows in the
    same batches; what augmentation adds to a row comes on top. With a tenth of the rows augmented, 44 % of the demo's
    batches go beyond their budget of 850, by 6 % on average and 20 % at most (CoLA at 400: 29 %, 8 %, 24 %).
    """

    def __init__(self, lengths: Sequence[int], budget: int, seed: int) -> None:
        self._order = np.argsort(-np.asarray(lengths), kind="stable")
        self._windows = windows(lengths, budget)
        self._seed, self._epoch = seed, 0

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def __len__(self) -> int:
        return sum(window.batches for window in self._windows)

    def __iter__(self) -> Iterator[list[int]]:
        rng = np.random.default_rng([self._seed, self._epoch])
        batches: list[list[int]] = []
        first = 0
        for window in self._windows:
            rows = rng.permutation(self._order[first : first + window.rows])
            ends = np.cumsum(rng.permutation(window.sizes()))
            batches += [batch.tolist() for batch in np.split(rows, ends[:-1])]
            first += window.rows
        return iter([batches[i] for i in rng.permutation(len(batches))])
