"""Files as visitors have them, written and loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import RunConfig
from core.data.rows import Corpus
from core.data.sources import load_corpus

Put = Callable[[str, str | bytes], Path]
Load = Callable[..., Corpus]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """`put(name, content)`: a file in a folder of its own; text is written as UTF-8, byte for byte."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


@pytest.fixture
def load(put: Put) -> Load:
    """`load(name, content, **keys)`: the corpus that a run on this file trains on."""

    def read(name: str, content: str | bytes, **keys: object) -> Corpus:
        return load_corpus(RunConfig(task="file").replace({"data.file": str(put(name, content)), **keys}))

    return read


def findings(corpus: Corpus, kind: str) -> list:
    return [finding for finding in corpus.findings if finding.kind == kind]
