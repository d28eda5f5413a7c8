"""The project's own thesaurus: synonyms that hold in most sentences, written for it, a file each part of speech and one
of phrases.

A line is a headword, its part of speech with marks, and its synonyms, the best first, with tabs between the three. Of
lines of one headword the first that fits a sentence holds there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "headwords"
_WORDS = tuple(_FOLDER / f"{name}.tsv" for name in ("adjectives", "adverbs", "nouns", "verbs"))
_PHRASES = _FOLDER / "phrases.tsv"
FILES = (*_WORDS, _PHRASES)


@dataclass(frozen=True, slots=True)
class Entry:
    """A headword with what may replace it."""

    lemma: str
    pos: str
    """n, v, a or r, as in WordNet; of phrases x, too: as they stand, in no other form."""
    marks: str
    """`+`: may stand before `to`; `t`, `c`, `o`: only before `to`, `that`, `of`; `b`: only before its noun; `&`: before
    any preposition; `i`: inflected forms only; `h`: not before another noun or an adjective; `*`: in a clear context
    only, as the spelling is often another word; of phrases, `e` and `s`: before and after punctuation or the text's
    end only; `#` and `y`: before a number or a year only; `%`: after a number only; `p`: where an 's is no `has`;
    `~`: where a text has nothing better."""
    synonyms: tuple[str, ...]


@lru_cache(maxsize=1)
def read_thesaurus() -> tuple[Entry, ...]:
    return tuple(entry for path in _WORDS for entry in _entries(path))


@lru_cache(maxsize=1)
def read_phrases() -> tuple[Entry, ...]:
    """What means something as a whole, and function words with an equal: `call off`, `each other`, `someone`."""
    return tuple(_entries(_PHRASES))


def _entries(path: Path) -> Iterator[Entry]:
    for line in path.read_text(encoding="utf-8").splitlines():
        lemma, pos, synonyms = line.split("\t")
        yield Entry(lemma, pos[0], pos[1:], tuple(synonyms.split(", ")))
