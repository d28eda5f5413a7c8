"""What methods look words up in: words with their options, phrases, names, and what a swap or a typo may touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.augment.english import lexicon
from core.augment.english.misspellings import Misspellings
from core.augment.english.openings import Openings, phrase_openings
from core.augment.english.swap_classes import SwapClasses
from core.augment.english.wordnet import SUFFIXES
from core.augment.english.words import typable

DICTIONARY = 50_000
"""Words that make a table a dictionary: what is not in it is then taken for a name, and left alone by typos."""


class FirstLemma(NamedTuple):
    lemma: str
    sense: str


@dataclass
class SynonymTable:
    source: str
    """`nltk_data`, `debian` or `builtin`."""
    lemmas: int
    """Lemmas of the source: 147,306 for WordNet 3.0, the headwords of the thesaurus otherwise."""
    style: str
    words: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """careful: spelling to options (see core.augment.english.entries)."""
    phrases: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """careful: what is replaced as a whole to (marks, ((replacement, rule), ...))."""
    classes: dict[str, str] = field(default_factory=dict)
    collocations: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    """careful: spellings of the source's words, inflected forms included."""
    spellings: frozenset[str] = frozenset()
    """careful: English words of any source, names too: what no typo may hit."""
    common: frozenset[str] = frozenset()
    """careful: spellings frequent enough that a capital at the beginning of a sentence makes no name of them."""
    names: frozenset[str] = frozenset()
    """careful: spellings that are names as often as words; no typo changes them."""
    misspellings: Misspellings = field(init=False, repr=False)
    """careful: misspellings of the words met so far."""
    swap_classes: SwapClasses = field(init=False, repr=False)
    """careful: of the words met so far, which a swap may move."""
    first: dict[str, dict[str, str]] = field(default_factory=dict)
    """paper: part of speech to {lemma: first lemma of its first synset}."""
    exceptions: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    senses: dict[str, dict[str, str]] = field(default_factory=dict)
    digest: str = ""
    """SHA-256 of all that was read from the sources: other words in equal number are another dictionary."""
    bound: frozenset[str] = field(init=False, repr=False)
    """careful: words of set phrases."""
    openings: Openings = field(init=False, repr=False)
    """careful: where a phrase that is replaced as a whole may begin."""
    _seen: dict[str, FirstLemma | None] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        words = self.known if len(self.known) > DICTIONARY else ()
        dictionary = frozenset(word for word in words if typable(word)) - self.names
        self.misspellings = Misspellings(self.known | self.spellings, dictionary)
        self.swap_classes = SwapClasses(self.classes, self.is_name)
        self.bound = frozenset(word for phrase in self.collocations for word in phrase.split(" "))
        self.openings = phrase_openings(self.phrases)

    def in_phrase(self, before: str, word: str, after: str) -> bool:
        """Whether the word, one of `bound`, makes a set phrase with a neighbour: `real estate`."""
        return f"{word} {after}" in self.collocations or f"{before} {word}" in self.collocations

    def is_name(self, word: str) -> bool:
        """Whether a lower-case word is a name as often as a word, or is a stranger to a full dictionary."""
        return word in self.names or word in lexicon.NAMES or (len(self.known) > DICTIONARY and word not in self.known)

    def first_lemma(self, word: str) -> FirstLemma | None:
        """Of the word's first synset as `nltk` orders them, or None: nouns before verbs,
        adjectives, adverbs; inflected forms through morphy."""
        if word not in self._seen:
            if len(self._seen) > 200_000:
                self._seen.clear()
            self._seen[word] = self._look_up(word.lower().replace(" ", "_"))
        return self._seen[word]

    def _look_up(self, word: str) -> FirstLemma | None:
        for pos, lemmas in self.first.items():
            for form in self._morphy(word, pos, lemmas):
                return FirstLemma(lemmas[form], self.senses[pos][form])
        return None

    def _morphy(self, word: str, pos: str, lemmas: dict[str, str]) -> list[str]:
        if word in self.exceptions.get(pos, {}):
            candidates = [word, *self.exceptions[pos][word]]
        else:
            stems = [word[: -len(old)] + new for old, new in SUFFIXES[pos] if old and word.endswith(old)]
            candidates = [word, *stems]
        return [form for form in candidates if form in lemmas]
