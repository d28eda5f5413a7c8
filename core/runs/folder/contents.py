"""What a run keeps beside its numbers: embeddings as safetensors, texts as JSON lines. Arrays are NumPy's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.digests import pack, unpack
from core.runs.folder.files import RunError, dump, explain, parse, read_bytes, write

if TYPE_CHECKING:
    import numpy as np

ARRAYS_LIMIT = 2_000_000_000  # bytes
TEXTS_LIMIT = 64_000_000  # bytes
SAMPLE = 500
"""Augmented rows kept of an epoch."""
_NUMBERED = re.compile(r"(?:step|epoch)-(\d{1,12})\.(?:safetensors|jsonl)")


def save_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write named arrays (NumPy, or anything NumPy reads) as one safetensors file, atomically."""
    import numpy as np

    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"arrays differ in their number of rows: {lengths}")
    write_in_folder(path, pack({name: np.asarray(array) for name, array in arrays.items()}))


def load_arrays(path: Path) -> dict[str, np.ndarray]:
    """Named arrays of a safetensors file; RunError when it is missing, a link or broken."""
    data = read_bytes(path, ARRAYS_LIMIT)
    try:
        return unpack(data)
    except ValueError as error:
        raise RunError(f"{path} is not readable: {error}") from None


def numbers(folder: Path) -> list[int]:
    """Steps or epochs that have a file in `folder`, ascending."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(int(match[1]) for name in names if (match := _NUMBERED.fullmatch(name)))


def save_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as JSON lines, atomically."""
    write_in_folder(path, b"".join(dump(dict(row)) for row in rows))


def load_rows(path: Path) -> list[dict[str, Any]]:
    """Rows of a JSON lines file; broken lines are passed over, a missing file is RunError."""
    rows = []
    for line in read_bytes(path, TEXTS_LIMIT).split(b"\n"):
        if line.startswith(b"{"):
            try:
                rows.append(parse(line))
            except ValueError:
                continue
    return rows


def thin(rows: Sequence[Mapping[str, Any]], most: int = SAMPLE) -> list[Mapping[str, Any]]:
    """At most `most` rows, evenly spaced and in order."""
    count = min(len(rows), most)
    return [rows[index * len(rows) // count] for index in range(count)]


def write_in_folder(path: Path, data: bytes) -> None:
    """Atomic write below a run folder; its subfolder is made on demand."""
    make_folder(path.parent)
    write(path, data)


def make_folder(folder: Path) -> None:
    """A real folder in a run folder that is there: what lies behind a link is not written to. Raises RunError."""
    if folder.is_symlink():
        raise RunError(f"{folder} is a link; links are not followed")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise RunError(explain(error, folder)) from None


def of_step(folder: Path, step: int) -> Path:
    """Where the weights of one step lie in a folder of checkpoints, or of the best ones."""
    return folder / f"step-{step:08d}"


def size_of(folder: Path) -> int:
    """Bytes of all regular files below a folder; links are not followed, vanishing files not counted."""
    total = 0
    for base, _, names in os.walk(folder):
        for name in names:
            try:
                found = os.lstat(os.path.join(base, name))
            except OSError:
                continue
            total += found.st_size
    return total
