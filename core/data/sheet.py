"""One sheet of an Excel workbook in, in one pass: its values by line, and what it hides, merges or left uncomputed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SheetRows:
    """What a sheet holds; columns are counted from 0, lines as Excel numbers its rows."""

    rows: dict[int, list[tuple[Any, str]]]
    """Line -> (value, number format) of each cell."""
    merged: list[tuple[int, int, int]]
    """(column, first line, last line) of cells merged over several rows."""
    hidden_rows: list[int]
    hidden_columns: dict[str, int]
    """Letter -> column."""
    uncomputed: int
    """The first line with a formula whose result the file does not hold; 0 where there is none."""


def read_sheet(sheet: Any) -> SheetRows:
    """A worksheet of a workbook that was opened read-only, for values; raises what openpyxl does for damaged parts.

    In that mode openpyxl gives values alone, and without it takes ten times the memory; so its parser is asked itself.
    """
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

    uncomputed: list[int] = []

    class Parser(WorkSheetParser):
        def parse_cell(self, element: Any) -> dict[str, Any]:
            cell = super().parse_cell(element)
            if cell["value"] is None and element.find(FORMULA_TAG) is not None and element.get("t") != "str":
                uncomputed.append(cell["row"])
            return cell

    book = sheet.parent
    rows: dict[int, list[tuple[Any, str]]] = {}
    with sheet._get_source() as source:
        parser = Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for line, cells in parser.parse():
            filled = [cell for cell in cells if cell["value"] is not None]
            if not filled:
                continue
            row = rows[line] = [(None, "")] * max(cell["column"] for cell in filled)
            for cell in filled:
                value = cell["value"]
                number = isinstance(value, int | float) and cell["style_id"]
                style = ReadOnlyCell(sheet, **cell).number_format if number else ""
                row[cell["column"] - 1] = (value, style)
    ranges = parser.merged_cells.mergeCell if parser.merged_cells else ()
    columns = [one for one in parser.column_dimensions.values() if _is_set(one.get("hidden"))]
    return SheetRows(
        rows,
        [(one.min_col - 1, one.min_row, one.max_row) for one in ranges if one.max_row > one.min_row],
        [int(line) for line, one in parser.row_dimensions.items() if _is_set(one.get("hidden"))],
        {
            get_column_letter(at): at - 1
            for one in columns
            for at in range(int(one["min"]), min(int(one["max"]), int(one["min"]) + 99) + 1)
        },
        min(uncomputed, default=0),
    )


def _is_set(value: Any) -> bool:
    return value in ("1", "true")
