"""Rows that stand twice: within a split, and in training what an evaluation split holds, word for word or nearly."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

from core.data.rows import Rows

NEARLY = 0.8
"""Share of the words that two rows have in common (Jaccard index) from which they are nearly the same."""
FEWEST_WORDS = 4
"""Shorter rows are compared word for word only: they share their few words by chance."""
MOST_COMPARED = 200_000
"""Rows, both splits together, up to which near copies are looked for; beyond, exact ones alone."""
MOST_SHARING = 2_000
"""Rows with a rare word in common that are compared with one row."""


def plain_text(rows: Rows, row: int) -> str:
    """A row's text, or both, without case and spacing."""
    texts = (rows.texts[row],) if rows.pairs is None else (rows.texts[row], rows.pairs[row])
    return "\x1f".join(" ".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in texts)


def repeated(rows: Rows) -> dict[int, int]:
    """Row -> the earlier row with the same text."""
    first: dict[str, int] = {}
    found = {}
    for row in range(len(rows)):
        earlier = first.setdefault(plain_text(rows, row), row)
        if earlier != row:
            found[row] = earlier
    return found


def conflicting(rows: Rows, again: dict[int, int]) -> list[tuple[int, int]]:
    """(earlier row, row) with the same text and another label."""
    return [(earlier, row) for row, earlier in again.items() if rows.labels[row] != rows.labels[earlier]]


def seen_in_training(train: Rows, dev: Rows) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(dev row, training row): the same text, and nearly the same words in whatever order; every training row."""
    places: dict[str, list[int]] = defaultdict(list)
    for row in range(len(train)):
        places[plain_text(train, row)].append(row)
    same = [(row, hit) for row in range(len(dev)) for hit in places.get(plain_text(dev, row), ())]
    if len(train) + len(dev) > MOST_COMPARED:
        return same, []
    known = set(same)
    return same, [pair for pair in _near(_words(dev), _words(train)) if pair not in known]


def _words(rows: Rows) -> list[frozenset[str]]:
    return [frozenset(re.findall(r"\w+", plain_text(rows, row))) for row in range(len(rows))]


def _near(dev: Sequence[frozenset[str]], train: Sequence[frozenset[str]]) -> list[tuple[int, int]]:
    """Pairs of word sets with a Jaccard index of NEARLY or more.

    Two such sets share one of the rarest n - ceil(NEARLY n) + 1 words of either (prefix filtering, Chaudhuri et al.
    2006), so only rows that do are compared.
    """
    often = Counter(word for words in (*dev, *train) for word in words)

    def rarest(words: frozenset[str]) -> list[str]:
        keep = len(words) - math.ceil(NEARLY * len(words)) + 1
        return sorted(words, key=lambda word: (often[word], word))[:keep]

    wanted = {word for words in dev for word in rarest(words)}
    places: dict[str, list[int]] = defaultdict(list)
    for row, words in enumerate(train):
        for word in rarest(words):
            if word in wanted and len(places[word]) < MOST_SHARING:
                places[word].append(row)
    found = []
    for row, words in enumerate(dev):
        if len(words) < FEWEST_WORDS:
            continue
        for hit in sorted({place for word in rarest(words) for place in places.get(word, ())}):
            shared = len(words & train[hit])
            if shared >= NEARLY * (len(words) + len(train[hit]) - shared):
                found.append((row, hit))
    return found
