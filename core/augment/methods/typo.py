"""Misspelt words: `careful` typos as fingers make them, `paper` random letters."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase

from core.augment.edits import Edit
from core.augment.english.synonym_table import SynonymTable
from core.augment.english.words import DRAW, SHORTEST, drawn, how_many, split_words, stands_alone, starts, visible
from core.augment.method import Method, Setting

SHARE = 0.01
_DRAWS = 8  # of the paper's typos, at most
_ONE_TYPO = int(1.5 / SHARE)  # letters for which the default strength rounds to one typo


def careful_typo(text: str, rng: Random, setting: Setting) -> list[Edit]:
    """Typos in `strength` of the letters (default one in a hundred, at least one), one a word at most.

    What may be misspelt, and how, is said by `core.augment.english.misspellings`. Latin, Greek and Cyrillic only:
    combining marks are no letters to `isalpha`, and scripts without case are left alone.
    """
    seen = visible(text)
    quick = _quick(seen, rng, setting) if setting.strength == SHARE else None
    return [quick] if quick else _word_by_word(seen, rng, setting)


def _quick(text: str, rng: Random, setting: Setting) -> Edit | None:
    """One typo in a text that is short enough for one; None leaves the text to `_word_by_word`.

    A letter is drawn and with it the word around it, or the next that may be misspelt: the text need not be split. Most
    rows of most tasks end here, so it is written in one piece: every call would cost a tenth of it.
    """
    size = len(text)
    if not size or (size >= _ONE_TYPO and (size >= 2 * _ONE_TYPO or size - text.count(" ") >= _ONE_TYPO)):
        return None
    misspellings, protect = setting.table.misspellings, setting.protect
    draw = rng.getrandbits(DRAW)
    start = first = text.rfind(" ", 0, draw % size) + 1
    while True:
        end = text.find(" ", start)
        if end < 0:
            end = size
        if end - start >= SHORTEST:
            found = misspellings[text[start:end]]
            if found and (not protect or not _carries_opinion(found.word, setting.table, protect)):
                word, offset, choices, typos = found
                pick = 2 * (draw // size % choices)
                start += offset
                return Edit(start, start + len(word), word, typos[pick], typos[pick + 1])
        start = end + 1 if end < size else 0
        if start == first:
            return None


def _word_by_word(text: str, rng: Random, setting: Setting) -> list[Edit]:
    words = split_words(text)
    offsets = starts(words)
    wanted = how_many(setting.strength, SHARE, len(text) - len(words))
    edits: list[Edit] = []
    for spots in _tiers(words, setting):
        for i in drawn(spots, rng.getrandbits):
            if len(edits) >= wanted:
                return edits
            word, start = words[i], offsets[i]
            found = setting.table.misspellings.of(word)
            if found and stands_alone(text, start, start + len(word)):
                pick = 2 * (rng.getrandbits(DRAW) % found.choices)
                edits.append(Edit(start, start + len(word), word, found.typos[pick], found.typos[pick + 1]))
        if edits:
            return edits
    return edits


def _tiers(words: list[str], setting: Setting) -> tuple[list[int], list[int]]:
    """Places of the words that may be misspelt; then, for texts that have none, those of words that hold a sentence
    together (`with`, `there`) or, where the label is an opinion, of qualities that are not listed as one."""
    misspellings, protect, table = setting.table.misspellings, setting.protect, setting.table
    content = [i for i, word in enumerate(words) if misspellings.allows(word)]
    first = [i for i in content if not _carries_opinion(words[i], table, protect)] if protect else content
    rest = [i for i, word in enumerate(words) if misspellings.allows_at_need(word) and word not in protect]
    return first, rest


def _carries_opinion(word: str, table: SynonymTable, protect: frozenset[str]) -> bool:
    """Where some words are protected a list cannot name them all: adjectives and adverbs are spared with them."""
    return word in protect or table.classes.get(word) in ("a", "?a", "r")


def paper_typo(text: str, rng: Random, setting: Setting) -> list[Edit]:
    """Two positions are drawn; those that hold a letter get a random one of a-z. `strength` is the BoolQ variant: every
    letter with that probability. Where that changes nothing it is drawn again: one text in twenty would stay as it is.
    """
    for _ in range(_DRAWS):
        if setting.strength is None:
            draws = [int(rng.random() * len(text)) for _ in range(2)] if text else []
        else:
            draws = [i for i in range(len(text)) if rng.random() < setting.strength]
        letters = {i: ascii_lowercase[int(rng.random() * 26)] for i in draws if text[i].isalpha()}
        edits = [
            Edit(i, i + 1, text[i], letter, "typo, random letter") for i, letter in letters.items() if letter != text[i]
        ]
        if edits or setting.strength == 0:
            return edits
    return []


METHOD = Method(
    name="typo",
    summary="Words are misspelt: a neighbouring key, two letters transposed, one left out or doubled.",
    color="vermilion",
    changes="spelling",
    careful=careful_typo,
    paper=paper_typo,
    strengths={"careful": SHARE, "paper": None},
    counts="letters",
)
