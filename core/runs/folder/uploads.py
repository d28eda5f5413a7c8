"""A visitor's files below the run root: kept there under their own names, for the runs that will read them."""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.files import write_all
from core.runs.folder.files import RunError, explain

FOLDER = ".uploads"
_PART = 2**20
"""Bytes of a file that are in memory at once."""
LONGEST = 90
"""Characters of a kept name."""
_ENDING = re.compile(r"(\.[A-Za-z0-9]{1,6}){0,2}$")


def save(root: Path, name: str, data: bytes | BinaryIO) -> Path:
    """Keep a file under its name, in a folder named by its content, so that equal files share a place. RunError."""
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    path = root / FOLDER / _digest(file)[:12] / harmless(name)
    try:
        for folder in (path.parents[1], path.parent):
            folder.mkdir(parents=True, exist_ok=True)
            if folder.is_symlink():
                raise RunError(f"{folder} leads out of the run root; links are not followed")
        if path.is_symlink():
            raise RunError(f"{path} leads out of the run root; links are not followed")
        _copy(file, path)
    except OSError as error:
        raise RunError(explain(error, path)) from None
    return path


def _parts(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while part := file.read(_PART):
        yield part


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    for part in _parts(file):
        digest.update(part)
    return digest.hexdigest()


def _copy(file: BinaryIO, path: Path) -> None:
    """Whole or not at all, and never much of it in memory."""
    draft = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        try:
            for part in _parts(file):
                write_all(descriptor, part)
        finally:
            os.close(descriptor)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def harmless(name: str) -> str:
    """The name alone, without what a path, a shell or a terminal could take for its own; its ending stays."""
    plain = "".join(char if char.isprintable() and char not in '\\/:*?"<>|' else "-" for char in Path(name).name)
    stem, ending = (plain[: (cut := _ENDING.search(plain).start())], plain[cut:])  # type: ignore[union-attr]
    stem = stem.strip(" .-") or "file"
    while len((stem + ending).encode()) > LONGEST:
        stem = stem[:-1]
    return (stem or "file") + ending


def named(root: Path) -> dict[str, Path]:
    """What was kept, by the name without its ending; of several with one name the newest."""
    found: dict[str, Path] = {}
    folder = root / FOLDER
    paths = [path for path in folder.glob("*/*") if path.is_file() and not path.is_symlink() and path.suffix != ".tmp"]
    for path in sorted(paths, key=lambda path: path.stat().st_mtime):
        found[_ENDING.sub("", path.name)] = path
    return found
