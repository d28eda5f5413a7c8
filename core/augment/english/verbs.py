"""Which words are verbs, or may be: no tagger, the thesaurus's words in all their forms."""

from __future__ import annotations

from functools import lru_cache

from core.augment.english.inflection import forms
from core.augment.english.lexicon import AUXILIARIES, BE, FUNCTION, MODALS, NUMBERS
from core.augment.english.thesaurus import read_thesaurus


def is_verb(word: str) -> bool:
    """Whether a lower-case word is a full verb and nothing else that the thesaurus knows (`follows`; not `last`)."""
    return word in _forms("v") and word not in _other() and word not in _forms("n")


def may_be_verb(word: str) -> bool:
    """Whether a lower-case word may be a verb where it stands between two others (`plays`, `is`; not `last`)."""
    if word in _ALWAYS:
        return True
    if word in _other():
        return False
    return word in _forms("v") or (len(word) > 4 and word.endswith("ed") and word not in _forms("n"))


_ALWAYS = AUXILIARIES | MODALS | BE


@lru_cache(maxsize=4)
def _forms(pos: str) -> frozenset[str]:
    lemmas = {word for entry in read_thesaurus() if entry.pos == pos for word in (entry.lemma, *entry.synonyms)}
    return frozenset(form for lemma in lemmas if " " not in lemma for form in forms(lemma, pos).values())


@lru_cache(maxsize=1)
def _other() -> frozenset[str]:
    return _forms("a") | _forms("r") | FUNCTION | NUMBERS
