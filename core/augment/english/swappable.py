"""Pairs of words whose swap keeps a sentence grammatical: few closed patterns, no parser.

Neighbours are lower-case words; the empty string stands for punctuation or the end of the text. Word classes are those
of `core.augment.english.entries`.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.augment.english.lexicon import (
    ARTICLES,
    AUXILIARIES,
    BE,
    BINOMIALS,
    DEGREES,
    DETERMINERS,
    FLOATING,
    LINKING,
    NEGATIONS,
    PREPOSITIONS,
    SUBJECTS,
)

SwappablePair = tuple[int, int, str]
"""Two places, the later one second, and the rule by which they may be swapped."""
_JOINING = frozenset(("and", "or"))
PIVOTS = FLOATING | _JOINING
_NOUNS = frozenset(("n", "ns"))
_BEFORE_NOUNS = (DETERMINERS | PREPOSITIONS | SUBJECTS | {"", "'s", "both"}) - {"that", "which", "who"}
_AFTER_NOUNS = (PREPOSITIONS - {"of"}) | {"", "are", "were", "that", "who", "which", "when", "while", "because"}
_BEFORE_QUALITY = BE | LINKING | DEGREES | DETERMINERS | {"'s"}
_COMPLEMENTS = frozenset(
    ("of", "to", "from", "with", "without", "than", "for", "about", "by", "at", "on", "as", "that")
)
_NO_SUBJECT = (
    AUXILIARIES | DEGREES | {"", "and", "or", "but", "that", "what", "how", "when", "where", "why", "not", "n't"}
)
_RANGES = frozenset(("between", "from"))  # `between noon and midnight` is the other half of the day
_HAVE = frozenset(("have", "has", "had"))
_MOVABLE = AUXILIARIES - {"do", "does", "did"}  # full verbs after an adverb: `it also does the washing`


def swappable_pairs(words: list[str], classes: dict[str, str]) -> list[SwappablePair]:
    """All of a text, in no particular order; places may overlap."""
    if PIVOTS.isdisjoint(words):
        return []
    last = len(words) - 1
    return [
        pair
        for i, word in enumerate(words)
        if word in PIVOTS and 0 < i < last and words[i + 1]
        for pair in (_joined(words, i, classes) if word in _JOINING else _floating(words, i))
    ]


def _floating(words: list[str], i: int) -> Iterator[SwappablePair]:
    """`is still` and `still is`: an adverb beside an auxiliary."""
    before, after = words[i - 1], words[i + 1]
    if before in AUXILIARIES:
        if i > 1 and words[i - 2] not in _NO_SUBJECT and after not in ("to", "than", "that"):
            yield i - 1, i, "swap, adverb and auxiliary"
    elif after in _MOVABLE and before not in _NO_SUBJECT and i + 2 < len(words):
        follower = words[i + 2]
        if follower.endswith(("ed", "en")) if after in _HAVE else follower not in ("", "not", "n't"):
            yield i, i + 1, "swap, adverb and auxiliary"


def _joined(words: list[str], i: int, classes: dict[str, str]) -> Iterator[SwappablePair]:
    """`funny and sharp` and `sharp and funny`: two of one class around `and` or `or`."""
    left, right = i - 1, i + 1
    if i > 1 and i + 2 < len(words) and words[right] in DETERMINERS and words[i - 2] == words[right]:
        right += 1
    before = words[left - 1] if left else ""
    after = words[right + 1] if right + 1 < len(words) else ""
    first, second = classes.get(words[left], ""), classes.get(words[right], "")
    if f"{words[left]} {words[right]}" in BINOMIALS or words[left] == words[right]:
        return
    if "respectively" in words[right : right + 12] or (before in DEGREES and words[right].endswith("est")):
        return
    if first == second and first in ("a", "r"):
        fine = before not in NEGATIONS and after not in _COMPLEMENTS and classes.get(after) != "ed"
    elif first in _NOUNS and second in _NOUNS:
        mixed = first != second  # `the plot and characters`, never `a characters and plot`
        fine = before in _BEFORE_NOUNS and not (mixed and (before in ARTICLES or before in SUBJECTS))
        fine = fine and before not in _RANGES and after in _AFTER_NOUNS
    else:
        fine = first == second and first in ("ed", "ing") and before in BE and after in ("", "by")
    if fine:
        yield left, right, f"swap, around {words[i]}"
