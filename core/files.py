"""Files written whole or not at all, and the folder for what may be thrown away and computed again."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

import platformdirs

APPLICATION = "mobilebert-lab"


def cache_folder(name: str = "") -> Path:
    """Where the lab keeps what it can compute again (`$XDG_CACHE_HOME/mobilebert-lab` on Linux); it need not exist.

    Raises RuntimeError where this account has no home directory.
    """
    chosen = os.environ.get("XDG_CACHE_HOME")  # honoured on macOS and Windows as well
    root = Path(chosen) / APPLICATION if chosen else platformdirs.user_cache_path(APPLICATION, appauthor=False)
    return root / name


def typed_path(text: str) -> Path:
    """A path as somebody typed it. `~` is the home directory, but not to visitors: a message would tell its name."""
    return Path(text) if is_public() else Path(text).expanduser()


def open_to_visitors(path: Path) -> bool:
    """Whether a path that a visitor has typed may be looked at: any, unless LAB_PUBLIC=1 says that strangers visit.

    Then only what lies in the run root (uploads among it) or in LAB_DATA, links followed. Nothing outside is touched
    to answer, so that the answer does not tell what exists.
    """
    if not is_public():
        return True
    roots = [os.environ.get("LAB_RUNS") or "runs", os.environ.get("LAB_DATA") or ""]
    inside = [Path(root).expanduser().resolve() for root in roots if root]
    plain = Path(os.path.abspath(path.expanduser()))
    return any(plain.is_relative_to(root) and plain.resolve().is_relative_to(root) for root in inside)


def is_public() -> bool:
    """Whether strangers use this lab (LAB_PUBLIC=1)."""
    return os.environ.get("LAB_PUBLIC", "").upper() in ("1", "ON", "YES", "TRUE")


CLOSED = (
    "is not open to visitors; choose a demo, upload a file, or name what lies in the folder of the runs or the data"
)


def replace_file(path: Path | str, data: bytes, durable: bool = False) -> None:
    """Put `data` in the place of a file: whoever reads sees the old bytes or the new, never a part.

    `durable` also survives a power cut. Raises OSError, and leaves nothing beside the file then.
    """
    temporary = f"{path}.{secrets.token_hex(4)}.tmp"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        try:
            write_all(descriptor, data)
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)
        if durable:
            _sync_folder(os.path.dirname(path))
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def write_all(descriptor: int, data: bytes) -> None:
    """All of `data`, however many writes the kernel takes for it."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
