"""How long the texts of some rows are in word pieces, about, without a tokenizer: what time and memory hang on."""

from __future__ import annotations

import heapq
import math
import re

from core.data.rows import Rows
from core.model.memory import Lengths

_PIECE = re.compile(r"\w+|[^\w\s]")
_PIECES_PER_WORD = 1.2


def text_lengths(rows: Rows, max_length: int) -> Lengths:
    """Mean over up to 2,000 evenly spaced rows, and the longest, both cut at `max_length`."""

    def pieces(i: int) -> int:
        words = len(_PIECE.findall(rows.texts[i][: 20 * max_length]))
        special = 2
        if rows.pairs is not None:
            words, special = words + len(_PIECE.findall(rows.pairs[i][: 20 * max_length])), 3
        return min(max_length, math.ceil(words * _PIECES_PER_WORD) + special)

    def characters(i: int) -> int:
        return len(rows.texts[i]) + (len(rows.pairs[i]) if rows.pairs is not None else 0)

    sample = range(0, len(rows), max(1, len(rows) // 2_000))
    longest = heapq.nlargest(20, range(len(rows)), key=characters)
    return Lengths(sum(map(pieces, sample)) / max(1, len(sample)), max(map(pieces, longest), default=max_length))
