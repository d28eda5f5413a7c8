"""Whether a word can be read as a noun, verb, adjective or adverb where it stands: what stands in for a tagger.

Neighbours are lower-case words; the empty string stands for punctuation or the end of the text.
"""

from __future__ import annotations

from core.augment.english.lexicon import (
    ADVERB_PARTICLES,
    AUXILIARIES,
    BE,
    DEGREES,
    DETERMINERS,
    FUNCTION,
    LINKING,
    MODALS,
    NEGATIONS,
    NUMBERS,
    OBJECTS,
    PREPOSITIONS,
    SUBJECTS,
    word_set,
)

CLEAR, USUAL, OTHER = 0, 1, 2
"""How usual a part of speech is for a spelling: it is nothing else; it is this most often; it is this, too."""

_BEFORE_VERB = (
    MODALS | (SUBJECTS - {"that", "one", "people", "which", "there"}) | {"to", "n't", "not", "never", "please"}
)
_BEFORE_NOUN = (DETERMINERS | PREPOSITIONS | {"'s", "no"}) - {"to", "that", "which", "what", "all", "more", "most"}
_BEFORE_VERB_OR_FORM = _BEFORE_VERB | BE
_BEFORE_BASE = MODALS | {"to", "n't", "please"}  # `tears` after these is no form of a verb
_BEFORE_STATE = BE | LINKING | DEGREES | {"", "n't", "not"}
_OBJECT = DETERMINERS | OBJECTS
_BESIDE_ADVERB = frozenset(["as", "so", "too", "more", "most", "less", "least", "how", "very", "quite"]) | NEGATIONS
_AFTER_NO_ADVERB = NEGATIONS | {"as", "enough"}
_WHEN = frozenset(["after", "at", "before", "in", "on", "until"])
_COUNTS = NUMBERS - {"one", "both", "first", "second", "third"}
_ADJECTIVE = ("able", "al", "ful", "ible", "ic", "ive", "less", "ous")
_AFTER_NOUN = FUNCTION | {"last", "yesterday", "today", "tomorrow"}
_AFTER_HAS = word_set("been become got had done made gone come never always also just already long")
"""After `it's`: the 's may be `has`."""
_ONLY_BEFORE = {"t": "to", "c": "that", "o": "of"}


def fits(pos: str, marks: str, reading: int, form: str, before: str, word: str, after: str) -> bool:
    """Whether an option's reading of `word` is the likely one between `before` and `after`.

    A reading that is not the word's usual one needs a neighbour that speaks for it; a usual one none that speaks
    against it.
    """
    for mark in marks:
        if _ONLY_BEFORE.get(mark, after) != after:
            return False
    if pos == "n":
        if "h" in marks and after and after not in _AFTER_NOUN:
            return False
        if reading == OTHER:
            return before in _BEFORE_NOUN or (before == "" and after in AUXILIARIES)
        return before not in _BEFORE_VERB and not before.endswith("n't")
    if pos == "v":
        return _verb(marks, form, reading, before, after)
    if pos == "a":
        return _adjective(marks, reading, before, word, after)
    if reading == OTHER or before in _BESIDE_ADVERB:
        return False
    return after not in _AFTER_NO_ADVERB or (after == "as" and word.endswith("ly"))  # `exactly as old`, no `as well as`


def _verb(marks: str, form: str, reading: int, before: str, after: str) -> bool:
    if after in ADVERB_PARTICLES and "&" not in marks:  # `picked up`
        return False
    if form == "base" and "i" in marks:
        return False
    if "t" in marks and form in ("past", "participle") and before in BE:  # `it is planned to be`
        return False
    if form == "third" and (before in _BEFORE_BASE or before.endswith("n't")):
        return False
    if form in ("base", "third"):
        if reading != CLEAR and (before in _COUNTS or before.endswith(_ADJECTIVE)):  # `two worries`, `a tedious show`
            return False
        asked = before in _BEFORE_VERB or before.endswith("n't")
        return asked or (reading != OTHER and before not in _BEFORE_NOUN)
    return reading == CLEAR or (before not in _BEFORE_NOUN and (reading == USUAL or before in _BEFORE_VERB_OR_FORM))


def _adjective(marks: str, reading: int, before: str, word: str, after: str) -> bool:
    attributive = after != "" and after not in FUNCTION
    if "b" in marks and not attributive:
        return False
    if before in _BEFORE_VERB or (before in DETERMINERS and not attributive):
        return False
    if word.endswith("ing") and (before in PREPOSITIONS or (before in BE and after in _OBJECT)):
        return False  # `is touching the wall`, `by entertaining voters`: a verb
    if word.endswith("ing") and not attributive and before not in _BEFORE_STATE:
        return False  # `stopped caring`
    if word.endswith("ed") and after != "that" and after in _OBJECT:
        return False  # `satisfied me`
    return reading != OTHER or attributive == (before in DETERMINERS) or before in DEGREES


def phrase_fits(replacement: str, pos: str, marks: str, before: str, after: str) -> bool:
    """Whether a phrase (`turn down`, `at last`) may stand where one word stood."""
    if " " not in replacement:
        return True
    if pos == "v":
        if after in _WHEN:  # `turned up on Friday`, for what takes no object: `performed in May` was not carried out
            return "&" in marks
        return after not in OBJECTS and after not in PREPOSITIONS and after != ""
    return pos != "r" or after == "" or before == ""


def phrase_holds(marks: str, before: str, after: str) -> bool:
    """Whether a phrase with these marks means what its entry says between `before` and `after`.

    The mark `v`, of the base form of verbs, is no entry's: `to need to`, but not `the need to`.
    """
    if "v" in marks and (before in DETERMINERS or before == "no"):  # `the need to`, `no need to`
        return False
    if ("e" in marks and after) or ("s" in marks and before):
        return False
    if "#" in marks and (before in NEGATIONS or not (after.isdigit() or after in NUMBERS)):
        return False
    if "%" in marks and not (before.isdigit() or before in NUMBERS):
        return False
    if "p" in marks and (after == "" or after in _AFTER_HAS or after.endswith(("ed", "en"))):
        return False
    if "y" in marks and not (len(after) == 4 and after.isdigit() and "1000" <= after < "2100"):
        return False
    return all(_ONLY_BEFORE.get(mark, after) == after for mark in marks)
