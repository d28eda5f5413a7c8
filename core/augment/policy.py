"""Paper A's scheme: which rows an epoch changes and how, a function of (seed, epoch, rows) and of nothing else.

Each epoch a share of the rows is drawn without replacement and each gets one method, dealt by weight, so that the mix
asked for is the mix trained on (`core.augment.dealing`). What no method finds a place for stays as it is and is
reported as unchanged. No state is carried from one epoch to the next, so workers, batch order and resuming change
nothing, and what a run saw can be computed again from its configuration. What a method does to a row hangs on seed,
epoch and row alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from core.augment.dealing import dealt, has_words, trade
from core.augment.draws import EDITS, METHOD, OFFSET, ROWS, RowRandom, hashed, uniform
from core.augment.edits import AugmentedRow, assembled
from core.augment.english.dictionary import SynonymTable, load_synonyms
from core.augment.english.polarity import protected_words
from core.augment.filters import RowFilter
from core.augment.method import Form, Guesser, Method, Setting
from core.augment.methods import method_named
from core.augment.votes import edits_between, read_accepted
from core.config import RunConfig
from core.data.rows import Rows
from core.loading import paused_collector
from core.sections import AugmentConfig
from core.tasks import Task

SIDES = ("text", "pair")


class AugmentPolicy:
    """Which rows an epoch changes, and how. `sides`: those of `text`, `pair` that are augmented.

    `task` brings what is special about it: weights, strengths, class names, words that its labels hang on. `table` and
    `guesser` are loaded where they are not given (`guesser` by name of the model, in `run_policy`).
    """

    def __init__(
        self,
        config: AugmentConfig,
        sides: tuple[str, ...],
        seed: int,
        table: SynonymTable | None = None,
        guesser: Guesser | None = None,
        task: Task | None = None,
    ) -> None:
        for side in sides:
            if side not in SIDES:
                raise ValueError(f"unknown side {side!r}; choose from {list(SIDES)}")
        self.config, self.sides, self.seed = config, sides, seed
        self.methods: tuple[Method, ...] = tuple(map(method_named, config.methods))
        self.weights = resolved_weights(config, task)
        self.strengths = resolved_strengths(config, task)
        self.protect = protected_words(task.rests_on) if task and config.style == "careful" else frozenset()
        self.accepted = read_accepted(Path(config.votes)) if config.votes and config.mode != "none" else None
        self.filter = RowFilter(config, task.labels if task else (), self.accepted)
        self._table, self._guesser = table, guesser
        self._forms: dict[str, tuple[Form, Setting]] = {}
        self._generator = RowRandom()
        self._lengths: tuple[Rows, np.ndarray] | None = None
        if config.mode != "none":
            for method in self.methods:
                if method.needs_model and guesser is None:
                    raise ValueError(
                        f"the method {method.name!r} needs a loaded model with a masked-language-model head"
                    )

    def chosen(self, rows: Rows, epoch: int) -> list[int]:
        """Sorted indices of the rows that `epoch` (from 0) changes: `round(fraction * rows that may be augmented)`."""
        if self.config.mode == "none" or not len(rows):
            return []
        weights = self.filter.weights(rows)
        count = round(self.config.fraction * np.count_nonzero(weights))
        if not count:
            return []
        # The smallest of -log(u) / weight are a draw by weight without replacement (Efraimidis, Spirakis 2006).
        with np.errstate(divide="ignore"):
            keys = -np.log(uniform(ROWS, self.seed, self._epoch(epoch), np.arange(len(rows)))) / weights
        return sorted(np.argpartition(keys, count - 1)[:count].tolist())

    def row(self, index: int, text: str, pair: str | None, epoch: int) -> AugmentedRow:
        """A row that no others stand beside, such as a typed text: its method is drawn by weight.

        `index`: its place among the training rows.
        """
        method = self.methods[self._picked([index], epoch)[0]]
        return self._shown(method, epoch)(index, text, pair, self._states([index], epoch)[0])

    def row_by(self, method: str, index: int, text: str, pair: str | None, epoch: int) -> AugmentedRow:
        """The row as `epoch` shows it if it is chosen and gets `method`."""
        return self._shown(method_named(method), epoch)(index, text, pair, self._states([index], epoch)[0])

    def epoch(self, rows: Rows, epoch: int) -> tuple[Rows, list[AugmentedRow]]:
        """New rows for the epoch, and what was done to the chosen ones, in row order. The input is not changed."""
        done = self.augmented(rows, self.chosen(rows, epoch), epoch)
        texts = list(rows.texts)
        pairs = list(rows.pairs) if rows.pairs is not None else None
        for row in done:
            texts[row.row] = row.text.text
            if pairs is not None and row.pair is not None:
                pairs[row.row] = row.pair.text
        return Rows(texts, pairs, rows.labels), done

    def augmented(self, rows: Rows, indices: list[int], epoch: int) -> list[AugmentedRow]:
        """What `epoch` does to the rows of these indices where they are the chosen ones, in their order."""
        draws, long = uniform(METHOD, self.seed, self._epoch(epoch), indices), self._long(rows)[indices]
        weights = [self.weights[method.name] for method in self.methods]
        picked = dealt(weights, draws, long, uniform(OFFSET, self.seed, self._epoch(epoch), [0])[0])
        states, texts, pairs = self._states(indices, epoch), rows.texts, rows.pairs
        shows = [self._shown(method, epoch) for method in self.methods]

        def show(place: int, number: int) -> AugmentedRow:
            index = indices[place]
            return shows[number](index, texts[index], None if pairs is None else pairs[index], states[place])

        done: list[Any] = [None] * len(indices)
        with paused_collector():  # all that is made here is kept
            for number, by_method in enumerate(shows):  # one after another: what each looks up stays at hand
                for place in np.flatnonzero(picked == number).tolist():
                    index = indices[place]
                    pair = None if pairs is None else pairs[index]
                    done[place] = by_method(index, texts[index], pair, states[place])
            if self.config.style == "careful" and self.accepted is None:
                trade(done, picked, draws, long, show)
        return done

    def _long(self, rows: Rows) -> np.ndarray:
        """(rows,) bool: whether a side that is augmented has some words."""
        if self._lengths is None or self._lengths[0] is not rows:  # every epoch asks for the same rows
            columns = [texts for side, texts in zip(SIDES, (rows.texts, rows.pairs), strict=True) if side in self.sides]
            found = np.zeros(len(rows), bool)
            for texts in columns:
                found |= np.fromiter(map(has_words, texts or [""] * len(rows)), bool, len(rows))
            self._lengths = (rows, found)
        return self._lengths[1]

    def _shown(self, method: Method, epoch: int) -> Callable[[int, str, str | None, int], AugmentedRow]:
        """(index, text, pair, state of the generator) to the row as `method` changes it."""
        if self.accepted is not None:
            return partial(self._accepted, method, epoch)
        rng, name = self._generator, method.name
        form, setting = self._forms.get(name) or self._prepared(method)
        of_text, of_pair = "text" in self.sides, "pair" in self.sides

        def show(index: int, text: str, pair: str | None, state: int) -> AugmentedRow:
            rng.state = state
            first = assembled(text, form(text, rng, setting) if of_text else [], name)
            if pair is None:
                return AugmentedRow(index, epoch, name, first, None)
            second = assembled(pair, form(pair, rng, setting) if of_pair else [], name)
            return AugmentedRow(index, epoch, name, first, second)

        return show

    def _accepted(
        self, method: Method, epoch: int, index: int, text: str, pair: str | None, state: int
    ) -> AugmentedRow:
        """One of the edits that voters accepted for this row, by any method of some weight; else the row as it was."""
        row = (text,) if pair is None else (text, pair)
        found = [one for one in (self.accepted or {}).get(row, ()) if self.weights.get(one[0])]
        name, new = found[state % len(found)] if found else (method.name, row)
        first = assembled(text, edits_between(row, new, 0), name)
        second = None if pair is None else assembled(pair, edits_between(row, new, 1), name)
        return AugmentedRow(index, epoch, name, first, second)

    @property
    def table(self) -> SynonymTable:
        """The dictionary of this style, loaded when it is first asked for."""
        if self._table is None or self._table.style != self.config.style:
            self._table = load_synonyms(self.config.style)
        return self._table

    def _prepared(self, method: Method) -> tuple[Form, Setting]:
        strength = self.strengths[method.name]
        distance = self.config.swap_distance
        setting = Setting(self.table, strength, self.protect, distance, self._guesser)
        self._forms[method.name] = method.form(self.config.style), setting
        return self._forms[method.name]

    def _picked(self, indices: list[int], epoch: int) -> np.ndarray:
        """Each row's method where none is dealt, drawn by weight: its place among `methods`."""
        bounds = np.cumsum([self.weights[method.name] for method in self.methods])
        draws = uniform(METHOD, self.seed, self._epoch(epoch), indices) * bounds[-1]
        return np.searchsorted(bounds, draws, side="right")

    def _states(self, indices: list[int], epoch: int) -> list[int]:
        """Where each row's generator starts."""
        return hashed(EDITS, self.seed, self._epoch(epoch), indices).tolist()

    def _epoch(self, epoch: int) -> int:
        """`static` shows every epoch the draw of epoch 0."""
        return 0 if self.config.mode == "static" else epoch


def resolved_weights(config: AugmentConfig, task: Task | None = None) -> dict[str, float]:
    """Method to weight, as a run draws: those asked for, or the task's own in the careful style, or equal ones."""
    if config.weights:
        return dict(zip(config.methods, config.weights, strict=True))
    own: Mapping[str, float] = task.augment_weights if task and config.style == "careful" else {}
    weights = {method: own.get(method, 1.0) for method in config.methods}
    return weights if any(weights.values()) else dict.fromkeys(weights, 1.0)  # all unsafe, and asked for by name


def resolved_strengths(config: AugmentConfig, task: Task | None = None) -> dict[str, float | None]:
    """Method to strength, as a run uses it: the one asked for, or what the authors used for the task, or its own."""
    if config.strength is not None:
        return dict.fromkeys(config.methods, config.strength)
    own: Mapping[str, float] = task.paper_strengths if task and config.style == "paper" else {}
    return {name: own.get(name, method_named(name).strengths[config.style]) for name in config.methods}


def run_policy(config: RunConfig, task: Task | None = None, sides: tuple[str, ...] | None = None) -> AugmentPolicy:
    """The policy of `config` on `task`: its sides, the words its labels hang on, the model's guesses where asked for.

    `sides` overrides the task's, for a typed text. ValueError where `context` is asked of a model without a head.
    """
    guesser = None
    if config.augment.mode != "none":
        for method in map(method_named, config.augment.methods):
            guesser = method.load(config.model) if method.load else guesser
    if sides is None:
        sides = task.augment_sides if task else ("text",)
    return AugmentPolicy(config.augment, sides, config.seed, guesser=guesser, task=task)
