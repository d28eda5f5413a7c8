"""A line of the list of runs: what is known of a folder, read again only when its files have changed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from core.config import RunConfig
from core.runs.folder.files import RunError
from core.runs.folder.ids import check_id
from core.runs.folder.liveness import derive
from core.runs.folder.run import Run
from core.runs.folder.status import Meta, Status, one_line


@dataclass(frozen=True)
class RunInfo:
    """One line of the list. A folder that cannot be read has state `broken` and a reason."""

    id: str
    dir: Path
    state: str
    status: Status | None = None
    config: RunConfig | None = None
    meta: Meta = field(default_factory=Meta)
    reason: str = ""

    @property
    def name(self) -> str:
        """What people call it: the given name, the configured one, or what it is about."""
        configured = one_line(self.config.run.name or self.config.subject) if self.config else ""
        return self.meta.name or configured or self.id

    @property
    def created(self) -> float:
        """Seconds since 1970; 0 where nobody can tell."""
        return (self.status.created if self.status else None) or 0.0

    @property
    def task(self) -> str:
        """Its name; of one's own file that with the ending."""
        return self.config.task_name if self.config else ""

    @property
    def model(self) -> str:
        return self.config.model if self.config else ""


_Signature = tuple[tuple[int, int, int, int], ...]


class _Known(NamedTuple):
    signature: _Signature
    info: RunInfo


_KNOWN: dict[str, _Known] = {}


def look(root: str, name: str) -> RunInfo:
    """The line of one folder; read again only where its files have changed."""
    folder = os.path.join(root, name)
    signature = _signature(folder)
    known = _KNOWN.get(folder)
    if known is None or known.signature != signature:
        known = _KNOWN[folder] = _Known(signature, _read_info(Path(folder), name))
    info = known.info
    if info.status is not None and info.state in ("queued", "running"):
        status = derive(info.status, info.dir)
        return replace(info, state=status.state, status=status)
    return info


def forget_others(root: str, present: set[str]) -> None:
    """Drop what is known of folders of this root that are gone."""
    for path in list(_KNOWN):
        if path not in present and os.path.dirname(path) == root:
            _KNOWN.pop(path, None)


def _read_info(folder: Path, name: str) -> RunInfo:
    shown = os.fsencode(name).decode("utf-8", "replace")
    try:
        check_id(name)
        if folder.is_symlink():
            raise RunError(f"{shown} is a link; links are not followed")
        run = Run(folder)
        status, config = run.recorded_status(), run.config()
    except (RunError, OSError) as error:
        return RunInfo(shown, folder, "broken", reason=str(error))
    try:
        meta, reason = run.meta(), ""
    except RunError as error:  # notes can be lost without losing the run
        meta, reason = Meta(), str(error)
    return RunInfo(shown, folder, status.state, status, config, meta, reason)


def _signature(folder: str) -> _Signature:
    parts = []
    for name in ("status.json", "config.json", "meta.json"):
        try:
            found = os.lstat(f"{folder}/{name}")
            parts.append((found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino))
        except OSError:
            parts.append((0, 0, 0, 0))
    return tuple(parts)


def forget(folder: Path) -> None:
    """Drop what is known of a folder that was removed."""
    _KNOWN.pop(str(folder), None)
