"""Digests of a folder's files, written beside them and checked on loading: a flipped bit is found before it is used."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

NAME = "digests.json"


def write_digests(folder: Path) -> None:
    """Note the SHA-256 of every file at or below `folder` in its digests.json."""
    found = {path.relative_to(folder).as_posix(): _digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    found.pop(NAME, None)
    (folder / NAME).write_text(json.dumps(found, separators=(",", ":")), encoding="utf-8")


def damage(folder: Path) -> str:
    """Which file of `folder` is not what was written there, in a few words; '' where all are, or nothing was noted."""
    noted = folder / NAME
    if not noted.is_file():
        return ""
    try:
        expected = json.loads(noted.read_text(encoding="utf-8"))
        items = sorted(expected.items())
    except (OSError, ValueError, AttributeError, RecursionError):
        return f"{NAME} cannot be read"
    for name, digest in items:
        path = folder / name
        if Path(name).is_absolute() or ".." in Path(name).parts or not path.is_file():
            return f"{name[:80]} is missing"
        try:
            if _digest(path) != digest:
                return f"{name} is not what was written (its digest differs)"
        except OSError as error:
            return f"{name} cannot be read ({error.strerror})"
    return ""


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
