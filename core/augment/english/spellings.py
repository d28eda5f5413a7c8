"""Which strings are English words, whatever the synonyms come from: a typo must not spell another word."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1)
def read_spellings() -> frozenset[str]:
    """Some 160,000 words and names, from the list that pyspellchecker carries."""
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language="en").word_frequency.dictionary)
