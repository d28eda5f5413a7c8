"""Comma-, semicolon- or tab-separated text in, a table of strings out: every row whole, or an error with its line.

pandas reads faster, but turns surplus cells into an index and pads short rows without a word.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pandas as pd

from core.data.rows import DataError

# The csv module's own limit of 131,072 characters a cell is below what a visitor may paste.
CELL_LIMIT = 10_000_000


def read_delimited(
    text: str, separator: str, where: str, *, quoted: bool, header: Sequence[str] | None = None
) -> pd.DataFrame:
    """Rows of `text` under its first line, or under `header` where it has none; blank lines are passed over.

    `quoted` is CSV's quoting; without it a quotation mark is a character like any other. DataError names the
    line for a row with other columns than the header, an open quotation mark, or a header that names a column twice.
    """
    csv.field_size_limit(CELL_LIMIT)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        strict=quoted,
    )
    rows: list[list[str]] = []
    try:
        for cells in reader:
            if not cells:
                continue
            if header is None:
                header = _header(cells, where)
                continue
            if len(cells) != len(header):
                raise DataError(f"{where}: line {reader.line_num} has {len(cells)} columns, the header {len(header)}")
            rows.append(cells)
    except csv.Error as error:
        raise DataError(
            f"{where}: line {reader.line_num} cannot be read ({error}); check its quotation marks"
        ) from None
    if header is None:
        raise DataError(f"{where} is empty; it needs a header line and rows")
    return pd.DataFrame(rows, columns=list(header), dtype=str)


def _header(cells: list[str], where: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{where}: the header names the column {twice!r} twice")
    return names
