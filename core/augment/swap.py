"""Text in, text with words exchanged out: `careful` where the sentence stays one, `paper` two random pairs."""

from __future__ import annotations

import re
from random import Random

from core.augment.edits import Augmented, Edit
from core.augment.inflect import wants_an
from core.augment.lexicon import (
    ARTICLES,
    AUXILIARIES,
    BE,
    DETERMINERS,
    FLOATING,
    NEGATIONS,
    NUMBERS,
    PREPOSITIONS,
    SUBJECTS,
)
from core.augment.synonyms import SynonymTable
from core.augment.words import split_words, stands_alone, starts

DEFAULT_SHARE = 0.05
BOUND = 3
"""Careful swaps exchange words at most this many places apart."""
_NOTHING: frozenset[str] = frozenset()
_WORD = re.compile(r"\S+")
_PIVOTS = FLOATING | {"and", "or"}
_BEFORE_LIST = (DETERMINERS | PREPOSITIONS | SUBJECTS | {""}) - ARTICLES - {"that", "which", "who"}
_AFTER_LIST = PREPOSITIONS | {"", "that", "who", "which", "and", "when", "while", "because"}
_NO_SUBJECT = frozenset(["", "and", "or", "but", "that", "what", "how", "when", "where", "why", "there", "not", "n't"])
_SPARED = NEGATIONS | NUMBERS

Spot = tuple[int, int, str]
"""(word, later word, rule)"""


def careful_swap(
    text: str,
    rng: Random,
    table: SynonymTable | None = None,
    strength: float | None = None,
    protect: frozenset[str] = _NOTHING,
    force: bool = True,
) -> Augmented:
    """Exchange `strength` of the words in pairs (default one in twenty, at least one pair), where grammar allows it.

    Grammar allows it around `and` and `or`, between an auxiliary and its adverb (`is still`, `still is`), a verb and
    its adverb, and adjectives at a comma. Where there is no such place and `force` is set, two neighbouring words
    change places. Punctuation, negations, names and numbers stay where they are.
    """
    words = split_words(text)
    classes = table.classes if table else {}
    spots = [spot for i, word in enumerate(words) if word in _PIVOTS for spot in _around(words, i, classes)]
    if "," in text:
        spots += _at_commas(text, words, classes)
    if not spots:
        spots = _slow_spots(words, classes)
    share = DEFAULT_SHARE if strength is None else strength
    wanted = int(share * (len(words) - words.count("")) / 2 + 0.5) or (1 if share else 0)
    if force and len(spots) < wanted and (strength is not None or not spots):
        spots += _neighbours(words, rng, wanted)
    return _exchanged(text, words, spots, wanted, rng, protect) if spots else Augmented(text, (), "swap")


def _around(words: list[str], i: int, classes: dict[str, str]) -> list[Spot]:
    """The exchange that the pivot word `i` allows, if any."""
    if not 0 < i < len(words) - 1:
        return []
    word, before, after = words[i], words[i - 1], words[i + 1]
    if word == "and" or word == "or":
        return _conjuncts(words, i, classes)
    if before in AUXILIARIES and i > 1 and words[i - 2] not in _NO_SUBJECT and after not in ("", "to", "than"):
        return [(i - 1, i, "swap, adverb and auxiliary")]
    if (
        after in AUXILIARIES
        and before not in _NO_SUBJECT
        and i + 2 < len(words)
        and words[i + 2] not in ("", "not", "n't")
    ):
        return [(i, i + 1, "swap, adverb and auxiliary")]
    return []


def _conjuncts(words: list[str], i: int, classes: dict[str, str]) -> list[Spot]:
    left, right = i - 1, i + 1
    rule = f"swap, around {words[i]}"
    if i > 1 and i + 2 < len(words) and words[right] in DETERMINERS and words[i - 2] == words[right]:
        right += 1
        rule = f"swap, {right - left} words apart"
    kind = classes.get(words[left])
    if kind is None or classes.get(words[right]) != kind or words[left] == words[right]:
        return []
    before = words[left - 1] if left else ""
    after = words[right + 1] if right + 1 < len(words) else ""
    if kind in ("a", "r"):
        fine = before not in NEGATIONS
    elif kind in ("n", "ns"):
        fine = (before in _BEFORE_LIST or before in ARTICLES) and after in _AFTER_LIST
    else:
        fine = before in BE and after in ("", "by")
    return [(left, right, rule)] if fine else []


def _at_commas(text: str, words: list[str], classes: dict[str, str]) -> list[Spot]:
    """`funny, smart` and `smart, funny`: adjectives with nothing but a comma between them."""
    spots = []
    places = starts(words)
    for i in range(1, len(words) - 1):
        if words[i] == "" and words[i - 1] and classes.get(words[i - 1]) == "a":
            j = i + 1 if words[i + 1] else i + 2
            if j < len(words) and classes.get(words[j]) == "a" and words[j] != words[i - 1]:
                between = text[places[i - 1] + len(words[i - 1]) : places[j]]
                if between.strip() == ",":
                    spots.append((i - 1, j, "swap, adjectives at a comma"))
    return spots


def _slow_spots(words: list[str], classes: dict[str, str]) -> list[Spot]:
    """`rose sharply in` and `sharply rose in`: a verb and the adverb right after it."""
    return [
        (i - 1, i, "swap, verb and adverb")
        for i in range(2, len(words))
        if words[i].endswith("ly")
        and classes.get(words[i]) == "r"
        and classes.get(words[i - 1]) == "ed"
        and words[i - 2] not in BE
        and words[i - 2] != ""
        and (i + 1 == len(words) or words[i + 1] in _AFTER_LIST)
    ]


def _neighbours(words: list[str], rng: Random, wanted: int) -> list[Spot]:
    """Any two neighbouring words, drawn at random: readable, no longer grammatical."""
    spots = []
    for _ in range(12 * wanted):
        i = int(rng.random() * (len(words) - 1))
        if i + 1 < len(words) and words[i] and words[i + 1] and words[i] != words[i + 1]:
            spots.append((i, i + 1, "swap, neighbouring words"))
            if len(spots) >= 4 * wanted:
                break
    return spots


def _movable(word: str, protect: frozenset[str]) -> bool:
    return word.isalpha() and word.islower() and word not in _SPARED and word not in protect


def _exchanged(
    text: str, words: list[str], spots: list[Spot], wanted: int, rng: Random, protect: frozenset[str]
) -> Augmented:
    places: list[int] | None = None
    used: set[int] = set()
    edits: list[Edit] = []
    left = len(spots)
    while left and wanted:
        pick = int(rng.random() * left)
        i, j, rule = spots[pick]
        left -= 1
        spots[pick] = spots[left]
        if i in used or j in used or not _movable(words[i], protect) or not _movable(words[j], protect):
            continue
        places = places or starts(words)
        if _article_breaks(words, i, j) or not _both_alone(text, words, places, i, j):
            continue
        used.update((i, j))
        for here, there in ((i, j), (j, i)):
            edits.append(Edit(places[here], places[here] + len(words[here]), words[here], words[there], rule))
        wanted -= 1
    return _assembled(text, edits)


def _both_alone(text: str, words: list[str], places: list[int], i: int, j: int) -> bool:
    return all(stands_alone(text, places[k], places[k] + len(words[k])) for k in (i, j))


def _article_breaks(words: list[str], i: int, j: int) -> bool:
    """True where `a` or `an` would stand before the wrong sound, or be moved itself."""
    if words[i] in ARTICLES or words[j] in ARTICLES:
        return True
    before = words[i - 1].lower() if i else ""
    return before in ARTICLES and wants_an(words[i]) != wants_an(words[j])


def _assembled(text: str, edits: list[Edit]) -> Augmented:
    edits.sort(key=lambda edit: edit.start)
    parts: list[str] = []
    position = 0
    for edit in edits:
        parts += (text[position : edit.start], edit.after)
        position = edit.end
    parts.append(text[position:])
    return Augmented("".join(parts), tuple(edits), "swap")


def paper_swap(text: str, rng: Random, strength: float | None = None) -> Augmented:
    """Two disjoint pairs of positions are exchanged, in texts of four words and more; `strength` is the BoolQ variant:
    that share of the words, in pairs. White space stays as it is."""
    spans = [(match.start(), match.end(), match[0]) for match in _WORD.finditer(text)]
    pairs = 2 if strength is None else int(strength * len(spans) / 2 + 0.5)
    if len(spans) < 4 or not pairs:
        return Augmented(text, (), "swap")
    chosen = rng.sample(range(len(spans)), 2 * min(pairs, len(spans) // 2))
    edits = []
    for i, j in zip(chosen[::2], chosen[1::2], strict=True):
        rule = f"swap, {abs(i - j)} words apart" if abs(i - j) > 1 else "swap, neighbouring words"
        if spans[i][2] != spans[j][2]:
            edits.append(Edit(*spans[i], spans[j][2], rule))
            edits.append(Edit(*spans[j], spans[i][2], rule))
    return _assembled(text, edits)
