"""Rows and an epoch in, augmented rows out: paper A's scheme, a function of (seed, epoch, row) and of nothing else.

Each epoch `round(fraction * rows)` rows are drawn without replacement and each gets one method, drawn by weight. Where
a careful method finds no good place the next one takes its turn: a synonym's is a swap's, a swap's (nine in ten: few
sentences have words that may change places) a typo's. So with equal weights most rows get a typo; `augment.weights`
says otherwise. No state is carried from one row or epoch to the next, so workers, batch order and resuming change
nothing, and what a run saw can be computed again from its configuration.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from core.augment.edits import Augmented
from core.augment.english.dictionary import SynonymTable, load_synonyms
from core.augment.transforms import augment_text, turns
from core.data.rows import Rows
from core.sections import AugmentConfig

if TYPE_CHECKING:
    from core.augment.methods.context import ContextModel

SIDES = ("text", "pair")
_DRAW = 2**40 - 1  # takes the row's place in the seed of an epoch's draw


@dataclass(slots=True)
class AugmentedRow:
    row: int
    epoch: int
    method: str
    """What was applied: the drawn method, or the next one where a careful method found no good place. Where none
    did, the row comes back as it was."""
    text: Augmented
    pair: Augmented | None

    @property
    def changed(self) -> bool:
        return self.text.changed or (self.pair is not None and self.pair.changed)


class AugmentPolicy:
    """Which rows an epoch changes, and how. `sides`: those of `text`, `pair` that the task augments.

    `table` and `context` are loaded when first needed if not given (`context` must be given where its method is
    asked for). `protect` names lower-case words that careful methods leave alone (`audit.protected_words`).
    """

    def __init__(
        self,
        config: AugmentConfig,
        sides: tuple[str, ...],
        seed: int,
        table: SynonymTable | None = None,
        context: ContextModel | None = None,
        protect: frozenset[str] = frozenset(),
    ) -> None:
        for side in sides:
            if side not in SIDES:
                raise ValueError(f"unknown side {side!r}; choose from {list(SIDES)}")
        if "context" in config.methods and config.mode != "none" and context is None:
            raise ValueError("the method 'context' needs a loaded model with a masked-language-model head")
        self.config = config
        self.sides = sides
        self.seed = seed
        self.table = table
        self.context = context
        self.protect = protect
        self.weights = config.weights or (1.0,) * len(config.methods)

    def chosen(self, n_rows: int, epoch: int) -> list[int]:
        """Sorted indices of the rows that `epoch` (from 0) changes: `round(fraction * n_rows)`; 2.5 rounds to 2."""
        if self.config.mode == "none":
            return []
        count = round(self.config.fraction * n_rows)
        return sorted(self._random(epoch, _DRAW).sample(range(n_rows), count))

    def row(self, index: int, text: str, pair: str | None, epoch: int) -> AugmentedRow:
        """The row as `epoch` shows it if it is one of the chosen ones; `index` is its place among the training rows."""
        rng = self._random(epoch, index)
        methods = self._order(rng)
        careful = self.config.style == "careful"
        first = self._apply(methods[0], index, text, pair, epoch, rng, force=not careful or len(methods) == 1)
        if first.changed or not careful:
            return first
        for method in methods[1:]:
            other = self._apply(method, index, text, pair, epoch, rng, force=False)
            if other.changed:
                return other
        return first

    def row_by(self, method: str, index: int, text: str, pair: str | None, epoch: int) -> AugmentedRow:
        """The row as `epoch` would show it if it were chosen and `method` drawn, with no other to fall back on."""
        force = self.config.style != "careful" or len(self.config.methods) == 1
        return self._apply(method, index, text, pair, epoch, self._random(epoch, index), force)

    def epoch(self, rows: Rows, epoch: int) -> tuple[Rows, list[AugmentedRow]]:
        """New rows for the epoch, and what was done to the chosen ones, in row order. The input is not changed."""
        texts = list(rows.texts)
        pairs = list(rows.pairs) if rows.pairs is not None else None
        done = []
        for index in self.chosen(len(rows), epoch):
            augmented = self.row(index, texts[index], pairs[index] if pairs is not None else None, epoch)
            done.append(augmented)
            texts[index] = augmented.text.text
            if pairs is not None and augmented.pair is not None:
                pairs[index] = augmented.pair.text
        return Rows(texts, pairs, rows.labels), done

    def _apply(
        self, method: str, index: int, text: str, pair: str | None, epoch: int, rng: Random, force: bool
    ) -> AugmentedRow:
        first = self._side("text", text, method, rng, force)
        second = None if pair is None else self._side("pair", pair, method, rng, force)
        return AugmentedRow(index, epoch, method, first, second)

    def _side(self, side: str, text: str, method: str, rng: Random, force: bool) -> Augmented:
        if side not in self.sides:
            return Augmented(text, (), method)
        if self.table is None and method != "context":
            self.table = load_synonyms(self.config.style)
        config = self.config
        return augment_text(
            text, method, rng, config.style, config.strength, self.table, self.context, self.protect, force
        )

    def _order(self, rng: Random) -> tuple[str, ...]:
        """The method drawn by weight, then those that take its turn where it finds no good place."""
        weighted = tuple(m for m, weight in zip(self.config.methods, self.weights, strict=True) if weight > 0)
        return turns(weighted)[rng.choices(self.config.methods, self.weights)[0]]

    def _random(self, epoch: int, row: int) -> Random:
        """A generator of its own for every (seed, epoch, row); `static` shows every epoch the draw of epoch 0."""
        if self.config.mode == "static":
            epoch = 0
        return Random((self.seed << 80) | (epoch << 40) | row)
