"""Text in, text with words exchanged out: `careful` where the sentence stays one, `paper` two random pairs."""

from __future__ import annotations

import re
from random import Random

from core.augment.edits import Augmented, Edit, assembled
from core.augment.inflect import wants_an
from core.augment.lexicon import (
    ARTICLES,
    AUXILIARIES,
    BE,
    DEGREES,
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
PIVOTS = FLOATING | {"and", "or"}
_BEFORE_LIST = (DETERMINERS | PREPOSITIONS | SUBJECTS | {""}) - ARTICLES - {"that", "which", "who"}
_AFTER_LIST = (PREPOSITIONS - {"of"}) | {"", "that", "who", "which", "when", "while", "because"}
_AFTER_ADJECTIVE = PREPOSITIONS | {"and", "or"}
_NO_SUBJECT = (
    AUXILIARIES | DEGREES | {"", "and", "or", "but", "that", "what", "how", "when", "where", "why", "not", "n't"}
)
_RANGES = frozenset(("between", "from"))  # `between noon and midnight` is the other half of the day
_HAVE = frozenset(("have", "has", "had"))
_IDIOMS = frozenset((("thick", "thin"), ("trial", "error"), ("safe", "sound"), ("sick", "tired"), ("far", "wide")))
_SPARED = NEGATIONS | NUMBERS

Spot = tuple[int, int, str]  # word, later word, rule


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
    change places (not those of `protect`). Punctuation, negations, names and numbers stay where they are.
    """
    return assembled(text, swap_edits(text, split_words(text), rng, table, strength, protect, force), "swap")


def swap_edits(
    text: str,
    words: list[str],
    rng: Random,
    table: SynonymTable | None,
    strength: float | None,
    protect: frozenset[str],
    force: bool,
) -> list[Edit]:
    """The edits of `careful_swap`, in the order in which they were drawn."""
    classes = table.classes if table else {}
    spots: list[Spot] = []
    if not PIVOTS.isdisjoint(words):
        spots = [spot for i, word in enumerate(words) if word in PIVOTS for spot in _around(words, i, classes)]
    if "," in text:
        spots += _at_commas(text, words, classes)
    if "ly " in text:
        spots += _beside_verbs(words, classes)
    if not spots and not force:
        return []
    share = DEFAULT_SHARE if strength is None else strength
    wanted = int(share * (len(words) - words.count("")) / 2 + 0.5) or (1 if share else 0)
    edits = _exchange(text, words, spots, wanted, rng)
    if force and (not edits or (strength is not None and len(edits) < 2 * wanted)):
        edits += _force(text, words, wanted - len(edits) // 2, {edit.start for edit in edits}, rng, protect)
    return edits


def _around(words: list[str], i: int, classes: dict[str, str]) -> list[Spot]:
    """The exchange that the pivot word `i` allows, if any."""
    if not 0 < i < len(words) - 1:
        return []
    word, before, after = words[i], words[i - 1], words[i + 1]
    if word == "and" or word == "or":
        return _conjuncts(words, i, classes)
    rule = "swap, adverb and auxiliary"
    if before in AUXILIARIES:
        fine = i > 1 and words[i - 2] not in _NO_SUBJECT and after not in ("", "to", "than", "that")
        return [(i - 1, i, rule)] if fine else []
    if after in AUXILIARIES and before not in _NO_SUBJECT and i + 2 < len(words):
        follower = words[i + 2]
        fine = follower.endswith(("ed", "en")) if after in _HAVE else follower not in ("", "not", "n't")
        return [(i, i + 1, rule)] if fine else []
    return []


def _conjuncts(words: list[str], i: int, classes: dict[str, str]) -> list[Spot]:
    left, right = i - 1, i + 1
    rule = f"swap, around {words[i]}"
    if i > 1 and i + 2 < len(words) and words[right] in DETERMINERS and words[i - 2] == words[right]:
        right += 1
        rule = f"swap, {right - left} words apart"
    kind = classes.get(words[left])
    if (
        (words[left], words[right]) in _IDIOMS
        or kind is None
        or classes.get(words[right]) != kind
        or words[left] == words[right]
    ):
        return []
    before = words[left - 1] if left else ""
    after = words[right + 1] if right + 1 < len(words) else ""
    if kind in ("a", "r"):
        fine = before not in NEGATIONS
    elif kind in ("n", "ns"):
        fine = (before in _BEFORE_LIST or before in ARTICLES) and before not in _RANGES and after in _AFTER_LIST
    else:
        fine = before in BE and after in ("", "by")
    return [(left, right, rule)] if fine else []


def _at_commas(text: str, words: list[str], classes: dict[str, str]) -> list[Spot]:
    """`funny, smart` and `smart, funny`; in a list also nouns: nothing but a comma between two of a kind."""
    spots = []
    places = starts(words)
    last = len(words) - 1
    for i in range(1, last):
        if words[i] or words[i - 1] not in classes:
            continue
        j = i + 1 if words[i + 1] else i + 2
        kind = classes[words[i - 1]]
        if j > last or classes.get(words[j]) != kind or words[j] == words[i - 1]:
            continue
        after = words[j + 1] if j < last else ""
        listed = kind == "ns" and (after in ("and", "or") or (after == "" and "and" in words[j : j + 6]))
        between = text[places[i - 1] + len(words[i - 1]) : places[j]]
        if ((kind == "a" and after not in _AFTER_ADJECTIVE) or listed) and between.strip() == ",":
            spots.append((i - 1, j, "swap, at a comma"))
    return spots


def _beside_verbs(words: list[str], classes: dict[str, str]) -> list[Spot]:
    """`rose sharply in` and `sharply rose in`: a verb and the adverb right after it, before a preposition."""
    return [
        (i - 1, i, "swap, verb and adverb")
        for i in range(2, len(words) - 1)
        if words[i].endswith("ly")
        and classes.get(words[i]) == "r"
        and classes.get(words[i - 1]) == "ed"
        and words[i - 2] not in BE
        and words[i - 2] != ""
        and words[i + 1] in PREPOSITIONS
    ]


def _force(
    text: str, words: list[str], wanted: int, used: set[int], rng: Random, protect: frozenset[str]
) -> list[Edit]:
    """Neighbouring words drawn at random change places: readable, no longer grammatical. `used`: offsets taken."""
    edits: list[Edit] = []
    offsets = starts(words)
    n = len(words) - 1
    for _ in range(12 * wanted if n > 0 else 0):
        i = int(rng.random() * n)
        first, second = words[i], words[i + 1]
        if not first or not second or first == second or offsets[i] in used or offsets[i + 1] in used:
            continue
        if not _movable(first, protect) or not _movable(second, protect):
            continue
        if _article_breaks(words, i, i + 1) or not _both_alone(text, words, offsets, i, i + 1):
            continue
        used.update((offsets[i], offsets[i + 1]))
        edits += _edits(words, offsets, i, i + 1, "swap, neighbouring words")
        if len(edits) >= 2 * wanted:
            break
    return edits


def _movable(word: str, protect: frozenset[str]) -> bool:
    return word.isalpha() and word.islower() and word not in _SPARED and word not in protect


def _exchange(text: str, words: list[str], spots: list[Spot], wanted: int, rng: Random) -> list[Edit]:
    used: set[int] = set()
    edits: list[Edit] = []
    offsets: list[int] = []
    left = len(spots)
    while left and wanted:
        pick = int(rng.random() * left)
        i, j, rule = spots[pick]
        left -= 1
        spots[pick] = spots[left]
        if i in used or j in used or not _movable(words[i], _NOTHING) or not _movable(words[j], _NOTHING):
            continue
        offsets = offsets or starts(words)
        if _article_breaks(words, i, j) or not _both_alone(text, words, offsets, i, j):
            continue
        used.update((i, j))
        edits += _edits(words, offsets, i, j, rule)
        wanted -= 1
    return edits


def _edits(words: list[str], offsets: list[int], i: int, j: int, rule: str) -> tuple[Edit, Edit]:
    first, second = words[i], words[j]
    return (
        Edit(offsets[i], offsets[i] + len(first), first, second, rule),
        Edit(offsets[j], offsets[j] + len(second), second, first, rule),
    )


def _both_alone(text: str, words: list[str], places: list[int], i: int, j: int) -> bool:
    return all(stands_alone(text, places[k], places[k] + len(words[k])) for k in (i, j))


def _article_breaks(words: list[str], i: int, j: int) -> bool:
    """True where `a` or `an` would stand before the wrong sound, or be moved itself."""
    if words[i] in ARTICLES or words[j] in ARTICLES:
        return True
    before = words[i - 1].lower() if i else ""
    return before in ARTICLES and wants_an(words[i]) != wants_an(words[j])


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
    return assembled(text, edits, "swap")
