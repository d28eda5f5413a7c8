"""Which words a swap may move, and past which: each word's class, worked out when it is first met, then kept."""

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

NEGATION, BOUNDARY, NUMBER, FIXED = "not", "border", "number", "stays"
"""Classes of words that never move: negations; what else ends a clause, such as punctuation; numbers; names and
whatever else is no plain word."""
MOVABLE = frozenset(("p", "f", "n", "a", "r", "v"))
"""Classes of words that may move: prepositions, other function words, nouns, adjectives, adverbs, verbs."""
ARTICLE, JOINER, OPENING_ARTICLE = "article", "joins", "Article"
MOVABLE_AT_NEED = MOVABLE | {ARTICLE, JOINER}
"""With `a` and `an`, and what joins without denying (`and`, `'s`) or says who did it to whom (`by`, `from`): they move
where a text has nothing better. An `A` opens a sentence or a title, and stays."""
_JOINING = frozenset(
    ("and", "or", "as", "that", "so", "yet", "'s", "'re", "'ll", "'m", "'ve", "'d", "by", "from", "to", "against")
)
_CLASSES = {"n": "n", "ns": "n", "a": "a", "?a": "a", "r": "r", "ed": "v", "ing": "v"}
_PRONOUNS = SUBJECTS | OBJECTS
_REMEMBERED = 50_000


class SwapClasses(dict[str, str]):
    """Word to its class. Pronouns are nouns, and so are words of no known class: the careful guess."""

    def __init__(self, classes: dict[str, str], is_name: Callable[[str], bool]) -> None:
        super().__init__()
        self._classes, self._is_name = classes, is_name

    def __missing__(self, word: str) -> str:
        found = self._class(word)
        if len(word) <= 40:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[word] = found
        return found

    def _class(self, word: str) -> str:
        lower = word.lower()
        if lower in NEGATIONS or lower.endswith(("n't", "n’t")):
            return NEGATION
        if word in _JOINING:
            return JOINER
        if not word or lower in CONJUNCTIONS or lower in QUESTION_WORDS:
            return BOUNDARY
        parts = lower.split("-")
        if not NEGATIONS.isdisjoint(parts):  # `never-ending`
            return NEGATION
        if not NUMBERS.isdisjoint(parts) or any(map(str.isdigit, word)):  # `three-ring`
            return NUMBER
        if lower in ARTICLES:
            return ARTICLE if word.islower() else OPENING_ARTICLE
        if not word.islower() or not word.replace("-", "").isalpha() or word[0] == "-" or word[-1] == "-":
            return FIXED
        if lower in FUNCTION:
            return "p" if lower in PREPOSITIONS else "n" if lower in _PRONOUNS else "f"
        return FIXED if any(map(self._is_name, parts)) else _CLASSES.get(self._classes.get(word, ""), "n")
