"""A visitor's file in, a table of strings out, whichever of the usual kinds it is: CSV, TSV, JSONL, JSON or Excel."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Collection
from pathlib import Path

from core.data.delimited import read_delimited
from core.data.excel import read_excel
from core.data.grid import Table, to_table
from core.data.json_lines import looks_like_json, read_json
from core.data.rows import DataError, Finding
from core.data.text_encoding import decode
from core.files import CLOSED, open_to_visitors

SUFFIXES = (".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".json", ".txt", ".xlsx")
PACKED = ".gz"
_GZIP = b"\x1f\x8b"
MAX_BYTES = 100 * 2**20
"""Of a file, packed or not; read as a table it takes some five times as much memory."""
_ADVICE = {
    ".xls": "save it as .xlsx or CSV", ".xlsm": "save it as .xlsx or CSV", ".xlsb": "save it as .xlsx or CSV",
    ".ods": "save it as .xlsx or CSV", ".numbers": "export it as CSV", ".parquet": "write it as CSV or JSONL",
    ".feather": "write it as CSV or JSONL", ".arrow": "write it as CSV or JSONL", ".pkl": "write it as CSV or JSONL",
    ".zip": "unpack it first", ".bz2": "unpack it first", ".xz": "unpack it first", ".zst": "unpack it first",
    ".7z": "unpack it first", ".docx": "save its table as CSV", ".pdf": "save its table as CSV",
}  # fmt: skip


def is_data_file(name: str) -> bool:
    """Whether this is the name of a file, be it one that nobody reads, and not of a task."""
    known = _kind(name) in SUFFIXES or Path(name.lower()).suffix in _ADVICE
    return known or name.startswith((".", "~", "/")) or (name.count("/") > 1 and Path(name).suffix != "")


def read_table(path: Path, labelled: bool = True, expected: Collection[str] = ()) -> Table:
    """The file as a table of strings; `labelled` asks for two columns at least, `expected` are names it may have.

    DataError says what is wrong, in which line, and what to do.
    """
    name, kind, data = path.name, _kind(path.name), _bytes_of(path, labelled)
    if data.startswith(b"PK\x03\x04") and kind != ".xlsx":
        raise DataError(f"{name} is a packed file by its contents; an Excel workbook must end in .xlsx")
    nested: dict[str, int] = {}
    if kind in (".jsonl", ".ndjson", ".json"):
        text, findings = decode(data, name)
        frame, nested = read_json(text, name)
        header = (frame == list(frame.columns)).all(axis=1) if frame.shape[1] > 1 else None
        if header is not None and header.any():
            line = frame.index[header][0]
            why = (
                f"the object in line {line} holds the names of its fields, as a header line that was read as a row does"
            )
            shown = ", ".join(map(str, frame.columns))[:120]
            findings = [*findings, Finding("repeated header line", int(header.sum()), shown, f"{why}; it is no row")]
            frame = frame[~header]
    else:
        if kind == ".xlsx":
            grid, findings = read_excel(data, name)
        else:
            text, findings = decode(data, name)
            if looks_like_json(text):
                raise DataError(
                    f"{name} holds JSON by its first line; give it the ending .jsonl, and it is read as that"
                )
            if re.match(r"\s*<(\?xml|!doctype|\w+>)", text, re.IGNORECASE) and text.rstrip().endswith(">"):
                raise DataError(f"{name} holds XML or HTML by its first line; export its table as CSV")
            grid, said = read_delimited(text, name, tabs=kind in (".tsv", ".tab"), labelled=labelled, expected=expected)
            findings = findings + said
        frame, more = to_table(grid, name, expected=expected)
        findings = findings + more
    if not frame.shape[1]:
        raise DataError(f"{name} is empty; it needs rows with a text and a label")
    if frame.shape[1] < 1 + labelled:
        raise DataError(f"{name} has one column, {str(frame.columns[0])[:60]!r}; a text and a label column are needed")
    if frame.empty:
        raise DataError(f"{name} has a header line but no rows")
    return Table(frame, name, findings, nested)


def _kind(name: str) -> str:
    """The ending that says how a file is written, that of packing left out."""
    return Path(name.lower().removesuffix(PACKED)).suffix


def _bytes_of(path: Path, labelled: bool) -> bytes:
    """The file's contents, unpacked. DataError where it is missing, empty, too large, or of a kind nobody reads."""
    if not open_to_visitors(path):
        raise DataError(f"{path} {CLOSED}", "data.file")
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is no file of rows" if path.exists() else "does not exist"
        raise DataError(f"{path} {what}", "data.file")
    suffix, kind = path.suffix.lower(), _kind(path.name)
    if suffix in _ADVICE or kind not in SUFFIXES:
        advice = _ADVICE.get(suffix) or _ADVICE.get(kind) or "give it the ending of what it is"
        ending = f"by its ending {suffix or kind!r}" if suffix else "its name has no ending"
        raise DataError(f"{path.name} is neither CSV, TSV, JSONL nor Excel ({ending}); {advice}")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(
                f"{path.name} has {path.stat().st_size / 2**20:.0f} MiB; at most {MAX_BYTES // 2**20} MiB are read"
            )
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    if suffix == PACKED or data.startswith(_GZIP):
        data = _unpacked(data, path.name)
        if data.startswith(_GZIP):
            raise DataError(f"{path.name} is packed twice; unpack it once")
    if not data.strip():
        wanted = "a header line and rows with a text and a label" if labelled else "rows"
        raise DataError(f"{path.name} is empty; it needs {wanted}")
    return data


def _unpacked(data: bytes, where: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            out = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{where} cannot be unpacked ({error}); it is no gzip file, or it breaks off") from None
    if len(out) > MAX_BYTES:
        raise DataError(f"{where} unpacks to more than {MAX_BYTES // 2**20} MiB, which are the most that is read")
    return out
