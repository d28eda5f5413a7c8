"""What a workbook hides, merges or never computed: read as its author means it and said, or refused with its line."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest

from core.data.excel import read_excel
from core.data.rows import DataError

HEAD = ["text", "label"]


def read(change, rows=()):
    """Lines, cells and findings by kind of a workbook with a header, `rows`, and what `change` does to its sheet."""
    book = openpyxl.Workbook()
    for row in [HEAD, *rows]:
        book.active.append(row)
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    grid, findings = read_excel(out.getvalue(), "rows.xlsx")
    return grid.lines, grid.cells, {finding.kind: finding for finding in findings}


def test_cells_merged_over_rows_stand_for_each_and_a_merged_header_for_itself():
    def merge(sheet):
        sheet.merge_cells("B2:B4")

    _, cells, told = read(merge, [["one", "good"], ["two", None], ["three", None], ["four", None]])
    assert cells[1:] == [["one", "good"], ["two", "good"], ["three", "good"], ["four", ""]]
    assert (told["merged cells"].count, told["merged cells"].example) == (2, "line 3: good")
    _, cells, told = read(lambda sheet: sheet.merge_cells("A1:A2"), [[None, "(0 or 1)"], ["one", 1]])
    assert cells[1][0] == ""
    assert not told


def test_what_is_hidden_is_read_and_said():
    def hide(sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[9].hidden = True  # empty
        sheet.column_dimensions["B"].hidden = True
        sheet.column_dimensions["D"].hidden = True  # empty

    lines, _, told = read(hide, [["one", "good"], ["two", "bad"]])
    assert lines == [1, 2, 3]
    assert (told["hidden rows"].count, told["hidden rows"].example) == (1, "line 3")
    assert (told["hidden columns"].count, told["hidden columns"].example) == (1, "B")


def test_a_hidden_sheet_is_read_only_where_no_other_has_rows():
    def in_front(sheet):
        sheet.title = "seen"
        hidden = sheet.parent.create_sheet("secret", 0)
        hidden.append(["other", "rows"])
        hidden.sheet_state = "hidden"

    _, cells, told = read(in_front, [["one", "good"]])
    assert cells[0] == HEAD
    assert told["one sheet of several"].example == "seen"

    def alone(sheet):
        in_front(sheet)
        sheet.delete_rows(1, 2)

    _, cells, told = read(alone, [["one", "good"]])
    assert cells == [["other", "rows"]]
    assert told["hidden sheet"].example == "secret"


@pytest.mark.parametrize("line", [2, 4])
def test_a_formula_without_its_result_is_refused_with_its_line(line):
    def compute(sheet):
        sheet.cell(line, 2, '="go" & "od"')

    with pytest.raises(DataError, match=f"line {line} of sheet 'Sheet' has a formula without its result"):
        read(compute, [["one", "good"], ["two", "bad"], ["three", "bad"]])


def test_cells_are_what_excel_shows():
    def show(sheet):
        sheet["B2"].number_format = "0.0%"
        sheet["B8"].number_format = sheet["B9"].number_format = sheet["B10"].number_format = "0.0"

    midnight, noon = datetime.datetime(2024, 3, 1), datetime.datetime(2024, 3, 1, 12)
    first = [["a", 0.285], ["b", midnight], ["c", noon], ["d", 0.1 + 0.2], ["e", 2.0], ["f", True]]
    _, cells, _ = read(show, [*first, ["version", 2], ["longer", 3.14], ["tiny", 1e-9]])
    shown = ["28.5%", "2024-03-01", "2024-03-01 12:00:00", "0.3", "2", "true", "2.0", "3.14", "1e-09"]
    assert [row[1] for row in cells[1:]] == shown
