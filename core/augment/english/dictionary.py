"""WordNet or the thesaurus in, the table that methods look words up in out: built once, cached on disk and here."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from core.augment.english import entries, inflection, lexicon, polarity, senses, thesaurus
from core.augment.english.spellings import read_spellings
from core.augment.english.synonym_table import SynonymTable
from core.augment.english.wordnet import Folder, count_lemmas, find_wordnet, read_wordnet
from core.files import cache_folder, replace_file
from core.loading import paused_collector

STYLES = ("careful", "paper")


def load_synonyms(style: str = "careful") -> SynonymTable:
    """The table of one style; the first call of a machine builds it (4 s), later processes read the cache."""
    if style not in STYLES:
        raise ValueError(f"unknown style {style!r}; choose from {list(STYLES)}")
    source, folder = find_wordnet()
    key = style, source, folder.stamp if folder else ""
    with _building[key]:  # threads that ask meanwhile wait for the one table: four that build one each take 40 s
        return _load(*key)


def fingerprint(style: str) -> str:
    """Where one style's words come from, and a digest of all of them; read off the cache's file where there is one."""
    source, folder = find_wordnet()
    lines = _lines(_path(style, source, folder.stamp if folder else ""))
    if lines is None:
        table = load_synonyms(style)
        source, lemmas, digest = table.source, table.lemmas, table.digest
    else:
        source, lemmas, digest = json.loads(lines[0]).values()
    return f"{source}, {lemmas} lemmas, {digest[:16]}"


def _lines(path: Path) -> tuple[bytes, bytes] | None:
    """A cache file's origin and words, each JSON; None where there is no file, or a bit of it has changed."""
    with suppress(OSError, ValueError):
        seal, lines = path.read_bytes().split(b"\n", 1)
        if seal == _seal(lines):
            origin, words = lines.split(b"\n")
            return origin, words
    return None


def _seal(lines: bytes) -> bytes:
    return _json(hashlib.sha256(lines).hexdigest())


def _path(style: str, source: str, stamp: str) -> Path:
    return cache_folder() / f"synonyms-{style}-{source}-{_key(stamp)}.jsonl"


_building: defaultdict[tuple[str, str, str], Lock] = defaultdict(Lock)


@lru_cache(maxsize=8)
def _load(style: str, source: str, stamp: str) -> SynonymTable:
    path = _path(style, source, stamp)
    with paused_collector():
        cached = _read_cache(path, style)
        if cached is not None:
            return cached
        return _table(_build(style, *find_wordnet(), path), style)


def prepare(source: str, folder: Folder, stamp: str) -> None:
    """Build the tables of WordNet's files in `folder` for when they bear `stamp`, so that nobody waits for them then.

    OSError, KeyError, ValueError where they are no dictionary.
    """
    with paused_collector():
        for style in STYLES:
            _build(style, source, folder, _path(style, source, stamp))


def _json(document: Any, sort_keys: bool = False) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys).encode()


def _table(document: dict[str, Any], style: str) -> SynonymTable:
    source, lemmas, digest = document["source"], document["lemmas"], document["digest"]
    if style == "paper":
        first, exceptions, senses = document["first"], document["exceptions"], document["senses"]
        return SynonymTable(source, lemmas, style, first=first, exceptions=exceptions, senses=senses, digest=digest)
    words, classes = _frozen(document.pop("words")), document["classes"]
    sets = {name: frozenset(document.pop(name)) for name in ("collocations", "known", "common", "names")}
    phrases = {phrase: (marks, tuple(map(tuple, choices))) for phrase, (marks, choices) in document["phrases"].items()}
    return SynonymTable(
        source, lemmas, style, words, phrases, classes, sets["collocations"], sets["known"], read_spellings(),
        sets["common"], sets["names"], digest=digest,
    )  # fmt: skip


def _frozen(words: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Tuples for lists: equal ones are shared, and Python's collector does not walk them again and again.

    Each list makes room for the next tuples: side by side they took 38 MB more, which a process keeps.
    """
    shared: dict[tuple[str, str], tuple[str, str]] = {}
    for spelling, options in words.items():
        words[spelling] = tuple(
            (pos, marks, reading, form, tuple(shared.setdefault((new, rule), (new, rule)) for new, rule in choices))
            for pos, marks, reading, form, choices in options
        )
    return words


def _build(style: str, source: str, folder: Folder | None, path: Path) -> dict[str, Any]:
    """The table as a document, written to its cache file where that can be."""
    document = _read(style, source, folder)
    # Keys in order: the same sources give the same digest on every machine.
    document["digest"] = hashlib.sha256(_json(document, sort_keys=True)).hexdigest()
    with suppress(OSError):  # a machine that cannot write keeps the table in memory
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = _json({key: document[key] for key in ("source", "lemmas", "digest")}) + b"\n" + _json(document)
        replace_file(path, _seal(lines) + b"\n" + lines)
    return document


def _read(style: str, source: str, folder: Folder | None) -> dict[str, Any]:
    wordnet = read_wordnet(folder) if folder else None
    lemmas = count_lemmas(folder) if folder else len({entry.lemma for entry in thesaurus.read_thesaurus()})
    document: dict[str, Any] = {"source": source, "lemmas": lemmas}
    if style == "careful":
        return document | entries.build_table(wordnet)
    first: dict[str, dict[str, str]] = {pos: {} for pos in "nvar"}
    senses: dict[str, dict[str, str]] = {pos: {} for pos in "nvar"}
    if wordnet:
        for pos in "nvar":
            for lemma, offsets in wordnet.index[pos].items():
                first[pos][lemma] = wordnet.synsets[pos][offsets[0]].words[0]
                senses[pos][lemma] = wordnet.sense_name(pos, offsets[0])
    else:
        for entry in thesaurus.read_thesaurus():
            first[entry.pos][entry.lemma] = entry.synonyms[0].replace(" ", "_")
            senses[entry.pos][entry.lemma] = "thesaurus"
    return document | {"first": first, "senses": senses, "exceptions": wordnet.exceptions if wordnet else {}}


@lru_cache(maxsize=8)
def _key(stamp: str) -> str:
    """Changes with the sources: what was built from other files or by other code is never read."""
    digest = hashlib.sha256(stamp.encode())
    for module in (entries, inflection, lexicon, polarity, senses, thesaurus):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).read_bytes())
    for path in thesaurus.FILES:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _read_cache(path: Path, style: str) -> SynonymTable | None:
    """None where there is no file, or it is damaged."""
    lines = _lines(path)
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        return _table(json.loads(lines[1]), style) if lines else None
    return None


class WordNetStatus(NamedTuple):
    source: str
    """`nltk_data`, `debian` or `builtin`."""
    lemmas: int


def wordnet_status() -> WordNetStatus:
    """Without building a table: 0.1 s the first time, then free."""
    source, folder = find_wordnet()
    if folder is None:
        return WordNetStatus(source, len({entry.lemma for entry in thesaurus.read_thesaurus()}))
    return WordNetStatus(source, count_lemmas(folder))
