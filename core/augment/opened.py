"""The folders and files that an operator opened for methods of users' own: what LAB_METHODS names, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "LAB_METHODS"
"""Names them, in the environment of the process that asks. A run's folder may come from elsewhere and has no say."""


def opened() -> list[Path]:
    """Each once, in the order in which they are named."""
    entries = os.environ.get(VARIABLE, "").split(os.pathsep)
    return list(dict.fromkeys(Path(entry).expanduser().resolve() for entry in entries if entry.strip()))


def open_file(path: Path) -> None:
    """Open one more, here and in what is started from here."""
    before = os.environ.get(VARIABLE, "")
    os.environ[VARIABLE] = f"{before}{os.pathsep}{path}" if before else str(path)


def found(asked: Path) -> Path | None:
    """The file in what is open; None where it is not there."""
    for place in opened():
        path = (asked if asked.is_absolute() else (place if place.is_dir() else place.parent) / asked).resolve()
        inside = path.is_relative_to(place) if place.is_dir() else path == place
        if inside and path.is_file():
            return path
    return None
