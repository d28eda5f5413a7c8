"""Rows in a model's word pieces: how long they are, what is cut off them, and what its vocabulary lacks."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from core.data.rows import Finding, Rows
from core.wording import percent

MOST_CUT = 20_000
"""Rows of a split that are cut into word pieces: all, or so many evenly spaced ones."""
POSITIONS = 512
"""Word pieces that MobileBERT takes at most."""

IN_EVALUATION = {
    "texts cut": "evaluation texts cut",
    "nothing but unknown pieces": "nothing but unknown pieces in evaluation",
}
"""What is told of evaluation rows, too, by the name that it has there."""


class PieceTokenizer(Protocol):
    """What cuts a text into word pieces, such as `core.model.pieces` does."""

    def tokenize(self, text: str) -> list[str]: ...


def lengths_found(train: Rows, evals: Mapping[str, Rows], limit: int, pieces: PieceTokenizer) -> list[Finding]:
    """Of the training rows all of it; of evaluation rows what makes their score worse."""
    found = _lengths(train, limit, pieces)
    for split, rows in evals.items():
        told = [one for one in _lengths(rows, limit, pieces) if one.kind in IN_EVALUATION]
        found += [replace(one, kind=IN_EVALUATION[one.kind], why=f"in {split!r} {one.why}") for one in told]
    return found


def _lengths(rows: Rows, limit: int, pieces: PieceTokenizer) -> list[Finding]:
    """How long the rows are in word pieces, what is cut off them, and what the vocabulary lacks."""
    looked = range(0, len(rows), -(-len(rows) // MOST_CUT) or 1)
    lengths: dict[int, int] = {}
    strange, lost = [], []
    for row in looked:
        cut = [pieces.tokenize(rows.texts[row])]
        cut += [pieces.tokenize(rows.pairs[row])] if rows.pairs is not None else []
        lengths[row] = sum(map(len, cut)) + len(cut) + 1  # with [CLS], and a [SEP] after each text
        unknown = [piece for side in cut for piece in side].count("[UNK]")
        if unknown:
            strange.append((unknown, row))
        if any(side and side.count("[UNK]") == len(side) for side in cut):
            lost.append(row)
    ordered = sorted(lengths.values())
    keeps = ordered[-(-95 * len(ordered) // 100) - 1]  # the least length that leaves 95 % whole
    of = "" if len(looked) == len(rows) else f", of {len(looked):,} rows looked at"
    shown = f"median {statistics.median(ordered):g}, 95 % up to {keeps}, longest {ordered[-1]}"
    found = [Finding("lengths", len(lengths), shown, f"word pieces of a training row, with the special ones{of}")]
    if ordered[-1] > limit:
        found.append(_cut(rows, lengths, limit, keeps, of))
    if strange:
        _, worst = max(strange)
        why = f"{sum(count for count, _ in strange)} pieces are not in the model's vocabulary; it sees [UNK] for them"
        found.append(Finding("unknown pieces", len(strange), shortened(rows.texts[worst]), f"{why}{of}"))
    if lost:
        why = "the model's vocabulary has nothing of these texts: all of them look the same to it"
        found.append(Finding("nothing but unknown pieces", len(lost), shortened(rows.texts[lost[0]]), f"{why}{of}"))
    return found


def _cut(rows: Rows, lengths: Mapping[int, int], limit: int, keeps: int, of: str) -> Finding:
    """What the limit cuts off, and which length would leave 95 % of the rows whole: `keeps`."""
    over = [(length, row) for row, length in lengths.items() if length > limit]
    longest, row = max(over)
    mean = sum(length for length, _ in over) / len(over) - limit
    why = f"{percent(len(over) / len(lengths), 1)} of the rows are longer than data.max_length={limit} and lose "
    why += f"{mean:.0f} pieces on average{of}; "
    enough = f"{keeps} would keep 95 % whole" if keeps > limit else "95 % stay whole"
    why += enough if keeps <= POSITIONS else f"{keeps} would, to keep 95 % whole, but a model takes {POSITIONS}"
    better = min(POSITIONS, keeps if keeps > limit else longest)
    remedy = {"data.max_length": better} if better > limit else {}
    example = f"{shortened(rows.texts[row])} has {longest}, {longest - limit} too many"
    return Finding("texts cut", len(over), example, why, remedy)


def shortened(text: str) -> str:
    """In one line and quotation marks, cut after 60 characters."""
    line = " ".join(text.split())
    return repr(line if len(line) <= 60 else f"{line[:59]}…")
