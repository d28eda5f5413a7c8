"""Rows that whoever labelled or checked them turned down: labelling programs export them beside the others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from core.data.column_names import LABELS, plain
from core.data.grid import Table
from core.data.rows import Finding

# Column -> what it may say, and of that what means that the label beside it does not hold.
_REVIEWS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "answer": (frozenset(("accept", "reject", "ignore")), frozenset(("reject", "ignore"))),  # Prodigy
    "status": (frozenset(("submitted", "completed", "discarded", "draft", "pending")), frozenset(("discarded",))),
    "responsestatus": (frozenset(("submitted", "discarded", "draft", "pending")), frozenset(("discarded",))),  # Argilla
    "assignmentstatus": (frozenset(("approved", "submitted", "rejected")), frozenset(("rejected",))),  # MTurk
    "wascancelled": (frozenset(("true", "false")), frozenset(("true",))),  # Label Studio
}
_LABEL_FIELDS = LABELS[0] | LABELS[1] | {"accept"}
"""Where one of these stands beside it, a review is none of the classes."""


def review_column(table: Table, asked: Collection[str | None]) -> str | None:
    """The column that says which rows were turned down, unless the configuration asks for it as text or label."""
    names = [str(name) for name in table.frame.columns]
    labelled = {plain(name.rsplit(".", 1)[-1]) for name in names} & _LABEL_FIELDS
    for name in names:
        words, turned_down = _REVIEWS.get(plain(name), (frozenset(), frozenset()))
        if words and labelled and name not in asked:
            said = set(map(plain, table.frame[name]))
            if said <= words and (said & turned_down or plain(name) == "answer"):
                return name
    return None


def accepted(table: Table, column: str | None) -> Table:
    """The table without the rows turned down, which it then tells of."""
    if column is None or column not in table.frame.columns:
        return table
    turned_down = _REVIEWS[plain(column)][1]
    out = table.frame[column].map(plain).isin(turned_down)
    if not out.any():
        return table
    words = ", ".join(dict.fromkeys(table.frame[column][out].str.strip()))
    why = (
        f"{column!r} says that these labels do not hold ({words}): the rows are left out; "
        "rename the column to keep them"
    )
    finding = Finding("rows turned down", int(out.sum()), f"line {table.frame.index[out][0]} of {table.name}", why)
    return replace(table, frame=table.frame[~out], findings=[*table.findings, finding])
