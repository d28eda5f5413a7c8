"""Tables that need no WordNet on the machine: the built-in thesaurus."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.augment.english.dictionary import SynonymTable, load_synonyms
from core.augment.english.wordnet import find_wordnet


def _builtin(style: str) -> SynonymTable:
    patch = pytest.MonkeyPatch()
    patch.setenv("LAB_WORDNET", "builtin")
    table = load_synonyms(style)
    patch.undo()
    return table


@pytest.fixture(scope="session")
def table() -> SynonymTable:
    return _builtin("careful")


@pytest.fixture(scope="session")
def paper_table() -> SynonymTable:
    return _builtin("paper")


@pytest.fixture
def wordnet_here() -> Path:
    """Skips, visibly, on a machine without WordNet's files."""
    source, folder = find_wordnet()
    if folder is None:
        pytest.skip("no WordNet in nltk_data or /usr/share/wordnet")
    return Path(str(getattr(folder, "path", source)))
