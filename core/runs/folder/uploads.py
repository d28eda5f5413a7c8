"""A visitor's file in, its place below the run root out: kept there for the runs that will read it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from core.runs.folder.files import RunError, explain, write

FOLDER = ".uploads"


def save(root: Path, name: str, data: bytes) -> Path:
    """Keep `data`, named by its content, so that equal files share a place. Raises RunError."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).name).strip(".-")[-60:] or "file"
    path = root / FOLDER / f"{hashlib.sha256(data).hexdigest()[:12]}-{safe}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(explain(error, root)) from None
    if path.parent.is_symlink() or path.is_symlink():
        raise RunError(f"{path} leads out of the run root; links are not followed")
    if not path.is_file() or path.stat().st_size != len(data):
        write(path, data)
    return path
