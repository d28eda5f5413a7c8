"""How often augmentation edited the words of a row in training: rows of much edited words, and of others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from core.runs.folder.files import RunError
from core.runs.folder.run import Run

WORD = re.compile(r"[\w'’]+")
THIRDS = 3


def word_edits(run: Run) -> Counter[str]:
    """Word, in lower case -> in how many edits of all epochs it was replaced, moved or misspelt."""
    found: Counter[str] = Counter()
    for epoch in run.augmented_epochs():
        try:
            rows = run.load_augmented(epoch)
        except RunError:
            continue
        for row in rows:
            for text, edits in ((row.get("text"), row.get("edits")), (row.get("pair"), row.get("pair_edits"))):
                found.update(_edited(str(text or ""), edits or ()))
    return found


def _edited(text: str, edits: Any) -> Iterator[str]:
    """The words that each edit touches: of a misspelling, which is a letter or two, the word around it."""
    words = [(match.start(), match.end(), match[0].lower()) for match in WORD.finditer(text)]
    for edit in edits:
        yield from (word for start, end, word in words if start < edit["end"] and edit["start"] < end)


def edits_a_word(words: list[list[str]], edited: Mapping[str, int]) -> np.ndarray:
    """(N,) edits in training of each row's different words, on average; `words` (N,) are those of the rows."""
    return np.array([np.mean([edited.get(word, 0) for word in set(row)]) if row else 0.0 for row in words])


def kinds(words: list[list[str]], edited: Mapping[str, int]) -> Iterator[tuple[str, np.ndarray]]:
    """Rows none of whose words was edited, and the others in thirds, from the least to the most edited."""
    means = edits_a_word(words, edited)
    yield "no word edited in training", means == 0
    some = means[means > 0]
    if len(np.unique(some)) < THIRDS:
        return
    edges = np.quantile(some, [0, 1 / THIRDS, 2 / THIRDS, 1])
    place = np.digitize(means, edges[1:-1], right=True)
    for third in range(THIRDS):
        low, high = _times(edges[third]), _times(edges[third + 1])
        name = f"words edited {low} to {high} times" if low != high else f"words edited some {low} times"
        yield name, (means > 0) & (place == third)


def _times(mean: float) -> str:
    """A mean as people say it: 0.86, 4.4, 420."""
    return f"{mean:.2g}" if mean < 10 else f"{mean:,.0f}"
