"""The rows of a benchmark's task: without them it ends with one line that says what to do."""

from __future__ import annotations

from core.config import RunConfig
from core.data.rows import Corpus, DataError
from core.data.sources import load_corpus


def rows_of(config: RunConfig) -> Corpus:
    """As `load_corpus`; SystemExit with its message where there are none."""
    try:
        return load_corpus(config)
    except DataError as error:
        raise SystemExit(f"Nothing was measured: {error}") from None
