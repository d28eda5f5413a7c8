"""Which words may change places with which: worked out when a word is first met, then kept."""

from __future__ import annotations

from collections.abc import Callable

from core.augment.english.lexicon import (
    ARTICLES,
    CONJUNCTIONS,
    FUNCTION,
    NEGATIONS,
    NUMBERS,
    OBJECTS,
    PREPOSITIONS,
    QUESTION_WORDS,
    SUBJECTS,
)

DENIES, BORDER, COUNTS, STAYS = "not", "border", "number", "stays"
"""Kinds of words that never move: negations; what else ends a clause, such as punctuation; numbers; names and whatever
else is no plain word."""
FREE = frozenset(("p", "f", "n", "a", "r", "v"))
"""Kinds of words that may move: prepositions, other function words, nouns, adjectives, adverbs, verbs."""
ARTICLE, JOINS, OPENS = "article", "joins", "Article"
FREE_AT_NEED = FREE | {ARTICLE, JOINS}
"""With `a` and `an`, and what joins without denying (`and`, `'s`): they move where a text has nothing better. An `A`
opens a sentence or a title, and stays."""
_JOINING = frozenset(("and", "or", "as", "that", "so", "yet", "'s", "'re", "'ll", "'m", "'ve", "'d"))
_CLASSES = {"n": "n", "ns": "n", "a": "a", "?a": "a", "r": "r", "ed": "v", "ing": "v"}
_PRONOUNS = SUBJECTS | OBJECTS
_REMEMBERED = 50_000


class Kinds(dict[str, str]):
    """Word to its kind. Pronouns are nouns, and so are words of no known class: the careful guess."""

    def __init__(self, classes: dict[str, str], is_name: Callable[[str], bool]) -> None:
        super().__init__()
        self._classes, self._is_name = classes, is_name

    def __missing__(self, word: str) -> str:
        kind = self._kind(word)
        if len(word) <= 40:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[word] = kind
        return kind

    def _kind(self, word: str) -> str:
        lower = word.lower()
        if lower in NEGATIONS or lower.endswith(("n't", "n’t")):
            return DENIES
        if word in _JOINING:
            return JOINS
        if not word or lower in CONJUNCTIONS or lower in QUESTION_WORDS:
            return BORDER
        parts = lower.split("-")
        if not NEGATIONS.isdisjoint(parts):  # `never-ending`
            return DENIES
        if not NUMBERS.isdisjoint(parts) or any(map(str.isdigit, word)):  # `three-ring`
            return COUNTS
        if lower in ARTICLES:
            return ARTICLE if word.islower() else OPENS
        if not word.islower() or not word.replace("-", "").isalpha() or word[0] == "-" or word[-1] == "-":
            return STAYS
        if lower in FUNCTION:
            return "p" if lower in PREPOSITIONS else "n" if lower in _PRONOUNS else "f"
        return STAYS if any(map(self._is_name, parts)) else _CLASSES.get(self._classes.get(word, ""), "n")
