"""Words that change places: `careful` two of one clause that stand near each other, `paper` two random pairs."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from core.augment.edits import Edit
from core.augment.english.exchanges import exchanges
from core.augment.english.inflection import wants_an
from core.augment.english.moving import ARTICLE, BORDER, COUNTS, DENIES, FREE
from core.augment.english.words import DRAW, drawn, how_many, split_words, stands_alone, visible
from core.augment.method import Method, Setting

SHARE = 0.05
_WORD = re.compile(r"\S+")
_TRIES = 8  # pairs drawn blindly before all pairs are listed
_BORDERS = frozenset((BORDER, DENIES))
_BEFORE_FIXED = frozenset((DENIES, COUNTS))
Pair = tuple[int, int]


def careful_swap(text: str, rng: Random, setting: Setting) -> list[Edit]:
    """Exchange `strength` of the words in pairs (default one in twenty, at least one pair).

    The two stand in one clause, at most `distance` words apart. Punctuation, negations, numbers and the word after one,
    names, question words, articles and protected words stay. Exchanges that keep the grammar (`funny and sharp`, `is
    still`) come first. Words of one kind change places only as neighbours: `dog bites man` must not turn round.
    """
    seen = visible(text)
    words = split_words(seen)
    wanted = how_many(setting.strength, SHARE, (len(words) - words.count("")) / 2)
    if len(words) < 2 or not wanted:
        return []
    kinds = setting.table.kinds
    clause = _Clause(seen, words, [kinds[word] for word in words], setting.protect)
    edits: list[Edit] = []
    used: set[int] = set()
    for i, j, rule in drawn(exchanges(words, setting.table.classes), rng.getrandbits):
        if i not in used and j not in used and clause.free(i) and clause.free(j) and clause.sounds(i, j):
            edits += clause.exchange(i, j, rule)
            used.update((i, j))
            if len(edits) >= 2 * wanted:
                return edits
    for i, j in clause.pairs(rng.getrandbits, setting.distance, wanted - len(edits) // 2, used):
        edits += clause.exchange(i, j, "swap, neighbouring words" if j == i + 1 else f"swap, {j - i} words apart")
    return edits


class _Clause:
    """The words of a text with their kinds, and which of them may change places."""

    __slots__ = ("kinds", "protect", "text", "words")

    def __init__(self, text: str, words: list[str], kinds: list[str], protect: frozenset[str]) -> None:
        self.text, self.words, self.kinds, self.protect = text, words, kinds, protect

    def pairs(self, bits: Callable[[int], int], distance: int, wanted: int, used: set[int]) -> list[Pair]:
        """At most so many pairs of places, none twice: drawn blindly, or from the list of all where that finds none."""
        n, kinds = len(self.words), self.kinds
        found: list[Pair] = []
        for _ in range(_TRIES * wanted):
            draw = bits(DRAW)
            i = draw % n
            j = i + 1 + draw // n % distance
            if j < n and kinds[i] in FREE and kinds[j] in FREE and i not in used and j not in used and self.may(i, j):
                found.append((i, j))
                used.update((i, j))
                if len(found) >= wanted:
                    break
        for at_need in (False, True):
            if found:
                break
            near = [(i, j) for i in range(n) if kinds[i] in FREE for j in range(i + 1, min(n, i + distance + 1))]
            for i, j in drawn([pair for pair in near if self.may(*pair, at_need)], bits):
                if len(found) < wanted and i not in used and j not in used:
                    found.append((i, j))
                    used.update((i, j))
        return found

    def may(self, i: int, j: int, at_need: bool = False) -> bool:
        """Whether two places may exchange their words."""
        if j > i + 1:
            kind = self.kinds[i]
            if (kind == self.kinds[j] and kind != "f") or not _BORDERS.isdisjoint(self.kinds[i + 1 : j]):
                return False
        if self.words[i] == self.words[j] or not self.free(i, at_need) or not self.free(j, at_need):
            return False
        return self.sounds(i, j)

    def free(self, i: int, at_need: bool = False) -> bool:
        """Whether the word at this place may move; the one after a negation or a number only where there is need."""
        if self.kinds[i] not in FREE or self.words[i] in self.protect:
            return False
        if i and self.kinds[i - 1] in _BEFORE_FIXED and not at_need:
            return False
        start = self._start(i)
        return stands_alone(self.text, start, start + len(self.words[i]))

    def sounds(self, i: int, j: int) -> bool:
        """Whether no `a` comes to stand before the wrong sound."""
        if (not i or self.kinds[i - 1] != ARTICLE) and self.kinds[j - 1] != ARTICLE:
            return True
        return wants_an(self.words[i]) == wants_an(self.words[j])

    def exchange(self, i: int, j: int, rule: str) -> tuple[Edit, Edit]:
        first, second = self.words[i], self.words[j]
        a, c = self._start(i), self._start(j)
        return Edit(a, a + len(first), first, second, rule), Edit(c, c + len(second), second, first, rule)

    def _start(self, i: int) -> int:
        return len(" ".join(self.words[:i])) + 1 if i else 0


def paper_swap(text: str, rng: Random, setting: Setting) -> list[Edit]:
    """Two disjoint pairs of positions are exchanged, in texts of four words and more; `strength` is the BoolQ variant:
    that share of the words."""
    spans = [(match.start(), match.end(), match[0]) for match in _WORD.finditer(text)]
    pairs = 2 if setting.strength is None else int(setting.strength * len(spans) / 2 + 0.5)
    if len(spans) < 4 or not pairs:
        return []
    chosen = rng.sample(range(len(spans)), 2 * min(pairs, len(spans) // 2))
    edits = []
    for i, j in zip(chosen[::2], chosen[1::2], strict=True):
        rule = f"swap, {abs(i - j)} words apart" if abs(i - j) > 1 else "swap, neighbouring words"
        if spans[i][2] != spans[j][2]:
            edits.append(Edit(*spans[i], spans[j][2], rule))
            edits.append(Edit(*spans[j], spans[i][2], rule))
    return edits


METHOD = Method(
    name="swap",
    summary="Words change places with others near them.",
    color="green",
    changes="order",
    careful=careful_swap,
    paper=paper_swap,
)
