"""Which rows may be augmented at all, which of them more often, and how many that leaves: by length, class, pattern."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.augment.methods import method_named
from core.augment.votes import read_accepted
from core.data.rows import Rows
from core.fields import ConfigError, unknown
from core.sections import AugmentConfig, read_class_weight
from core.tasks import Task

_FILTERS = ("min_words", "max_words", "pattern", "classes", "class_weights", "votes")

PATTERN_SECONDS = 0.5
"""How long a pattern may look at one row; `(a+)+b` would look for years."""


class RowFilter:
    """The filters of a configuration. `class_names` by class id; empty for scores. `only`: originals that may be
    augmented; None does not ask."""

    def __init__(
        self,
        config: AugmentConfig,
        class_names: Sequence[str],
        only: Container[tuple[str, ...]] | None = None,
    ) -> None:
        self.config, self._only = config, only
        self._pattern: Any = None
        if config.pattern:
            import regex

            self._pattern = regex.compile(config.pattern)
        self._by_class = class_factors(config, class_names)
        self._asked: Rows | None = None
        self._answer = np.empty(0)

    def weights(self, rows: Rows) -> np.ndarray:
        """(rows,) float64: 0 where a row may not be augmented, else how much more often than others it is drawn."""
        if self._asked is not rows:  # every epoch asks for the same ones
            self._asked, self._answer = rows, self._weights(rows)
        return self._answer

    def _weights(self, rows: Rows) -> np.ndarray:
        config = self.config
        found = np.ones(len(rows))
        if self._by_class:
            found *= np.asarray([self._by_class[int(label)] for label in rows.labels])
        if config.min_words or config.max_words is not None:
            most = config.max_words if config.max_words is not None else float("inf")
            lengths = np.asarray([len(text.split()) for text in _whole(rows)])
            found *= (lengths >= config.min_words) & (lengths <= most)
        if self._only is not None:
            columns = (rows.texts,) if rows.pairs is None else (rows.texts, rows.pairs)
            found *= np.asarray([row in self._only for row in zip(*columns, strict=True)], dtype=bool)
        if self._pattern is not None:
            found *= np.asarray([self._matches(i, text) for i, text in enumerate(_whole(rows))], dtype=bool)
        return found

    def _matches(self, row: int, text: str) -> bool:
        try:
            return self._pattern.search(text, timeout=PATTERN_SECONDS) is not None
        except TimeoutError:
            raise ConfigError(
                "augment.pattern",
                f"augment.pattern {self.config.pattern!r} takes more than {PATTERN_SECONDS:g} s on row {row}; "
                "write it without a repetition inside a repetition",
            ) from None


def augmentation_notes(config: AugmentConfig, task: Task, rows: Rows) -> list[str]:
    """What is said of a run, or a few rows, that asks for augmentation and gets none.

    ConfigError for methods, classes or patterns that no run can have.
    """
    for name in config.methods:
        method_named(name)
    if config.mode == "none":
        return []
    accepted = read_accepted(Path(config.votes)) if config.votes else None
    left = int(np.count_nonzero(RowFilter(config, task.labels, accepted).weights(rows)))
    if round(config.fraction * left) or not config.fraction:
        return []
    asked = filters_asked(config)
    if left:
        why = f"{100 * config.fraction:g} % of the {left:,} that may be is less than one"
    else:
        why = f"none of {len(rows):,} passes {' and '.join(asked)}"
    return [f"no training row is augmented: {why}"]


def filters_asked(config: AugmentConfig) -> list[str]:
    """The keys of the filters that a configuration sets."""
    return [f"augment.{name}" for name in _FILTERS if getattr(config, name)]


def class_factors(config: AugmentConfig, class_names: Sequence[str]) -> list[float]:
    """A factor a class id; empty where classes do not matter. ConfigError for a class that the task does not have."""
    if not config.classes and not config.class_weights:
        return []
    if not class_names:
        key = "augment.classes" if config.classes else "augment.class_weights"
        raise ConfigError(key, f"{key} needs classes; the labels of this task are scores")
    weights = dict(read_class_weight(entry) for entry in config.class_weights)
    for key, names in (("augment.classes", config.classes), ("augment.class_weights", weights)):
        for name in names:
            if name not in class_names:
                raise ConfigError(key, f"{unknown('class', name, class_names)} ({key})")
    return [weights.get(name, 1.0) if not config.classes or name in config.classes else 0.0 for name in class_names]


def _whole(rows: Rows) -> list[str]:
    """Each row as one text, the second one on a line of its own."""
    if rows.pairs is None:
        return rows.texts
    return [f"{text}\n{pair}" for text, pair in zip(rows.texts, rows.pairs, strict=True)]
