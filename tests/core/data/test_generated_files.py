"""300 generated files: dialects x encodings x labels x defects. Each loads right, or is refused with its line."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
from collections import Counter
from dataclasses import dataclass

import openpyxl
import pytest

from core.data.rows import DataError

WORDS = [
    *("the", "film", "was", "slow", "lovely", "room", "cold", "staff", "kind", "price", "fair", "bed", "noise"),
    *("café", "naïve", "schön", "Größe", "señor"),
]
HEADS = [("text", "label"), ("comment", "verdict"), ("Review Text", "Sentiment"), ("remark", "opinion"), None]
LABELS = {
    "words": ["good", "bad", "so-so"],
    "digits": ["0", "1"],
    "many": [str(i) for i in range(24)],
    "accents": ["schön", "übel"],
    "versions": ["1.5", "2.0", "3.1"],
    "truth": ["true", "false"],
    "score": None,
}
DEFECTS = (
    "none", "none", "blank lines", "empty end", "case", "spaces", "no label", "no text", "surplus", "short",
    "open quote", "half line", "half line", "infinite", "infinite", "list", "list",
)  # fmt: skip


@dataclass
class File:
    """What was written, and what must come out: rows by (text, label), or the line to be refused with."""

    name: str
    data: bytes
    rows: Counter
    line: int | None
    score: bool
    about: str


def make(number: int) -> File:
    rng = random.Random(f"generated file {number}")
    kind = rng.choice(("csv", "csv", "csv", "tsv", "jsonl", "jsonl", "json", "xlsx"))
    labels = rng.choice(list(LABELS))
    head, defect = rng.choice(HEADS), rng.choice(DEFECTS)
    table = kind in ("csv", "tsv")
    if head is None and not table:
        head = HEADS[0]
    if defect in ("surplus", "short", "open quote", "empty end", "blank lines") and not table:
        defect = "none"
    if defect in ("half line", "list") and kind != "jsonl":
        defect = "none"
    if defect == "infinite" and labels != "score":
        defect = "none"
    if defect == "case" and labels != "words":
        defect = "none"
    rows = _rows(rng, labels, 60)
    if table and rng.random() < 0.3:  # a line break within a cell
        rows[3] = (rows[3][0].replace(" ", "\n", 2), rows[3][1])
    expected = Counter(rows)
    written = [list(row) for row in rows]
    bad = rng.randrange(20, 40)  # the row with the defect
    if defect == "case":
        written = [[text, rng.choice((label, label.upper(), label.capitalize()))] for text, label in written]
    if defect == "spaces":
        written = [[text, rng.choice((label, f" {label}", f"{label}\u200b"))] for text, label in written]
    if defect == "no label":
        expected[rows[bad]] -= 1
        written[bad][1] = rng.choice(("", "nan", "NULL"))
    if defect == "no text":
        expected[rows[bad]] -= 1
        written[bad][0] = "  "
    if defect == "infinite":
        written[bad][1] = "inf"
    writer = {"csv": _delimited, "tsv": _delimited, "jsonl": _lines, "json": _list, "xlsx": _book}[kind]
    data, line, how = writer(rng, kind, head, written, defect, bad)
    name = f"rows.{kind}"
    if rng.random() < 0.15 and kind != "xlsx":
        name, data = f"{name}.gz", gzip.compress(data)
    refused = line if defect in ("surplus", "short", "open quote", "half line", "infinite", "list") else None
    about = f"{number}: {name}, {how}, header {head}, {labels}, {defect}"
    return File(name, data, +expected, refused, labels == "score", about)


def _rows(rng: random.Random, labels: str, count: int) -> list[tuple[str, str]]:
    rows = []
    names = LABELS[labels]
    for i in range(count):
        text = f"{' '.join(rng.sample(WORDS, 7))} {i}"
        rows.append((text, names[i % len(names)] if names else f"{rng.uniform(-3, 9):.3f}"))
    rng.shuffle(rows)
    return rows


def _delimited(rng, kind, head, rows, defect, bad):
    separator = "\t" if kind == "tsv" else rng.choice(",;|\t")
    ending = rng.choice(("\n", "\r\n", "\r"))
    encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"))
    if defect == "spaces" and encoding == "cp1252":
        encoding = "utf-8"  # it has no zero-width space
    swapped = rng.random() < 0.3
    out, lines, number = [], {}, 1
    if rng.random() < 0.2:
        out.append(f"sep={separator}")
        number += 1
    quoting = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))

    def line_of(cells):
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=separator, quoting=quoting, lineterminator="\r\n").writerow(cells)
        return buffer.getvalue().removesuffix("\r\n")

    for i, row in enumerate([list(head), *rows] if head else rows):
        cells = row[::-1] if swapped else row[:]
        place = i - bool(head)
        if defect == "blank lines" and i % 9 == 5:
            out.append("")
            number += 1
        if place >= 0:
            lines[place] = number
        if defect == "surplus" and place == bad:
            cells.append("too much")
        if defect == "short" and place == bad:
            cells = cells[:1]
        text = line_of(cells)
        if defect == "open quote" and place == bad:
            text = '"' + text.replace('"', "")
        if defect == "empty end":
            text += separator * 2
        out.append(text)
        number += 1 + text.count("\n")
    data = (ending.join(out) + ending).encode(encoding)
    return data, lines[bad], f"{separator!r} {ending!r} {encoding} {'swapped' if swapped else ''} quoting {quoting}"


def _records(head, rows):
    return [dict(zip(head or ("text", "label"), row, strict=True)) for row in rows]


def _lines(rng, kind, head, rows, defect, bad):
    records = _records(head, rows)
    if defect == "list":
        records[bad][(head or ("text", "label"))[1]] = ["good"]
    lines = [json.dumps(record, ensure_ascii=rng.random() < 0.5) for record in records]
    if defect == "half line":
        lines[bad] = lines[bad][: len(lines[bad]) // 2]
    ending = rng.choice(("\n", "\r\n"))
    return (ending.join(lines) + rng.choice(("", ending))).encode(rng.choice(("utf-8", "utf-16"))), bad + 1, "lines"


def _list(rng, kind, head, rows, defect, bad):
    indent = rng.choice((None, 0))
    text = json.dumps(_records(head, rows), indent=indent, ensure_ascii=False)
    return text.encode(), 1 if indent is None else 2 + bad * 4, "list"


def _book(rng, kind, head, rows, defect, bad):
    book = openpyxl.Workbook()
    for row in [list(head), *rows] if head else rows:
        book.active.append([_number(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), bad + 1 + bool(head), "sheet"


def _number(cell):
    """As a spreadsheet holds it."""
    return float(cell) if re.fullmatch(r"-?\d+(\.\d+)?", cell) else cell


@pytest.mark.parametrize("number", range(300))
def test_a_generated_file_loads_right_or_is_refused_with_its_line(load, number):
    file = make(number)
    if file.line is not None:
        with pytest.raises(DataError, match=rf"line {file.line}\b"):
            load(file.name, file.data)
        return
    corpus = load(file.name, file.data)
    assert corpus.task.is_regression is file.score, file.about
    found: Counter = Counter()
    for rows in (corpus.train, *corpus.evals.values()):
        for text, label in zip(rows.texts, rows.labels, strict=True):
            found[text, f"{label:.3f}" if file.score else corpus.task.labels[label].lower()] += 1
    assert found == Counter({(text, _plain(label, file)): n for (text, label), n in file.rows.items()}), file.about


def _plain(label: str, file: File) -> str:
    """As the corpus names it: Excel knows no 2.0, only 2."""
    return "2" if label == "2.0" and file.name == "rows.xlsx" else label


def test_the_files_are_of_every_kind():
    abouts = [make(number).about for number in range(300)]
    for part in (*LABELS, *DEFECTS, ".gz", "utf-16", "cp1252", "header None", "swapped", "sheet"):
        assert sum(part in about for about in abouts) > 2, part
