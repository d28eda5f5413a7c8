"""Words that change places: `careful` two of one clause that stand near each other, `paper` two random pairs."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from core.augment.edits import Edit
from core.augment.english.exchanges import PIVOTS, exchanges
from core.augment.english.inflection import wants_an
from core.augment.english.moving import ARTICLE, BORDER, COUNTS, DENIES, FREE
from core.augment.english.words import DRAW, drawn, how_many, split_words, stands_alone, visible
from core.augment.method import Method, Setting

SHARE = 0.05
_WORD = re.compile(r"\S+")
_TRIES = 8  # pairs drawn blindly before all pairs are listed
_ONE_PAIR = int(3 / SHARE)  # words for which the default strength rounds to one pair
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
    n = len(words)
    if n < 2:
        return []
    one = n < _ONE_PAIR and setting.strength == SHARE
    wanted = 1 if one else how_many(setting.strength, SHARE, (n - words.count("")) / 2)
    kinds = setting.table.kinds
    clause = _Clause(seen, words, [kinds[word] for word in words], setting.protect)
    edits: list[Edit] = []
    used: set[int] = set()
    found = () if PIVOTS.isdisjoint(words) or not wanted else exchanges(words, setting.table.classes)
    for i, j, rule in drawn(list(found), rng.getrandbits) if found else ():
        if (
            i not in used
            and j not in used
            and clause.kinds[i] in FREE
            and clause.kinds[j] in FREE
            and clause.may(i, j, across=True)
        ):
            edits += clause.exchange(i, j, rule)
            used.update((i, j))
            if len(edits) >= 2 * wanted:
                return edits
    for i, j in clause.pairs(rng.getrandbits, setting.distance, wanted - len(edits) // 2, used):
        edits += clause.exchange(i, j, "swap, neighbouring words" if j == i + 1 else f"swap, {j - i} words apart")
    return edits


class _Clause:
    """The words of a text with their kinds, and which of them may change places."""

    __slots__ = ("joined", "kinds", "protect", "text", "words")

    def __init__(self, text: str, words: list[str], kinds: list[str], protect: frozenset[str]) -> None:
        self.text, self.words, self.kinds, self.protect = text, words, kinds, protect
        # Only in texts with these may a word be a part of something, such as `house.com`.
        self.joined = "." in text[:-1] or "(" in text or "[" in text

    def pairs(self, bits: Callable[[int], int], distance: int, wanted: int, used: set[int]) -> list[Pair]:
        """At most so many pairs of places, none twice: drawn blindly, or from the list of all where that finds none."""
        kinds = self.kinds
        free = [i for i, kind in enumerate(kinds) if kind in FREE]
        m = len(free)
        found: list[Pair] = []
        for _ in range(_TRIES * wanted if m > 1 else 0):
            draw = bits(DRAW)
            at = draw % m
            other = at + 1 + draw // m % distance
            if other < m:
                i, j = free[at], free[other]
                if j - i <= distance and i not in used and j not in used and self.may(i, j):
                    found.append((i, j))
                    if len(found) >= wanted:
                        return found
                    used.update((i, j))
        for at_need in (False, True):
            if found:
                break
            near = [(i, j) for i in free for j in range(i + 1, min(len(kinds), i + distance + 1)) if kinds[j] in FREE]
            for i, j in drawn([pair for pair in near if self.may(*pair, at_need)], bits):
                if len(found) < wanted and i not in used and j not in used:
                    found.append((i, j))
                    used.update((i, j))
        return found

    def may(self, i: int, j: int, at_need: bool = False, across: bool = False) -> bool:
        """Whether two places may exchange their words; `across` what joins two clauses if asked for.

        The word after a negation or a number moves only where there is need.
        """
        words, kinds = self.words, self.kinds
        if j > i + 1 and not across:
            kind = kinds[i]
            if (kind == kinds[j] and kind != "f") or not _BORDERS.isdisjoint(kinds[i + 1 : j]):
                return False
        before, between = kinds[i - 1] if i else BORDER, kinds[j - 1]
        if not at_need and (before in _BEFORE_FIXED or between in _BEFORE_FIXED):
            return False
        first, second = words[i], words[j]
        if first == second or first in self.protect or second in self.protect:
            return False
        if (before == ARTICLE or between == ARTICLE) and wants_an(first) != wants_an(second):
            return False
        return not self.joined or (self._alone(i) and self._alone(j))

    def _alone(self, i: int) -> bool:
        start = self._start(i)
        return stands_alone(self.text, start, start + len(self.words[i]))

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
