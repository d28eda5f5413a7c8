"""The line of sums that a spreadsheet puts beneath its rows: it has a text and a label by its looks, and is no row."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.notation import as_number

_WORDS = frozenset(
    (
        "total", "totals", "grand total", "subtotal", "sum", "sums", "count", "average", "mean", "gesamt", "insgesamt",
        "summe", "anzahl", "mittelwert", "durchschnitt", "somme", "moyenne", "suma", "totale", "media", "итого",
        "всего", "сумма", "合计", "总计", "合計", "المجموع",
    )
)  # fmt: skip


def is_total(text: str, label: str | float, others: Sequence[str | float]) -> bool:
    """Whether the last row is one: such a word for a text, and a number for a label that no other row has.

    A score must also lie outside the `others`, as sums and counts do, or be their mean.
    """
    if text.strip().strip(":=").strip().casefold() not in _WORDS or label in others or not others:
        return False
    if isinstance(label, str):
        return as_number(label) is not None
    scores = [float(one) for one in others]
    mean = sum(scores) / len(scores)
    return not min(scores) <= label <= max(scores) or abs(label - mean) <= 0.01 * (max(scores) - min(scores))
