"""Tables that need no WordNet on the machine: the built-in thesaurus, in a cache of the test session's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.augment.english import dictionary
from core.augment.english.dictionary import SynonymTable, load_synonyms
from core.augment.english.wordnet import find_wordnet


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is read from or left in the cache of whoever runs the tests."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    dictionary._load.cache_clear()


def _builtin(style: str) -> SynonymTable:
    patch = pytest.MonkeyPatch()
    patch.setenv("LAB_WORDNET", "builtin")
    table = load_synonyms(style)
    patch.undo()
    return table


@pytest.fixture(scope="session")
def table(_own_cache: None) -> SynonymTable:
    return _builtin("careful")


@pytest.fixture(scope="session")
def paper_table(_own_cache: None) -> SynonymTable:
    return _builtin("paper")


@pytest.fixture
def wordnet_here() -> Path:
    """Skips, visibly, on a machine without WordNet's files."""
    source, folder = find_wordnet()
    if folder is None:
        pytest.skip("no WordNet in nltk_data or /usr/share/wordnet")
    return Path(str(getattr(folder, "path", source)))
