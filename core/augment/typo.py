"""Text in, text with typing slips out: `careful` as fingers make them, `paper` two random letters."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase

from core.augment.edits import Augmented, Edit, assembled
from core.augment.lexicon import FUNCTION, NEGATIONS, NUMBERS, word_set
from core.augment.synonyms import SynonymTable
from core.augment.words import split_words, stands_alone, starts

DEFAULT_SHARE = 0.01
SHORTEST = 4
"""Careful typos need words of at least this many letters: one slip in `cat` is often another word."""
# Neighbours in the same row and the row below or above, as fingers slip on a QWERTY keyboard.
NEIGHBOURS = {
    keys[0]: keys[1:]
    for keys in word_set(
        "qwa wqes ewrd retf tryg ytuh uyij iuok oipl pol aqsz sadwx dsfec fdgrv gfhtb hgjyn jhkum "
        "kjlim lko zasx xzcs cxvd vcbf bvng nbmh mnj"
    )
}
_NOTHING: frozenset[str] = frozenset()
_SPARED = NEGATIONS | NUMBERS | FUNCTION
_DICTIONARY = 50_000
"""Words that make a table a dictionary: what is not in it is then taken for a name."""
_DRAWS = 6
_RULES = ("typo, neighbouring key", "typo, letters transposed", "typo, letter left out", "typo, letter doubled")


def careful_typo(
    text: str,
    rng: Random,
    table: SynonymTable | None = None,
    strength: float | None = None,
    protect: frozenset[str] = _NOTHING,
) -> Augmented:
    """Slips in `strength` of the letters (default one in a hundred, at least one), one a word at most.

    Names (capitals, and words that WordNet does not know), numbers, negations, function words and short words are
    spared, and so is the first letter, which people rarely miss. A slip that happens to spell another word is drawn
    again. Latin, Greek and Cyrillic only: combining marks are no letters to `isalpha`, and scripts without case
    are left alone.
    """
    return assembled(text, typo_edits(text, split_words(text), rng, table, strength, protect), "typo")


def typo_edits(
    text: str,
    words: list[str],
    rng: Random,
    table: SynonymTable | None,
    strength: float | None,
    protect: frozenset[str],
) -> list[Edit]:
    """The edits of `careful_typo`, in the order in which they were drawn."""
    share = DEFAULT_SHARE if strength is None else strength
    wanted = int(share * (len(text) - len(words)) + 0.5) or (1 if share else 0)
    known = table.known if table else _NOTHING
    n = len(words)
    if wanted == 1:
        for _ in range(_DRAWS):  # most short texts are served without a list of their words
            i = int(rng.random() * n)
            word = words[i]
            if len(word) >= SHORTEST and word.islower():
                edit = _edit(text, words, i, sum(map(len, words[:i])) + i, rng, known, protect)
                if edit:
                    return [edit]
    spots = [i for i, word in enumerate(words) if len(word) >= SHORTEST and word.islower()]
    offsets = starts(words)
    edits = []
    left = len(spots)
    while left and wanted:
        pick = int(rng.random() * left)
        i = spots[pick]
        left -= 1
        spots[pick] = spots[left]
        edit = _edit(text, words, i, offsets[i], rng, known, protect)
        if edit:
            edits.append(edit)
            wanted -= 1
    return edits


def _edit(
    text: str, words: list[str], i: int, start: int, rng: Random, known: frozenset[str], protect: frozenset[str]
) -> Edit | None:
    word = words[i]
    if word in _SPARED or word in protect or not word.isalpha():
        return None
    if word.isascii() and word not in known and len(known) > _DICTIONARY:
        return None
    if not word.isascii() and not all(map(str.islower, word)):  # a letter without case is in no alphabet meant here
        return None
    end = start + len(word)
    slip = _slip(word, rng, known)
    if slip is None or not stands_alone(text, start, end):
        return None
    return Edit(start, end, word, slip[0], slip[1])


def _slip(word: str, rng: Random, known: frozenset[str]) -> tuple[str, str] | None:
    """(misspelt word, rule); None when four draws gave no slip that is not a word itself."""
    for _ in range(4):
        where = 1 + int(rng.random() * (len(word) - 1))
        kind = int(rng.random() * 4)
        letter = word[where]
        if kind == 0:
            near = NEIGHBOURS.get(letter)
            if near is None:
                continue
            slip = word[:where] + near[int(rng.random() * len(near))] + word[where + 1 :]
        elif kind == 1:
            if where + 1 == len(word):
                where -= 1
            slip = word[:where] + word[where + 1] + word[where] + word[where + 2 :]
        elif kind == 2:
            slip = word[:where] + word[where + 1 :]
        else:
            slip = word[:where] + letter + word[where:]
        if slip != word and slip not in known:
            return slip, _RULES[kind]
    return None


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
