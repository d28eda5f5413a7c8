"""A word between its neighbours in, whether a synonym reads well there out: what stands in for a part-of-speech tagger.

Neighbours are lower-case words; the empty string stands for punctuation or the end of the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.augment.english.lexicon import (
    AUXILIARIES,
    BE,
    CONJUNCTIONS,
    DEGREES,
    DETERMINERS,
    FUNCTION,
    LINKING,
    MODALS,
    NEGATIONS,
    OBJECTS,
    PARTICLES,
    PREPOSITIONS,
    SUBJECTS,
)

if TYPE_CHECKING:
    from core.augment.english.dictionary import SynonymTable

_BEFORE_NOUN = (DETERMINERS | PREPOSITIONS | {"'s"}) - {"to", "that", "which", "all", "both"}
_BEFORE_VERB = MODALS | (SUBJECTS - {"that", "one", "people"}) | {"to", "n't", "not", "never"}
_BEFORE_PARTICIPLE = BE | {"has", "have", "had", "having", "'ve", "get", "got", "gets"}
_BEFORE_GERUND = BE | {"by", "without", "after", "before", "while", "when", "keep", "keeps", "kept", "start", "stop"}
_AFTER_ADJECTIVE = frozenset(
    [
        "of",
        "to",
        "for",
        "that",
        "with",
        "about",
        "as",
        "at",
        "in",
        "on",
        "from",
        "by",
        "than",
        "against",
        "if",
        "whether",
    ]
)
_BESIDE_ADVERB = frozenset(["as", "so", "too", "more", "most", "less", "least", "how", "very", "quite"]) | NEGATIONS
_AFTER_NO_ADVERB = NEGATIONS | {"as", "enough", "do", "does", "did"}
_OPENERS = (DETERMINERS | SUBJECTS) - {"more", "most", "such", "which", "who", "that"}
_ONLY_BEFORE = {"t": "to", "c": "that", "o": "of"}


def fits(option: Sequence[Any], before: str, word: str, after: str, table: SynonymTable) -> bool:
    """Whether the option's reading of `word` is the likely one between `before` and `after`."""
    pos, marks = option[0], option[1]
    for mark in marks:
        if _ONLY_BEFORE.get(mark, after) != after:
            return False
    if f"{word} {after}" in table.collocations or f"{before} {word}" in table.collocations:
        return False
    if pos == "n":
        return _noun(option, before, after, table.classes)
    if pos == "v":
        return _verb(option, before, after)
    if pos == "a":
        return _adjective(option, before, word, after)
    return before not in _BESIDE_ADVERB and after not in _AFTER_NO_ADVERB and not (option[2] and after == "")


def _noun(option: Sequence[Any], before: str, after: str, classes: dict[str, str]) -> bool:
    if after not in FUNCTION and after != "":  # first half of a compound
        return False
    if before == "to" and option[3] == "base":  # a verb
        return False
    if before == "":
        return not option[2] or after in AUXILIARIES
    if before in _BEFORE_NOUN:
        return True
    if option[2]:
        return False
    return before in FUNCTION or classes.get(before) == "a"


def _verb(option: Sequence[Any], before: str, after: str) -> bool:
    marks, form = option[1], option[3]
    to = after == "to" and ("+" in marks or "t" in marks)
    if after in PARTICLES and after != "by" and "&" not in marks and not to:
        return False
    if form == "base" and "i" in marks:
        return False
    if "t" in marks and form in ("past", "participle") and before in BE:  # `it is planned to be`
        return False
    if form == "gerund":
        return before in _BEFORE_GERUND and after != "of"
    if before in DETERMINERS and before not in SUBJECTS:
        return False
    if form in ("past", "participle"):
        if form == "past" and option[2]:
            return before in SUBJECTS or before in _BEFORE_PARTICIPLE
        return before not in PREPOSITIONS and (before in FUNCTION or before == "" or not option[2])
    if option[2] or form == "base":
        return before in _BEFORE_VERB and not (form == "third" and before in MODALS)
    return before not in PREPOSITIONS


def _adjective(option: Sequence[Any], before: str, word: str, after: str) -> bool:
    marks = option[1]
    if after in _AFTER_ADJECTIVE and "&" not in marks and not (after == "to" and "+" in marks):
        return False
    attributive = after != "" and after not in FUNCTION
    if "b" in marks and not attributive:
        return False
    if before in DETERMINERS:
        return attributive
    if word.endswith("ing"):  # `is touching the wall`, `by entertaining voters`: a verb
        if before in PREPOSITIONS or (before in BE and (attributive or after in DETERMINERS or after in OBJECTS)):
            return False
    elif before in PREPOSITIONS:
        return attributive
    if before in BE or before in DEGREES or before in LINKING:
        return True
    return not option[2] and (attributive or before in CONJUNCTIONS)


def takes(replacement: str, pos: str, before: str, after: str) -> bool:
    """Whether a phrase (`turn down`, `at last`) may stand where one word stood."""
    if " " not in replacement:
        return True
    if pos == "v":
        return after not in OBJECTS and after not in PREPOSITIONS and after != ""
    if pos == "r":
        return replacement.startswith("a ") or after == "" or (before == "" and after in _OPENERS)
    return True
