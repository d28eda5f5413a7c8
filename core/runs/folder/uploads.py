"""A visitor's files below the run root: kept there under their own names, for the runs that will read them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from core.runs.folder.files import RunError, explain, write

FOLDER = ".uploads"
LONGEST = 90
"""Characters of a kept name."""
_ENDING = re.compile(r"(\.[A-Za-z0-9]{1,6}){0,2}$")


def save(root: Path, name: str, data: bytes) -> Path:
    """Keep `data` under its name, in a folder named by its content, so that equal files share a place. RunError."""
    path = root / FOLDER / hashlib.sha256(data).hexdigest()[:12] / harmless(name)
    try:
        for folder in (path.parents[1], path.parent):
            folder.mkdir(parents=True, exist_ok=True)
            if folder.is_symlink():
                raise RunError(f"{folder} leads out of the run root; links are not followed")
    except OSError as error:
        raise RunError(explain(error, root)) from None
    if path.is_symlink():
        raise RunError(f"{path} leads out of the run root; links are not followed")
    if not path.is_file() or path.stat().st_size != len(data):
        write(path, data)
    return path


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
