"""Where a run fails: kinds of rows (length, class, negation, unknown pieces, ...) with figure, size and interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import false_discovery_control, fisher_exact, mannwhitneyu

from core.analysis.errors import edited_words
from core.analysis.errors.answers import Answers
from core.analysis.influence import mean_error
from core.analysis.intervals import bounds, share
from core.augment.english.lexicon import NEGATIONS, NUMBERS
from core.model.pieces import UNKNOWN

LENGTHS = ((1, 8), (9, 16), (17, 32), (33, 64), (65, None))
"""Bounds of the slices by length, in words, both included."""
SMALLEST = 5
"""Rows below which a slice is not shown: its interval would say nothing."""
SPECIAL = 2  # pieces that open and close a text; a pair has one more between
Tokenize = Callable[[str], list[str]]


@dataclass(frozen=True)
class Slice:
    """One kind of rows and how the run does on it."""

    name: str
    rows: tuple[int, ...]
    """Places among the kept rows."""
    metric: str
    """`accuracy`, or `mean absolute error` for scores."""
    value: float
    low: float
    high: float
    """95 % over rows: the exact interval for accuracy, of its rows' influences for a mean error."""
    p: float
    """That it does no worse than the other rows: Fisher's exact test, or Mann and Whitney's on errors of scores."""
    worse: bool = False
    """Whether it is worse, with at most one in twenty of the slices called so by chance (Benjamini and Hochberg)."""


def slices(
    answers: Answers,
    tokenize: Tokenize | None = None,
    max_length: int | None = None,
    edited: Mapping[str, int] | None = None,
) -> list[Slice]:
    """All slices of at least `SMALLEST` rows, the worst first.

    `tokenize` cuts a text into word pieces; with `max_length`, the run's own, texts that were cut are a slice as well.
    `edited` says how often each word was edited in training (`edited_words.word_edits`).
    """
    every = kinds(answers, tokenize, max_length, edited)
    parts = [(name, chosen) for name, chosen in every if chosen.sum() >= SMALLEST]
    found = [_measure(answers, name, chosen) for name, chosen in parts]
    if not found:
        return []
    adjusted = false_discovery_control([one.p for one in found])
    judged = [replace(one, worse=bool(p < 0.05)) for one, p in zip(found, adjusted, strict=True)]
    sign = -1 if answers.is_score else 1
    return sorted(judged, key=lambda one: (sign * one.value, -len(one.rows)))


def kinds(
    answers: Answers,
    tokenize: Tokenize | None = None,
    max_length: int | None = None,
    edited: Mapping[str, int] | None = None,
) -> Iterator[tuple[str, np.ndarray]]:
    """Name -> which rows (N,) are of the kind. Kinds may overlap; their names say what a row has."""
    texts = [f"{text} {pair}" for text, pair in zip(answers.texts, answers.pairs or ("",) * len(answers), strict=True)]
    words = [[word.lower() for word in edited_words.WORD.findall(text)] for text in texts]
    counts = np.array([len(one) for one in words])
    for low, high in LENGTHS:
        name = f"{low} to {high} words" if high else f"{low} words and more"
        yield name, (counts >= low) & (counts <= (high or np.inf))
    if not answers.is_score:
        for index in np.unique(answers.labels):
            yield f"label {answers.name_of(index)}", answers.labels == index
        for index in np.unique(answers.predicted):
            yield f"answered {answers.name_of(index)}", answers.predicted == index
    yield "with a negation", np.array([any(map(_negates, one)) for one in words])
    yield "with a number", np.array([any(map(_is_number, one)) for one in words])
    if edited:
        yield from edited_words.kinds(words, edited)
    yield "with a question mark", np.array(["?" in text for text in texts])
    if tokenize is None:
        return
    pieces = [tokenize(text) for text in texts]
    yield "with unknown pieces", np.array([UNKNOWN in one for one in pieces])
    if max_length is not None:
        room = max_length - SPECIAL - (answers.pairs is not None)
        yield f"cut at {max_length} pieces", np.array([len(one) > room for one in pieces])


def _negates(word: str) -> bool:
    return word in NEGATIONS or word.replace("’", "'").endswith("n't")


def _is_number(word: str) -> bool:
    return word in NUMBERS or any(map(str.isdigit, word))


def _measure(answers: Answers, name: str, chosen: np.ndarray) -> Slice:
    places = tuple(np.flatnonzero(chosen).tolist())
    if answers.is_score:
        errors = np.abs(answers.predicted - answers.labels)
        p = 1.0 if chosen.all() else float(mannwhitneyu(errors[chosen], errors[~chosen], alternative="greater").pvalue)
        return Slice(name, places, "mean absolute error", *bounds(mean_error(errors[chosen])), p)
    right, wrong = answers.right, ~answers.right
    counts = [[(wrong & chosen).sum(), (right & chosen).sum()], [(wrong & ~chosen).sum(), (right & ~chosen).sum()]]
    p = float(fisher_exact(counts, alternative="greater").pvalue)
    return Slice(name, places, "accuracy", *bounds(share(right[chosen])), p)
