"""Text in, text with words exchanged out: `careful` where the sentence stays one, `paper` two random pairs."""

from __future__ import annotations

import re
from random import Random

from core.augment.edits import Augmented, Edit, assembled
from core.augment.english.dictionary import SynonymTable
from core.augment.english.exchanges import Exchange, Place, exchanges
from core.augment.english.inflection import wants_an
from core.augment.english.lexicon import ARTICLES, NEGATIONS, NUMBERS
from core.augment.english.words import drawn, how_many, split_words, stands_alone, starts

DEFAULT_SHARE = 0.05
_NOTHING: frozenset[str] = frozenset()
_WORD = re.compile(r"\S+")
_SPARED = NEGATIONS | NUMBERS


def careful_swap(
    text: str,
    rng: Random,
    table: SynonymTable | None = None,
    strength: float | None = None,
    protect: frozenset[str] = _NOTHING,
    force: bool = True,
) -> Augmented:
    """Exchange `strength` of the words in pairs (default one in twenty, at least one pair), where grammar allows it.

    Grammar allows it around `and` and `or` and within a list, between an auxiliary and its adverb (`is still`,
    `still is`), a verb or a pronoun and its adverb, and a speaker and `said`; no word moves farther than four places.
    Where there is no such place and `force` is set, two neighbouring words change places (not those of `protect`).
    Punctuation, negations, names and numbers stay where they are.
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
    found = exchanges(text, words, table.classes if table else {})
    if not found and not force:
        return []
    wanted = how_many(strength, DEFAULT_SHARE, (len(words) - words.count("")) / 2)
    offsets = starts(words)
    edits = _exchange(text, words, offsets, found, wanted, rng)
    if force and (not edits or (strength is not None and len(edits) < 2 * wanted)):
        edits += _force(text, words, offsets, wanted - len(edits) // 2, edits, rng, protect)
    return edits


def _exchange(
    text: str, words: list[str], offsets: list[int], found: list[Exchange], wanted: int, rng: Random
) -> list[Edit]:
    used: set[int] = set()
    edits: list[Edit] = []
    for first, second, rule in drawn(found, rng.getrandbits):
        if len(edits) >= 2 * wanted:
            break
        moved = [*range(first[0], sum(first)), *range(second[0], sum(second))]
        if not used.isdisjoint(moved) or not all(_movable(words[i], _NOTHING) for i in moved):
            continue
        if not _fits(text, words, offsets, first, second):
            continue
        used.update(moved)
        edits += _edits(text, words, offsets, first, second, rule)
    return edits


def _force(
    text: str,
    words: list[str],
    offsets: list[int],
    wanted: int,
    taken: list[Edit],
    rng: Random,
    protect: frozenset[str],
) -> list[Edit]:
    """Neighbouring words drawn at random change places: readable, no longer grammatical."""
    edits: list[Edit] = []
    used = {edit.start for edit in taken}
    n = len(words) - 1
    for _ in range(12 * wanted if n > 0 else 0):
        i = int(rng.random() * n)
        first, second = words[i], words[i + 1]
        if first == second or offsets[i] in used or offsets[i + 1] in used:
            continue
        if not _movable(first, protect) or not _movable(second, protect) or second in ARTICLES or first in ARTICLES:
            continue
        if not _fits(text, words, offsets, (i, 1), (i + 1, 1)):
            continue
        used.update((offsets[i], offsets[i + 1]))
        edits += _edits(text, words, offsets, (i, 1), (i + 1, 1), "swap, neighbouring words")
        if len(edits) >= 2 * wanted:
            break
    return edits


def _movable(word: str, protect: frozenset[str]) -> bool:
    return word.isalpha() and word.islower() and word not in _SPARED and word not in protect


def _fits(text: str, words: list[str], offsets: list[int], first: Place, second: Place) -> bool:
    """Whether no moved word is a part of something (`house.com`) and no `a` comes to stand before the wrong sound."""
    for i in (*range(first[0], sum(first)), *range(second[0], sum(second))):
        if not stands_alone(text, offsets[i], offsets[i] + len(words[i])):
            return False
    for here, there in ((first, second), (second, first)):
        before = words[here[0] - 1].lower() if here[0] else ""
        if before in ARTICLES and wants_an(words[here[0]]) != wants_an(words[there[0]]):
            return False
    return True


def _edits(
    text: str, words: list[str], offsets: list[int], first: Place, second: Place, rule: str
) -> tuple[Edit, Edit]:
    (a, b), (c, d) = (
        (offsets[place], offsets[place + n - 1] + len(words[place + n - 1])) for place, n in (first, second)
    )
    return Edit(a, b, text[a:b], text[c:d], rule), Edit(c, d, text[c:d], text[a:b], rule)


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
