"""An Excel workbook's first sheet in, a grid of cells out, each as Excel would save it in a CSV file."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from core.data.grid import Grid
from core.data.rows import DataError, Finding

MAX_UNPACKED = 2**30


def read_excel(data: bytes, where: str) -> tuple[Grid, list[Finding]]:
    """Rows of the first sheet that has any; the line of a row is its number in the sheet. DataError otherwise."""
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
    findings: list[Finding] = []
    sheets = list(book.worksheets)
    for sheet in sheets:
        lines, cells = [], []
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            values = [_text(value) for value in row]
            if any(value.strip() for value in values):
                lines.append(number)
                cells.append(values)
        if cells:
            if len(sheets) > 1:
                why = f"of {len(sheets)} sheets the first with rows is read; save another by itself to use it"
                findings.append(Finding("one sheet of several", len(sheets), sheet.title, why))
            return Grid(lines, cells), findings
    raise DataError(f"{where} is empty: none of its sheets has a row")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
