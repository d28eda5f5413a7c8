"""WordNet's dictionary files in (nltk_data's folder or zip, or Debian's), plain tables out; see wndb(5WN).

Read directly, without `nltk`: Debian's folder lacks two files that nltk's reader insists on, and one pass over the
text takes under two seconds where its reader takes half a minute to walk every synset.
"""

from __future__ import annotations

import os
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

DEBIAN = Path("/usr/share/wordnet")
FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
SOURCES = ("nltk_data", "debian", "builtin")
_TYPES = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
# Suffix rules of morphy(7WN), by part of speech.
SUFFIXES: dict[str, tuple[tuple[str, str], ...]] = {
    "n": (("s", ""), ("ses", "s"), ("ves", "f"), ("xes", "x"), ("zes", "z"),
          ("ches", "ch"), ("shes", "sh"), ("men", "man"), ("ies", "y")),
    "v": (("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", "")),
    "a": (("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
    "r": (),
}  # fmt: skip


class Folder(Protocol):
    """Where dictionary files lie: a folder or a zip."""

    @property
    def stamp(self) -> str: ...
    def lines(self, name: str) -> Iterator[str]: ...
    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class PlainFolder:
    """WordNet's files as they lie in a folder."""

    path: Path

    @property
    def stamp(self) -> str:
        stat = (self.path / "data.noun").stat()
        return f"{self.path}:{stat.st_size}:{int(stat.st_mtime)}"

    def lines(self, name: str) -> Iterator[str]:
        if (self.path / name).exists():
            with open(self.path / name, encoding="latin-1") as file:
                yield from file


@dataclass(frozen=True)
class ZipFolder:
    """WordNet's files as nltk downloads them, in one zip."""

    path: Path

    @property
    def stamp(self) -> str:
        stat = self.path.stat()
        return f"{self.path}:{stat.st_size}:{int(stat.st_mtime)}"

    def lines(self, name: str) -> Iterator[str]:
        with zipfile.ZipFile(self.path) as archive:
            if f"wordnet/{name}" in archive.namelist():
                yield from archive.read(f"wordnet/{name}").decode("latin-1").splitlines(keepends=True)


class Synset(NamedTuple):
    """Words of one meaning."""

    type: str
    """Its part of speech, `s` for satellite adjectives."""
    words: list[str]
    """With their capitals and underscores."""


@dataclass
class WordNet:
    """Offsets by part of speech and lemma (most frequent sense first), synsets by part of speech and offset."""

    index: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    synsets: dict[str, dict[int, Synset]] = field(default_factory=dict)
    broader: dict[str, dict[int, list[int]]] = field(default_factory=dict)
    """Synset to its direct hypernyms, of nouns and verbs: `road` to `way`."""
    counts: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)
    """Tagged occurrences: (part of speech, lemma) to {sense number from 1: count}."""
    exceptions: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    _widths: dict[str, Counter[int]] = field(default_factory=dict, repr=False)

    def width(self, pos: str, offset: int) -> int:
        """Direct hyponyms of a synset."""
        if pos not in self._widths:
            self._widths[pos] = Counter(above for found in self.broader[pos].values() for above in found)
        return self._widths[pos][offset]

    def sense_name(self, pos: str, offset: int) -> str:
        """`really.r.03`: first lemma, type, number of the sense, as nltk prints it."""
        kind, words = self.synsets[pos][offset]
        lemma = words[0].lower()
        return f"{lemma}.{kind}.{self.index[pos][lemma].index(offset) + 1:02d}"


def nltk_folders() -> list[Path]:
    """Folders in which nltk would look for its data, in its order, without importing it (it takes a second)."""
    named = [Path(entry) for entry in os.environ.get("NLTK_DATA", "").split(os.pathsep) if entry]
    prefix = [Path(sys.prefix, *parts) for parts in (("nltk_data",), ("share", "nltk_data"), ("lib", "nltk_data"))]
    system = [Path(root, "nltk_data") for root in ("/usr/share", "/usr/local/share", "/usr/lib", "/usr/local/lib")]
    return [*named, Path.home() / "nltk_data", *prefix, *system]


def find_wordnet() -> tuple[str, Folder | None]:
    """(`nltk_data` | `debian` | `builtin`, folder). LAB_WORDNET names one of the three to look for nothing else."""
    wanted = os.environ.get("LAB_WORDNET", "")
    if wanted and wanted not in SOURCES:
        raise ValueError(f"unknown LAB_WORDNET {wanted!r}; choose from {list(SOURCES)}")
    if wanted in ("", "nltk_data"):
        for root in nltk_folders():
            if (root / "corpora" / "wordnet" / "data.noun").is_file():
                return "nltk_data", PlainFolder(root / "corpora" / "wordnet")
            if zipfile.is_zipfile(root / "corpora" / "wordnet.zip"):
                return "nltk_data", ZipFolder(root / "corpora" / "wordnet.zip")
    if wanted in ("", "debian") and (DEBIAN / "data.noun").is_file():
        return "debian", PlainFolder(DEBIAN)
    return "builtin", None


@lru_cache(maxsize=4)
def count_lemmas(folder: Folder) -> int:
    """Distinct lemmas over the four index files: 147,306 in WordNet 3.0."""
    lemmas: set[str] = set()
    for name in FILES.values():
        lemmas.update(line[: line.index(" ")] for line in folder.lines(f"index.{name}") if line[0] != " ")
    return len(lemmas)


def read_wordnet(folder: Folder) -> WordNet:
    """Indexes, synsets, irregular forms and how often each sense was tagged, of all four parts of speech."""
    wordnet = WordNet()
    for pos, name in FILES.items():
        wordnet.index[pos] = _read_index(folder.lines(f"index.{name}"))
        wordnet.synsets[pos], wordnet.broader[pos] = _read_data(folder.lines(f"data.{name}"))
        exceptions = (line.split() for line in folder.lines(f"{name}.exc"))
        wordnet.exceptions[pos] = {fields[0]: fields[1:] for fields in exceptions if fields}
    for line in folder.lines("cntlist.rev"):
        key, number, count = line.split()
        lemma, _, rest = key.partition("%")
        wordnet.counts.setdefault((_TYPES[rest[0]], lemma), {})[int(number)] = int(count)
    return wordnet


def _read_index(lines: Iterator[str]) -> dict[str, list[int]]:
    index = {}
    for line in lines:
        if line[0] != " ":
            fields = line.split()
            # lemma pos n_synsets n_pointers pointers... n_senses n_tagged offsets...
            index[fields[0]] = [int(offset) for offset in fields[-int(fields[2]) :]]
    return index


def _read_data(lines: Iterator[str]) -> tuple[dict[int, Synset], dict[int, list[int]]]:
    synsets, broader = {}, {}
    for line in lines:
        if line[0] != " ":
            # offset file type n_words (word id)... n_pointers (symbol offset pos number)... ; the first count is
            # hexadecimal, words may bear a marker such as (p), and `@` points to a hypernym
            offset, _, kind, n_words, rest = line.split(" ", 4)
            fields = rest.split(" ")
            first = 2 * int(n_words, 16)
            words = fields[:first:2]
            if kind in ("a", "s"):
                words = [word.partition("(")[0] for word in words]
            synsets[int(offset)] = Synset(kind, words)
            pointers = fields[first + 1 : first + 1 + 4 * int(fields[first])]
            above = [int(to) for symbol, to in zip(pointers[::4], pointers[1::4], strict=True) if symbol == "@"]
            if above:
                broader[int(offset)] = above
    return synsets, broader
