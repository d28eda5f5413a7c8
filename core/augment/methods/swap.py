"""Words that change places: `careful` two of one clause that stand near each other, `paper` two random pairs."""

from __future__ import annotations

import re
from random import Random

from core.augment.edits import Edit
from core.augment.english.inflection import wants_an
from core.augment.english.swap_classes import (
    ARTICLE,
    BOUNDARY,
    JOINER,
    MOVABLE,
    MOVABLE_AT_NEED,
    NEGATION,
    NUMBER,
    OPENING_ARTICLE,
)
from core.augment.english.swappable import PIVOTS, swappable_pairs
from core.augment.english.words import DRAW, drawn, how_many, split_words, stands_alone, visible
from core.augment.method import Method, Setting

SHARE = 0.05
_WORD = re.compile(r"\S+")
_ONE_PAIR = int(3 / SHARE)  # words for which the default strength rounds to one pair
_BOUNDARIES = frozenset((BOUNDARY, NEGATION, JOINER))
_TELLS_SOUND = frozenset((ARTICLE, OPENING_ARTICLE))
_BEFORE_FIXED = frozenset((NEGATION, NUMBER))
_RULES = {1: "swap, neighbouring words"} | {apart: f"swap, {apart} words apart" for apart in range(2, 11)}
_TIERS = ((MOVABLE, False), (MOVABLE_AT_NEED, False), (MOVABLE_AT_NEED, True))
"""Which words move; whether the word after a negation or a number does, too."""
Pair = tuple[int, int]


def careful_swap(text: str, rng: Random, setting: Setting) -> list[Edit]:
    """Swap `strength` of the words in pairs (default one in twenty, at least one pair).

    The two stand in one clause, at most `distance` words apart. Punctuation, negations, numbers and the word after one,
    names, question words and protected words stay. Swaps that keep the grammar (`funny and sharp`, `is still`) come
    first; articles and what joins words move only where nothing else can. Words of one class change places only as
    neighbours: `dog bites man` must not turn round.
    """
    seen = visible(text)
    words = split_words(seen)
    n = len(words)
    if n < 2:
        return []
    one = n < _ONE_PAIR and setting.strength == SHARE
    wanted = 1 if one else how_many(setting.strength, SHARE, (n - words.count("")) / 2)
    edits: list[Edit] = []
    used: set[int] = set()
    if wanted and not PIVOTS.isdisjoint(words):
        classes = setting.table.swap_classes
        for i, j, rule in drawn(swappable_pairs(words, setting.table.classes), rng.getrandbits):
            movable = classes[words[i]] in MOVABLE and classes[words[j]] in MOVABLE
            if movable and i not in used and j not in used and _may(seen, words, i, j, setting, False, True):
                edits += _swapped(words, i, j, rule)
                used.update((i, j))
                if len(edits) >= 2 * wanted:
                    return edits
    for _ in range(wanted - len(edits) // 2):
        pair = _pair(seen, words, setting, rng.getrandbits(DRAW), used)
        if not pair:
            break
        i, j = pair
        edits += _swapped(words, i, j, _RULES.get(j - i) or f"swap, {j - i} words apart")
        used.update(pair)
    return edits


def _pair(text: str, words: list[str], setting: Setting, draw: int, used: set[int]) -> Pair | None:
    """The place and distance that are drawn, or the next that fit; None where nothing may move.

    What moves at need only does so as the first pair of a text.
    """
    classes, n, distance = setting.table.swap_classes, len(words), setting.distance
    start, apart = draw % n, draw // n % distance
    for movable, at_need in _TIERS[:1] if used else _TIERS:
        for further in range(apart, apart + distance):
            away = 1 + further % distance
            last = n - away
            # From the place that is drawn to the end, then from the beginning: negative ones count from `last`.
            for i in range(start - last, start) if start < last else range(last):
                if i < 0:
                    i += last
                j = i + away
                if classes[words[i]] not in movable or classes[words[j]] not in movable or i in used or j in used:
                    continue
                if _may(text, words, i, j, setting, at_need):
                    return i, j
    return None


def _may(text: str, words: list[str], i: int, j: int, setting: Setting, at_need: bool, across: bool = False) -> bool:
    """Whether two places of movable words may be swapped; `across` what joins two clauses if asked for.

    The word after a negation or a number moves only where there is need.
    """
    classes, protect = setting.table.swap_classes, setting.protect
    first, second = words[i], words[j]
    if first == second or first in protect or second in protect:
        return False
    moved = classes[first]
    if j > i + 1 and not across:
        if moved == classes[second] and moved != "f":
            return False
        for word in words[i + 1 : j]:
            if classes[word] in _BOUNDARIES:
                return False
    before, between = classes[words[i - 1]] if i else BOUNDARY, classes[words[j - 1]]
    if not at_need and (before in _BEFORE_FIXED or between in _BEFORE_FIXED):
        return False
    if (before in _TELLS_SOUND or between in _TELLS_SOUND) and moved != ARTICLE and wants_an(first) != wants_an(second):
        return False
    # Only in texts with these may a word be a part of something, such as `house.com`.
    if text.find(".", 0, -1) >= 0 or "(" in text or "[" in text:
        a, c = _starts(words, i, j)
        return stands_alone(text, a, a + len(first)) and stands_alone(text, c, c + len(second))
    return True


def _swapped(words: list[str], i: int, j: int, rule: str) -> tuple[Edit, Edit]:
    first, second = words[i], words[j]
    a, c = _starts(words, i, j)
    return Edit(a, a + len(first), first, second, rule), Edit(c, c + len(second), second, first, rule)


def _starts(words: list[str], i: int, j: int) -> Pair:
    """Offsets of two words, the second one later."""
    a = len(" ".join(words[:i])) + 1 if i else 0
    return a, a + len(" ".join(words[i:j])) + 1


def paper_swap(text: str, rng: Random, setting: Setting) -> list[Edit]:
    """Two disjoint pairs of positions are exchanged, in texts of four words and more; `strength` is the BoolQ variant:
    that share of the words."""
    words = list(_WORD.finditer(text))
    pairs = 2 if setting.strength is None else int(setting.strength * len(words) / 2 + 0.5)
    if len(words) < 4 or not pairs:
        return []
    chosen = rng.sample(range(len(words)), 2 * min(pairs, len(words) // 2))
    edits = []
    for i, j in zip(chosen[::2], chosen[1::2], strict=True):
        rule = f"swap, {abs(i - j)} words apart" if abs(i - j) > 1 else "swap, neighbouring words"
        first, second = words[i], words[j]
        if first[0] != second[0]:
            edits.append(Edit(*first.span(), first[0], second[0], rule))
            edits.append(Edit(*second.span(), second[0], first[0], rule))
    return edits


METHOD = Method(
    name="swap",
    summary="Words change places with others near them.",
    color="green",
    changes="order",
    careful=careful_swap,
    paper=paper_swap,
)
