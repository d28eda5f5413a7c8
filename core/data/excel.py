"""An Excel workbook's first sheet in, a grid of cells out, each as Excel would save it in a CSV file."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from bisect import bisect_right
from typing import Any

from core.data.grid import Grid
from core.data.rows import DataError, Finding
from core.data.sheet import SheetRows, read_sheet

MAX_UNPACKED = 2**30
_FIXED = re.compile(r"0\.(0+)")
"""A number format that shows so many decimals, be they zeros."""


def read_excel(data: bytes, where: str) -> tuple[Grid, list[Finding]]:
    """Rows of the first sheet that has any, hidden ones last; the line of a row is its number in the sheet.

    DataError for what is no workbook, for one without rows, and for formulas whose results were never computed.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise DataError(f"{where} unpacks to more than 1 GiB; save it as CSV")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except DataError:
        raise
    except Exception as error:  # openpyxl and zipfile raise whatever a damaged part brings up
        raise DataError(f"{where} cannot be read as an Excel workbook ({error}); save it as CSV") from None
    sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
    for sheet in sheets:
        try:
            found = read_sheet(sheet)
        except Exception as error:  # the same of a damaged sheet
            raise DataError(f"{where}: sheet {sheet.title!r} cannot be read ({error}); save it as CSV") from None
        if found.uncomputed:
            raise DataError(
                f"{where}: line {found.uncomputed} of sheet {sheet.title!r} has a formula without its result, as "
                "programs leave it that do not compute; open the workbook in Excel or LibreOffice and save it again"
            )
        cells = {line: [_text(value, style) for value, style in row] for line, row in found.rows.items()}
        findings = _merged(cells, found)
        cells = {line: row for line, row in cells.items() if any(cell.strip() for cell in row)}
        if cells:
            width = len(next(iter(cells.values())))  # the header's: cells that a row lacks at its end are empty ones
            cells = {line: row + [""] * (width - len(row)) for line, row in cells.items()}
            if len(sheets) > 1:
                why = f"of {len(sheets)} sheets the first with rows is read, hidden ones last; "
                why += "save another by itself to use it"
                findings.append(Finding("one sheet of several", len(sheets), sheet.title, why))
            return Grid(list(cells), list(cells.values())), [*findings, *_hidden(cells, found, sheet)]
    raise DataError(f"{where} is empty: none of its sheets has a row")


def _merged(cells: dict[int, list[str]], found: SheetRows) -> list[Finding]:
    """Cells merged over several rows beneath the header hold their value in each of them; said."""
    first = next((line for line, row in cells.items() if any(cell.strip() for cell in row)), 0)
    filled, example, lines = 0, "", sorted(cells)
    for column, top, bottom in found.merged:
        value = cells[top][column] if top in cells and column < len(cells[top]) else ""
        if top <= first or not value.strip():
            continue
        for line in lines[bisect_right(lines, top) : bisect_right(lines, bottom)]:
            row = cells[line]
            if any(cell.strip() for cell in row):
                row.extend([""] * (column + 1 - len(row)))
                row[column], filled, example = value, filled + 1, example or f"line {line}: {value[:60]}"
    why = "cells merged over several rows stand for each of them"
    return [Finding("merged cells", filled, example, why)] if filled else []


def _hidden(cells: dict[int, list[str]], found: SheetRows, sheet: Any) -> list[Finding]:
    """Rows, columns and sheets that the workbook hides are read all the same; said."""
    lines = [line for line in found.hidden_rows if line in cells]
    columns = [letter for letter, at in found.hidden_columns.items()
               if any(at < len(row) and row[at].strip() for row in cells.values())]  # fmt: skip
    told = []
    if lines:
        why = "rows that the sheet hides, as a filter does, are read like the others; delete them to leave them out"
        told.append(Finding("hidden rows", len(lines), f"line {lines[0]}", why))
    if columns:
        why = "columns that the sheet hides are read like the others; delete them to leave them out"
        told.append(Finding("hidden columns", len(columns), ", ".join(columns[:5]), why))
    if sheet.sheet_state != "visible":
        told.append(Finding("hidden sheet", 1, sheet.title, "no other sheet has rows, so that a hidden one is read"))
    return told


def _text(value: Any, style: str) -> str:
    """`style` is the cell's number format: a percentage is held as a fraction, a date with a time of day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float) and "%" in style:
        return f"{100 * value:.12g}%"
    if isinstance(value, int | float):
        shown = f"{value:.15g}"  # as many digits as Excel shows
        if (fixed := _FIXED.fullmatch(style)) and "e" not in shown:
            return f"{value:.{max(len(shown.partition('.')[2]), len(fixed[1]))}f}"  # 2.0 of versions 1.5, 2.0 and 3.1
        return str(int(value)) if float(value).is_integer() else shown
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)
