"""How many word pieces the texts of some rows have: by the model's tokenizer, or about as many without it."""

from __future__ import annotations

import heapq
import math
import re
import weakref

from core.data.rows import Rows
from core.model.memory import Lengths
from core.model.pieces import Pieces

_PIECE = re.compile(r"\w+|[^\w\s]")
_PIECES_PER_WORD = 1.2
_LOOKED_AT = 10_000  # characters of a text: more than any model takes
_KNOWN: dict[tuple[int, Pieces | None], tuple[weakref.ref[Rows], list[int]]] = {}
_MOST_KNOWN = 8


def row_lengths(rows: Rows, max_length: int, pieces: Pieces | None) -> list[int]:
    """Word pieces a row, cut at `max_length`: those of the model's tokenizer, or about as many where it is not here.

    67,000 rows take seconds, so that what is known of rows is kept as long as they are.
    """
    of, found = _KNOWN.get((id(rows), pieces), (None, []))
    if of is None or of() is not rows:
        found = pieces.lengths(rows.texts, rows.pairs) if pieces else [_about(rows, i) for i in range(len(rows))]
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[id(rows), pieces] = weakref.ref(rows), found
    return [min(max_length, length) for length in found]


def text_lengths(rows: Rows, max_length: int) -> Lengths:
    """Mean over up to 2,000 evenly spaced rows, and the longest, both cut at `max_length`."""

    def pieces(i: int) -> int:
        return min(max_length, _about(rows, i))

    def characters(i: int) -> int:
        return len(rows.texts[i]) + (len(rows.pairs[i]) if rows.pairs is not None else 0)

    sample = range(0, len(rows), max(1, len(rows) // 2_000))
    longest = heapq.nlargest(20, range(len(rows)), key=characters)
    return Lengths(sum(map(pieces, sample)) / max(1, len(sample)), max(map(pieces, longest), default=max_length))


def _about(rows: Rows, i: int) -> int:
    words = len(_PIECE.findall(rows.texts[i][:_LOOKED_AT]))
    special = 2
    if rows.pairs is not None:
        words, special = words + len(_PIECE.findall(rows.pairs[i][:_LOOKED_AT])), 3
    return math.ceil(words * _PIECES_PER_WORD) + special
