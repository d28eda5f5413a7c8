"""The project's own thesaurus: synonyms that hold in most sentences, written for it, a file each part of speech.

A line is a headword, its part of speech with marks, and its synonyms, the best first, with tabs between the three.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "headwords"
FILES = tuple(_FOLDER / f"{name}.tsv" for name in ("adjectives", "adverbs", "nouns", "verbs"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A headword with what may replace it."""

    lemma: str
    pos: str
    """n, v, a or r, as in WordNet."""
    marks: str
    """`+`: may stand before `to`; `t`, `c`, `o`: only before `to`, `that`, `of`; `b`: only before its noun; `&`: before
    any preposition; `i`: inflected forms only; `*`: in a clear context only, as the spelling is often another word."""
    synonyms: tuple[str, ...]


@lru_cache(maxsize=1)
def read_thesaurus() -> tuple[Entry, ...]:
    return tuple(entry for path in FILES for entry in _entries(path))


def _entries(path: Path) -> Iterator[Entry]:
    for line in path.read_text(encoding="utf-8").splitlines():
        lemma, pos, synonyms = line.split("\t")
        yield Entry(lemma, pos[0], pos[1:], tuple(synonyms.split(", ")))
