"""Text in, text with typing slips out: `careful` as fingers make them, `paper` two random letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from string import ascii_lowercase

from core.augment.edits import Augmented, Edit, assembled
from core.augment.english.dictionary import SynonymTable
from core.augment.english.words import DRAW, SHORTEST, drawn, how_many, split_words, stands_alone, starts

DEFAULT_SHARE = 0.01
_NOTHING: frozenset[str] = frozenset()
_ONE_SLIP = int(1.5 / DEFAULT_SHARE)  # letters for which the default strength rounds to one slip
_EMPTY = SynonymTable("none", 0, "careful")


def careful_typo(
    text: str,
    rng: Random,
    table: SynonymTable | None = None,
    strength: float | None = None,
    protect: frozenset[str] = _NOTHING,
) -> Augmented:
    """Slips in `strength` of the letters (default one in a hundred, at least one), one a word at most.

    What may be misspelt, and how, is said by `core.augment.english.misspellings.Slips`. Latin, Greek and Cyrillic only:
    combining marks are no letters to `isalpha`, and scripts without case are left alone.
    """
    return careful_typos([text], rng, table or _EMPTY, strength, protect)[0]


def careful_typos(
    texts: Sequence[str],
    rng: Random,
    table: SynonymTable,
    strength: float | None = None,
    protect: frozenset[str] = _NOTHING,
) -> list[Augmented]:
    """`careful_typo` for many texts."""
    quick = quick_typos(texts, rng.getrandbits, table, protect) if strength is None else [None] * len(texts)
    return [
        slip or assembled(text, typo_edits(text, split_words(text), rng, table, strength, protect), "typo")
        for text, slip in zip(texts, quick, strict=True)
    ]


def quick_typos(
    texts: Sequence[str], bits: Callable[[int], int], table: SynonymTable, protect: frozenset[str] = _NOTHING
) -> list[Augmented | None]:
    """One slip at the default strength in each text that is short enough for one; None hands it on to `typo_edits`.

    A letter is drawn and with it the word around it, or the next that may be misspelt: the text need not be split. Most
    rows of most tasks end here, so it is written in one piece: every call would cost a tenth of it.
    """
    slips, done = table.slips, []
    for text in texts:
        size = len(text)
        slipped = None
        if size and (size < _ONE_SLIP or (size < 2 * _ONE_SLIP and size - text.count(" ") < _ONE_SLIP)):
            start = first = text.rfind(" ", 0, bits(DRAW) % size) + 1
            while True:
                end = text.find(" ", start)
                if end < 0:
                    end = size
                if end - start >= SHORTEST:
                    found = slips[text[start:end]]
                    if found and (not protect or not _carries_opinion(found[0], table, protect)):
                        word = found[0]
                        pick = 3 + 2 * (bits(DRAW) % found[2])
                        slip = found[pick]
                        start += found[1]
                        end = start + len(word)
                        edit = Edit(start, end, word, slip, found[pick + 1])
                        slipped = Augmented(f"{text[:start]}{slip}{text[end:]}", (edit,), "typo")
                        break
                start = end + 1 if end < size else 0
                if start == first:
                    break
        done.append(slipped)
    return done


def typo_edits(
    text: str,
    words: list[str],
    rng: Random,
    table: SynonymTable,
    strength: float | None,
    protect: frozenset[str],
) -> list[Edit]:
    """The edits of `careful_typo`, in the order in which they were drawn."""
    wanted = how_many(strength, DEFAULT_SHARE, len(text) - len(words))
    spots = [i for i, word in enumerate(words) if table.slips.allows(word)]
    if protect:
        spots = [i for i in spots if not _carries_opinion(words[i], table, protect)]
    offsets = starts(words)
    edits: list[Edit] = []
    for i in drawn(spots, rng.getrandbits):
        if len(edits) >= wanted:
            break
        word, start = words[i], offsets[i]
        found = table.slips[word]
        if found and stands_alone(text, start, start + len(word)):
            pick = 3 + 2 * (rng.getrandbits(DRAW) % found[2])
            edits.append(Edit(start, start + len(word), word, found[pick], found[pick + 1]))
    return edits


def _carries_opinion(word: str, table: SynonymTable, protect: frozenset[str]) -> bool:
    """Where some words are protected a list cannot name them all: adjectives and adverbs are spared with them."""
    return word in protect or table.classes.get(word) in ("a", "?a", "r")


def paper_typo(text: str, rng: Random, strength: float | None = None) -> Augmented:
    """Two positions are drawn; those that hold a letter get a random one of a-z. `strength` is the BoolQ variant: every
    letter with that probability."""
    if strength is None:
        draws = [int(rng.random() * len(text)) for _ in range(2)] if text else []
    else:
        draws = [i for i in range(len(text)) if rng.random() < strength]
    letters = {i: ascii_lowercase[int(rng.random() * 26)] for i in draws if text[i].isalpha()}
    edits = [
        Edit(i, i + 1, text[i], letter, "typo, random letter") for i, letter in letters.items() if letter != text[i]
    ]
    return assembled(text, edits, "typo")
