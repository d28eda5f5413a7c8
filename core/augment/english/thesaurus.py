"""The project's own thesaurus in, entries out: the fallback without WordNet, and the editor's word where it speaks.

Synonyms that hold in most sentences were chosen by hand; `core/augment/rejected.tsv` lists WordNet's own
pairs that an editor struck while reading augmented text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "thesaurus.tsv"
REJECTED = Path(__file__).parent / "rejected.tsv"


@dataclass(frozen=True, slots=True)
class Entry:
    lemma: str
    pos: str
    """n, v, a or r, as in WordNet."""
    marks: str
    """`+`: may stand before `to`; `t`, `c`, `o`: only before `to`, `that`, `of`; `b`: only before its noun; `&`: before
    any preposition; `i`: inflected forms only; `*`: on clear cues only."""
    synonyms: tuple[str, ...]


@lru_cache(maxsize=1)
def read_thesaurus() -> tuple[Entry, ...]:
    return tuple(_entries())


def _entries() -> Iterator[Entry]:
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            lemma, pos, synonyms = line.split("\t")
            yield Entry(lemma, pos[0], pos[1:], tuple(synonyms.split(", ")))


@lru_cache(maxsize=1)
def read_rejected() -> frozenset[tuple[str, str]]:
    """(lemma, synonym) pairs never to be used; (lemma, `*`) where the lemma is to be left alone."""
    pairs: set[tuple[str, str]] = set()
    for line in REJECTED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            lemma, synonyms = line.split("\t")
            pairs.update((lemma, synonym) for synonym in synonyms.split(", "))
    return frozenset(pairs)
