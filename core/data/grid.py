"""A grid of cells with their lines, and the table that it becomes once its header line is found, or found missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.data.column_names import is_known
from core.data.rows import DataError, Finding

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Grid:
    """Rows of cells, each with the line that it begins in; rows without any content are left out."""

    lines: list[int]
    cells: list[list[str]]


@dataclass(frozen=True)
class Table:
    """A file's rows as strings; the index holds the line that each begins in."""

    frame: pd.DataFrame
    name: str
    """The file's name, for people."""
    findings: list[Finding] = field(default_factory=list)
    """What was mended while it was read."""
    nested: dict[str, int] = field(default_factory=dict)
    """Columns that hold a list or an object somewhere, with its line: they can be neither text nor label."""


def to_table(
    grid: Grid, where: str, header: Sequence[str] | None = None, expected: Collection[str] = ()
) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows under their header line, or under `header`, or under `column 1` and so on where the file has none.

    `expected` are names that prove a header line. DataError names the line of a row with other columns than the
    header or of a drawn line, and a header that names a column twice.
    """
    import pandas as pd  # here, as the demo needs no table and starts without

    if not grid.cells:
        raise DataError(f"{where} is empty; it needs a header line and rows")
    rows, findings, said = [_without_empty_end(cells) for cells in grid.cells], [], "the header has"
    start = 0
    if header is None and is_header(rows[0], rows[1:1001], expected):
        # Columns without a name at the header's end are empty ones, unless some row has something there.
        width = min(len(grid.cells[0]), max(map(len, rows)))
        header, start = _names(grid.cells[0][: max(width, len(rows[0]))], where), 1
    elif header is None:
        _check_top(rows, grid.lines, where)
        header, said = _numbered(rows), "most lines have"
        findings.append(_no_header(grid))
    if start:
        _check_second_header(rows, grid.lines, where)
        _check_second_table(rows, grid.lines, where)
    written = [cell.strip().casefold() for cell in rows[0]]  # a column without a name has one in `header`
    kept, repeated = [], []
    for i in range(start, len(rows)):
        if _is_rule(rows[i]):
            raise DataError(
                f"{where}: line {grid.lines[i]} is a rule, as of tables drawn with signs; remove it, or export as CSV"
            )
        if start and len(header) > 1 and [cell.strip().casefold() for cell in rows[i]] == written:
            repeated.append(i)
            continue
        # An empty cell at a line's end counts where the header has a column for it, and not where it has none.
        width = max(len(rows[i]), min(len(grid.cells[i]), len(header)))
        if width != len(header):
            raise DataError(
                f"{where}: line {grid.lines[i]} has {width} column{'s' * (width != 1)}, {said} {len(header)}"
            )
        kept.append(i)
    if repeated:
        why = f"the header line stands again in line {grid.lines[repeated[0]]}, as in files put together; it is no row"
        findings.append(Finding("repeated header line", len(repeated), ", ".join(header)[:120], why))
    cells = [rows[i] + [""] * (len(header) - len(rows[i])) for i in kept]
    index = pd.Index([grid.lines[i] for i in kept], name="line", dtype=int)
    return pd.DataFrame(cells, columns=list(header), index=index, dtype=str), findings


def _check_top(rows: Sequence[Sequence[str]], lines: Sequence[int], where: str) -> None:
    """DataError where a file whose first line is no header has its header further down, or a title on top."""
    for i, row in enumerate(rows[1:20], start=1):
        if sum(map(is_known, row)) > 1:
            raise DataError(
                f"{where}: line {lines[i]} looks like the header line ({', '.join(row)[:60]}); "
                "remove the lines above it"
            )
    if len(rows[0]) == 1 and Counter(map(len, rows)).most_common(1)[0][0] > 1:
        raise DataError(
            f"{where}: line {lines[0]} has 1 column, most lines have more; "
            f"if it is a title ({rows[0][0].strip()[:60]}), remove it"
        )


def _check_second_header(rows: Sequence[Sequence[str]], lines: Sequence[int], where: str) -> None:
    """DataError where names, or remarks on them, follow the header line, as programs for surveys write them."""
    for i, row in enumerate(rows[1:3], start=1):
        filled = [cell.strip() for cell in row if cell.strip()]
        named = sum(map(is_known, filled)) > 1
        remarked = len(filled) > 1 and all(re.fullmatch(r"\(.*\)|\[.*\]|\{.*\}", cell, re.DOTALL) for cell in filled)
        if (named or remarked) and filled != [cell.strip() for cell in rows[0] if cell.strip()]:
            below = [{cell.strip() for cell in other} for other in rows[i + 1 : 1001]]
            if not any(cell in cells for cell in filled for cells in below):  # a class occurs again
                raise DataError(
                    f"{where}: line {lines[i]} looks like another header line ({', '.join(filled)[:60]}); "
                    "leave one, with the names of the columns"
                )


def _check_second_table(rows: Sequence[Sequence[str]], lines: Sequence[int], where: str) -> None:
    """DataError where, after an empty line, names of other columns begin another table."""
    for i in range(3, len(rows)):
        if lines[i] == lines[i - 1] + 1:
            continue
        filled = [cell.strip() for cell in rows[i] if cell.strip()]
        named = len(filled) > 1 and any(map(is_known, filled)) and max(len(cell.split()) for cell in filled) < 3
        behind = lines[i] > lines[i - 1] + 1 + sum(cell.count("\n") for cell in rows[i - 1])
        above = ({cell.strip() for cell in row} for row in rows[:i])  # a class occurs again
        if named and behind and not any(cells.intersection(filled) for cells in above):
            raise DataError(
                f"{where}: line {lines[i]}, behind an empty one, looks like the header line of another table "
                f"({', '.join(filled)[:60]}); leave one table in the file"
            )


def _numbered(rows: Sequence[Sequence[str]]) -> list[str]:
    width = Counter(map(len, rows)).most_common(1)[0][0]
    return [f"column {i}" for i in range(1, width + 1)]


def _no_header(grid: Grid) -> Finding:
    why = "the file has no header line: its first line is a row, and its columns are numbered; if it has, name them"
    return Finding("no header line", len(grid.cells), ", ".join(grid.cells[0])[:120], f"{why} `text` and `label`")


def is_header(first: Sequence[str], rows: Sequence[Sequence[str]], expected: Collection[str] = ()) -> bool:
    """Whether a file's first line names its columns: by known names, else by how it differs from the rows beneath."""
    cells = [cell.strip() for cell in first]
    if any(cell in expected for cell in cells):
        return True
    known = [i for i, cell in enumerate(cells) if is_known(cell)]
    if len(cells) < 2:
        return bool(known)  # nothing but its name tells a lone column's header from a text
    seen = [Counter(row[i].strip() for row in rows if i < len(row)) for i in range(len(cells))]
    numbered = cells == [str(i) for i in range(len(cells))]  # by pandas, where columns have no name
    if numbered and any(2 * sum(map(_is_sentence, column)) > len(column) for column in seen):
        return True
    if len(known) > 1 or any(not seen[i][cells[i]] for i in known):
        return True
    if any(cell and seen[i][cell] for i, cell in enumerate(cells)):
        return False  # a class occurs again, a name does not
    asked = [i for i, cell in enumerate(cells) if _is_sentence(cell) and _holds_labels(seen[i])]
    return bool(asked) or not any(_is_number(cell) or _is_sentence(cell) for cell in cells)


def _holds_labels(seen: Counter[str]) -> bool:
    """Whether a column's cells are a few short ones, each met again, so that a sentence above them is their name."""
    filled = [cell for cell in seen if cell]
    few = 2 <= len(filled) <= 20 and all(seen[cell] > 1 for cell in filled)
    return few and not any(map(_is_sentence, filled))


def _is_rule(cells: Sequence[str]) -> bool:
    """`|---|:---:|` of Markdown, `====` beneath a header."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) > 1 and all(re.fullmatch(r":?(-{3,}|={3,}|\+{3,}|_{3,}|\*{3,}):?", cell) for cell in filled)


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[-+]?[\d.,]*\d[\d.,]*%?", cell) is not None


def _is_sentence(cell: str) -> bool:
    return len(cell.split()) > 3 or len(cell) > 60 or cell.endswith((".", "!", "?"))


def _names(cells: Sequence[str], where: str) -> list[str]:
    """Column names; one without a name that holds something is numbered."""
    names = [cell.strip() or f"column {i}" for i, cell in enumerate(cells, start=1)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{where}: the header names the column {twice!r} twice")
    return names


def _without_empty_end(cells: Sequence[str]) -> list[str]:
    """Without the empty cells that spreadsheets leave at the end of a line."""
    end = len(cells)
    while end > 1 and not cells[end - 1].strip():
        end -= 1
    return list(cells[:end])
