"""A token in, the ways in which fingers misspell its word out: worked out when it is first met, then kept."""

from __future__ import annotations

import re
from itertools import chain
from typing import NamedTuple

from core.augment.english.lexicon import FUNCTION, NEGATIONS, NUMBERS, QUESTION_WORDS, word_set
from core.augment.english.words import LONGEST, PUNCTUATION, SHORTEST, typable

# Neighbours in the same row and the row below or above, as fingers hit them on a QWERTY keyboard.
NEIGHBOURS = {
    keys[0]: keys[1:]
    for keys in word_set(
        "qwa wqes ewrd retf tryg ytuh uyij iuok oipl pol aqsz sadwx dsfec fdgrv gfhtb hgjyn jhkum "
        "kjlim lko zasx xzcs cxvd vcbf bvng nbmh mnj"
    )
}
_REMEMBERED = 10_000
"""Tokens whose misspellings are kept: at most some thirty megabytes."""

_RUDE = re.compile("cunt|fuck|shit|nigg|slut|whor|fagg|pubic|bitch|bastard")  # `county` is one letter off


def is_rude(word: str) -> bool:
    return _RUDE.search(word) is not None


class Misspelt(NamedTuple):
    """What a token's word may become."""

    word: str
    offset: int
    """Where it begins in the token."""
    choices: int
    typos: tuple[str, ...]
    """`choices` of them, each with its rule after it: flat, as a tuple within a tuple costs a hop through memory."""


class Misspellings(dict[str, Misspelt | None]):
    """Token (what stands between spaces: `film,`) to the typos of its word; None where nothing may be misspelt.

    Spared are names (capitals, and words that the dictionary does not know), numbers, negations, function words and
    short words, and the first letter, which people rarely miss. A typo that spells another known word is none.
    """

    def __init__(self, known: frozenset[str], dictionary: frozenset[str]) -> None:
        """`known`: spellings that no typo may hit. `dictionary`: the words that may be misspelt, where so many are
        known that a stranger is taken for a name; empty: whatever looks like a word."""
        super().__init__()
        self.known = known
        self.dictionary = dictionary

    def allows(self, word: str) -> bool:
        """Whether the word may be misspelt at all."""
        if self.dictionary and word.isascii():
            return word in self.dictionary
        return typable(word)

    def allows_at_need(self, word: str) -> bool:
        """Whether it may be misspelt in a text that holds nothing better: function words too, of four letters."""
        return self.allows(word) or (word in FUNCTION - QUESTION_WORDS - NEGATIONS - NUMBERS and len(word) >= SHORTEST)

    def of(self, word: str) -> Misspelt | None:
        """As `misspellings[word]`, without asking whether the word may be misspelt."""
        found = self[word]
        return found if found or not word.isalpha() else self._misspelt(word)

    def __missing__(self, token: str) -> Misspelt | None:
        word = token.strip(PUNCTUATION)
        if not self.allows(word):
            found = None
        elif word != token:
            bare = self[word]
            found = bare._replace(offset=token.index(word)) if bare else None
        else:
            found = self._misspelt(word)
        if len(token) <= 2 * LONGEST:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[token] = found
        return found

    def _misspelt(self, word: str) -> Misspelt | None:
        typos = _typos(word, self.known)
        return Misspelt(word, 0, len(typos), tuple(chain.from_iterable(typos))) if typos else None


def _typos(word: str, known: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(misspelling, rule) of the four kinds. Kinds with few are repeated, so that a uniform draw hits each kind about
    as often. The shortest words keep all their letters: `time` is still seen in `tmie`, and hardly in `tme` or `tkme`.
    """
    places = range(1, len(word))
    kinds = {
        "typo, neighbouring key": [
            word[:i] + near + word[i + 1 :] for i in places for near in NEIGHBOURS.get(word[i], "")
        ],
        "typo, letters transposed": [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places[:-1]],
        "typo, letter left out": [word[:i] + word[i + 1 :] for i in places if word[i:] != "s"],  # `members`: singular
        "typo, letter doubled": [word[:i] + word[i] + word[i:] for i in places],
    }
    if len(word) == SHORTEST:
        del kinds["typo, neighbouring key"], kinds["typo, letter left out"]
    rude = is_rude(" ".join(chain.from_iterable(kinds.values())))  # of hardly a word: one look for all
    sound = [
        [(s, rule) for s in typos if s != word and s not in known and not (rude and is_rude(s))]
        for rule, typos in kinds.items()
    ]
    most = max(map(len, sound))
    return tuple(typo for typos in sound if typos for typo in typos * round(most / len(typos)))
