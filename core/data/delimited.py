"""Comma-, semicolon-, bar- or tab-separated text in, a grid of cells out: every row whole, or an error with its line.

pandas reads faster, but turns surplus cells into an index and pads short rows without a word.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Collection
from contextlib import suppress

from core.data.column_names import is_known
from core.data.grid import Grid
from core.data.rows import DataError, Finding

# The csv module's own limit of 131,072 characters a cell is below what a visitor may paste.
CELL_LIMIT = 10_000_000
SEPARATORS = ("\t", ";", "|", ",")
"""A comma stands in texts and in numbers, so it comes last."""
NONE = "\x1f"
"""For a file of one column: a character that no text holds."""
_OTHER_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""Line breaks by Unicode that no reader of tables takes for one; \x85 is what mainframes write."""
_YAML = re.compile(r"(---\s*\n)?-\s+(\w+):\s.*\n(-\s+\2:\s|\s+\w+:(\s|$))")
"""A list of rows: the second line has the first's name again, or a further one beneath it."""
_VOWPAL = re.compile(r"-?\d+(?:\.\d+)?(?: \S+)? \|(\w+) ")
"""`1 |words the text`, with the same name in each line."""
_SPACED = re.compile(r'[,;|]  *"')
_PRINTED = re.compile(r"\(.*,.*\)[,;]?|\[.*,.*\],?|\{.*,.*\},?")
"""A row as programs print it: `('a text', 'a label'),` or `["a text", "a label"]`."""
_INSERTED = re.compile(r"insert\s+into\s", re.IGNORECASE)
_NAMED = re.compile(r"""(\w+)=.*[,;|\t]\s*(\w+)=""")
"""`text=..., label=...`, with the same names in each line."""
_GAP = re.compile(" {2,}")
_FEW = 3
"""Rows, fewer of which say nothing about how all are written."""
SAMPLE = 500
"""Rows that are looked at for the separator."""


def read_delimited(
    text: str, where: str, *, tabs: bool, labelled: bool = True, expected: Collection[str] = ()
) -> tuple[Grid, list[Finding]]:
    """The cells of an own file, whatever separates them; `tabs` where its ending says so.

    A file that is not `labelled` may have one column, whose commas separate nothing, unless its first line names
    several, such as those `expected`.
    """
    _check_lines(text, where)
    rest, separator, findings = _declared(text)
    if text.strip() and not text.endswith(("\n", "\r")):
        why = "the file ends without a line break: if it was cut short, its last row is not whole"
        findings.append(Finding("open end", 1, text[-2000:].splitlines()[-1].strip()[:120], why))
    if not separator and "\t" not in text and (columns := _aligned(rest)):
        why = "two spaces and more separate the columns in each line; commas belong to the cells"
        shown = " | ".join(columns.cells[0])[:120]
        return columns, [*findings, Finding("aligned columns", len(columns.cells), shown, why)]
    if not separator:
        named = "" if labelled else _named(rest, expected)
        separator = "\t" if tabs and "\t" in text else named or find_separator(rest, one_column=not labelled)
    if separator == "\t":
        return _tabbed(rest, where), findings
    spaced = _SPACED.findall(rest)
    if spaced and 2 * len(spaced) >= len(rest.splitlines()):  # a space behind each separator
        with suppress(DataError):
            return parse(rest, separator, where, quoted=True, spaced=True), findings
    try:
        return parse(rest, separator, where, quoted=True), findings
    except DataError:
        if '\\"' not in rest:
            raise
        return parse(rest, separator, where, quoted=True, escape="\\"), findings


def _check_lines(text: str, where: str) -> None:
    """DataError for lines that end in other signs, or that are YAML's: each would be one cell or one text."""
    whole = text.strip()
    if not re.search(r"[\r\n]", whole) and (end := _OTHER_ENDS.search(whole)):
        raise DataError(
            f"{where}: its lines end in U+{ord(end[0]):04X}, which ends no line of a table; save it with ordinary "
            "line breaks"
        )
    if _YAML.match(text):
        raise DataError(f"{where} holds YAML by its first line; write it as JSONL or CSV")
    lines = [line.strip() for line in itertools.islice(io.StringIO(whole, newline=None), 20)]
    forms: dict[str, list] = {
        "is in Vowpal Wabbit's form": [one and one[1] for one in map(_VOWPAL.match, lines)],
        "names the columns in each line": [one and one.groups() for one in map(_NAMED.match, lines)],
        "holds rows as a program prints them": [bool(_PRINTED.fullmatch(line)) for line in lines],
        "holds rows of a LaTeX table": [line.endswith("\\\\") for line in lines],
        "holds SQL": [bool(_INSERTED.match(line)) for line in lines[:1]],
    }
    for form, said in forms.items():
        if said and said[0] and len(set(said)) == 1 and (len(said) > 1 or form == "holds SQL"):
            raise DataError(f"{where} {form} by its first line; write it as CSV, a text and a label")


def parse(
    text: str, separator: str, where: str, *, quoted: bool, escape: str | None = None, spaced: bool = False
) -> Grid:
    """Cells by line, lines without content passed over.

    `quoted` is CSV's quoting, `spaced` with spaces before quotation marks; without it a quotation mark is a character
    like any other. DataError names the line
    with an open quotation mark, or one in the wrong place.
    """
    csv.field_size_limit(CELL_LIMIT)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        doublequote=escape is None,
        escapechar=escape,
        strict=quoted,
        skipinitialspace=spaced,
    )
    lines, rows, start = [], [], 1
    try:
        for cells in reader:
            if any(not cell.isspace() for cell in cells if cell):
                lines.append(start)
                rows.append(cells)
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{where}: line {start} cannot be read ({error}); check its quotation marks") from None
    return Grid(lines, rows)


def find_separator(text: str, one_column: bool = False) -> str:
    """What cuts the most rows into equally many cells; `NONE` where nothing does and one column is allowed."""
    best, share = ",", 0.0
    for separator in SEPARATORS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            widths = [len(cells) for cells in itertools.islice(reader, SAMPLE) if any(cells)]
        except csv.Error:
            continue
        if not widths:
            continue
        width, rows = Counter(widths).most_common(1)[0]
        if width > 1 and rows / len(widths) > share:
            best, share = separator, rows / len(widths)
    first = text.lstrip().split("\n", 1)[0]
    if one_column and (share < 1 or not any(separator in first for separator in SEPARATORS)):
        return NONE
    return best


def _aligned(text: str) -> Grid | None:
    """Columns that spaces line up, as a table is printed; None where lines differ, or a sign separates them as well.

    Where a sign cuts all lines alike, too, the second column must begin at one place in each, or one that repeats
    itself, as labels do, be free of the sign.
    """
    numbered = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    cells = [_GAP.split(line) for _, line in numbered]
    if len(cells) < _FEW or len(cells[0]) < 2 or any(len(row) != len(cells[0]) for row in cells):
        return None
    if any(left[-1] in ",;|" or right[0] in ",;|" for row in cells for left, right in itertools.pairwise(row)):
        return None
    begins = {gap.end() for _, line in numbered if (gap := _GAP.search(line))}
    signs = [sign for sign in ",;|" if len({line.count(sign) for _, line in numbered}) == 1 and sign in numbered[0][1]]
    columns = [set(column) for column in zip(*cells, strict=True)]
    labels = [column for column in columns if 2 * len(column) <= len(cells)]
    if len(begins) > 1 and not all(any(sign not in "".join(column) for column in labels) for sign in signs):
        return None
    return Grid([number for number, _ in numbered], cells)


def _named(text: str, expected: Collection[str]) -> str:
    """What separates the names of columns in the first line; empty where it names none, or one alone."""
    first = text.lstrip().split("\n", 1)[0]
    for separator in SEPARATORS:
        cells = [cell.strip().strip('"') for cell in first.split(separator)]
        if len(cells) > 1 and (any(cell in expected for cell in cells) or sum(map(is_known, cells)) > 1):
            return separator
    return ""


def _declared(text: str) -> tuple[str, str, list[Finding]]:
    """Excel's first line `sep=;` obeyed, and emptied so that lines keep their numbers."""
    found = re.match(r'"?sep=(.)"?[;,\t]*[ ]*(?=\r|\n|$)', text)
    if found is None:
        return text, "", []
    why = "the first line says what separates the columns; it is obeyed, and no row"
    return text[found.end() :], found.group(1), [Finding("separator line", 1, found.group().strip(), why)]


def _tabbed(text: str, where: str) -> Grid:
    """Tab files come with quoting (spreadsheets) and without (GLUE): what leaves more rows equally wide is right.

    Where both do, a reading that joins lines is wrong: a quotation mark was open in one and closed in another.
    """
    plain = parse(text, "\t", where, quoted=False)
    if '"' not in text:
        return plain
    try:
        quoted = parse(text, "\t", where, quoted=True)
    except DataError as error:
        # Of two readings that fail, the one that got further was right so far.
        further = _uneven(plain) and int(re.findall(r"line (\d+)", str(error))[-1]) > _first_uneven(plain)
        if further or _is_quoted(plain):
            raise
        return plain
    if _uneven(quoted) != _uneven(plain):
        return min(quoted, plain, key=_uneven)
    return quoted if len(quoted.cells) == len(plain.cells) else plain


def _width(grid: Grid) -> int:
    return Counter(map(len, grid.cells)).most_common(1)[0][0] if grid.cells else 0


def _uneven(grid: Grid) -> int:
    """Rows of another width than most."""
    width = _width(grid)
    return sum(len(cells) != width for cells in grid.cells)


def _first_uneven(grid: Grid) -> int:
    """The line of the first of them."""
    width = _width(grid)
    return next(line for line, cells in zip(grid.lines, grid.cells, strict=True) if len(cells) != width)


def _is_quoted(grid: Grid) -> bool:
    """Whether quotation marks are signs of the file, and not of its texts: most cells stand in them, or those inside
    such a cell are doubled."""
    cells = [cell for row in grid.cells for cell in row]
    inside = [cell[1:-1] for cell in cells if len(cell) > 1 and cell[0] == cell[-1] == '"']
    doubled = any('""' in cell and '"' not in cell.replace('""', "") for cell in inside)
    return doubled or len(inside) > 0.5 * len(cells)
