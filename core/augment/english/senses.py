"""What WordNet offers for a word: synonyms that are in use, in the sense in which it is mostly meant."""

from __future__ import annotations

from core.augment.english.lexicon import STOP_WORDS, word_set
from core.augment.english.misspellings import is_rude
from core.augment.english.wordnet import WordNet

_SENSES = 3
"""Senses looked at where the first will not do, most frequent first: the first that has a synonym in use is taken."""
_SENSE_SHARE = 0.15  # of all that the word was tagged with, that such a sense must bear
_DOMINANT = 0.5
"""Of all that a word was tagged with, whatever its part of speech: the share of its first sense from which on it may be
taken to mean that."""
_SEEN = 2  # tagged occurrences, without which nothing is known of how a word is used
_COMPARABLE = 0.05  # of the word's own occurrences in that sense, that its synonym must have: no `grouping` for `group`
_SYNONYM_SHARE = 0.2  # of the synonym's own, that must bear this sense: else it would be read as something else
_AWKWARD = word_set("ass bum dick ejaculate gay grope prick tit")
"""Words that stand for no other: by now they mean something else first, and a class laughs."""


def tagged(wordnet: WordNet, pos: str, lemma: str) -> int:
    return sum(wordnet.counts.get((pos, lemma), {}).values())


def usual_synonyms(wordnet: WordNet, pos: str, lemma: str) -> tuple[str, list[tuple[str, str, int]]]:
    """(marks, [(synonym, rule, weight)]) of the lemma's first sense, where it mostly has that and they are as usual.

    Marked `~`, for where a text has nothing better: those of the first frequent sense that has a synonym in use. A word
    that was never met where senses were tagged (`hebdomad`) stands for none, nor does a broader one (`gas` for `air`):
    two in three of them read wrong.
    """
    if not is_plain(lemma) or len(lemma) < 3 or lemma in STOP_WORDS:
        return "", []
    counts = wordnet.counts.get((pos, lemma), {})
    offsets = wordnet.index[pos][lemma]
    first = counts.get(1, 0)
    everything = sum(tagged(wordnet, other, lemma) for other in "nvar")
    dominant = first >= max(_SEEN, _DOMINANT * everything)
    if dominant:
        found = _words_of(wordnet, pos, lemma, offsets[0])
        usual = [one for one in found if one[2] >= _COMPARABLE * first]
        if usual:
            return "", usual
    for sense, offset in enumerate(offsets[:_SENSES], 1):
        if counts.get(sense, 0) >= max(1, (sense > 1) * _SENSE_SHARE * everything):
            found = _words_of(wordnet, pos, lemma, offset)
            if found:
                return "~", found
    return "", []


def _words_of(wordnet: WordNet, pos: str, lemma: str, offset: int) -> list[tuple[str, str, int]]:
    rule = f"synonym, sense {wordnet.sense_name(pos, offset)}"
    return [
        (synonym, rule, weight)
        for synonym in wordnet.synsets[pos][offset].words
        if synonym != lemma and is_plain(synonym) and synonym.islower() and len(synonym) > 2
        if synonym not in STOP_WORDS and synonym not in _AWKWARD and not is_rude(synonym)
        if (weight := _usage(wordnet, pos, synonym, offset))
    ]


def _usage(wordnet: WordNet, pos: str, synonym: str, offset: int) -> int:
    """How often the synonym was tagged with this sense; 0 where it mostly means something else."""
    senses = wordnet.index[pos].get(synonym, [])
    mine = wordnet.counts.get((pos, synonym), {}).get(senses.index(offset) + 1, 0) if offset in senses else 0
    return mine if mine >= _SYNONYM_SHARE * sum(tagged(wordnet, other, synonym) for other in "nvar") else 0


def is_plain(word: str) -> bool:
    return word.isascii() and word.isalpha()
