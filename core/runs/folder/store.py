"""The run root: makes, finds, lists and deletes run folders. Nothing outside it is ever touched.

Everything that reads or writes a run folder does so through `Store` and the `Run` it hands out.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from core.config import RunConfig
from core.runs.folder import uploads
from core.runs.folder.files import RunError, dump, explain, write
from core.runs.folder.metrics import MetricsTail
from core.runs.folder.run import Run
from core.runs.folder.status import CLAIM, LAST_MOMENT, STATES, Meta, Status, derive, one_line
from core.tasks import is_task

RUN_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
JOB = "job-"
"""How the ids of jobs begin, which are no runs (`core.runs.folder.jobs`); those of runs begin with a date."""
DRAFT_AGE = 3600.0  # seconds
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # without l, o, 0, 1: ids are read aloud


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
_KNOWN: dict[str, tuple[_Signature, RunInfo]] = {}


class Store:
    """All runs below one root: the argument, else LAB_RUNS, else ./runs. RunError where that is no folder."""

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = Path(root or os.environ.get("LAB_RUNS") or "runs").resolve()
        if os.path.exists(self.root) and not os.path.isdir(self.root):
            raise RunError(f"{self.root} is no folder; choose another for the runs with LAB_RUNS")

    def create(
        self,
        config: RunConfig,
        tags: Sequence[str] = (),
        name: str = "",
        sweep: str | None = None,
        cell: Mapping[str, object] | None = None,
        run_id: str = "",
    ) -> Run:
        """A new folder, complete from the moment it can be seen; without `run_id` it gets a name of its own.

        Raises RunError (disk full, root unwritable).
        """
        now = time.time()
        status = Status(created=now, cwd=os.getcwd())
        meta = Meta().replace({"tags": list(tags), "name": name, "sweep": sweep, "cell": cell or {}})
        draft = self.root / f".new-{secrets.token_hex(8)}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            draft.mkdir()
        except (FileNotFoundError, FileExistsError, NotADirectoryError) as error:
            why = f"{self.root} cannot be made ({error.strerror}); choose another folder with LAB_RUNS"
            raise RunError(why) from None
        except OSError as error:
            raise RunError(explain(error, self.root)) from None
        try:
            write(draft / "config.json", config.to_json().encode(), durable=True)
            write(draft / "status.json", dump(status.to_dict(), indent=1), durable=True)
            write(draft / CLAIM, b"")
            if meta != Meta():
                write(draft / "meta.json", dump(meta.to_dict(), indent=1))
            for _ in range(20):
                folder = self.root / (check_id(run_id) if run_id else new_id(config, now))
                with contextlib.suppress(FileExistsError):
                    if not os.path.lexists(folder):
                        draft.rename(folder)
                        return Run(folder)
            raise RunError(f"no free run id in {self.root}")
        except OSError as error:
            raise RunError(explain(error, self.root)) from None
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def get(self, run_id: str) -> Run:
        """The run with that id. Raises RunError for an id that is none, and for a missing or linked folder."""
        check_id(run_id)
        folder = self.root / run_id
        if os.path.islink(folder):
            raise RunError(f"run {run_id!r} is a link; links are not followed")
        if not os.path.isdir(folder):  # nor one that may not be looked at
            raise RunError(f"no run {run_id!r} in {self.root}; `python -m core runs list` shows what there is")
        return Run(folder)

    def list(self) -> list[RunInfo]:
        """Every run, newest first; broken folders among them, with the reason, and no jobs. Never raises."""
        try:
            with os.scandir(self.root) as entries:
                found = [entry for entry in entries if not entry.name.startswith((".", JOB)) and not _is_file(entry)]
        except OSError:
            return []
        infos = [_info(str(self.root), entry.name) for entry in found]
        _forget_others(str(self.root), {entry.path for entry in found})
        infos.sort(key=lambda info: (info.created, info.id), reverse=True)
        return infos

    def look(self, run_id: str) -> RunInfo | None:
        """One line of the list, at the cost of one; None where there is no such run."""
        return _info(str(self.root), run_id) if RUN_ID.fullmatch(run_id) and (self.root / run_id).is_dir() else None

    def delete(self, run_id: str) -> None:
        """Remove one run folder for good. Raises RunError for a live or waiting run, and for what is no run."""
        run = self.get(run_id)
        if not _looks_like_a_run(run):
            raise RunError(f"{run.dir} does not look like a run folder; remove it by hand if it is one")
        known = _status_or_none(run)
        with run.claim(LAST_MOMENT if known and known.is_over else 0) as mine:
            status = _status_or_none(run)
            if not mine or (status and status.state == "running"):
                raise RunError(f"run {run_id} is running; stop it first")
            if status and status.state == "queued" and status.submitted is not None:
                raise RunError(f"run {run_id} is waiting in the queue; stop it first")
            self._tidy()
            grave = self.root / f".trash-{secrets.token_hex(8)}"
            try:
                os.rename(run.dir, grave)  # gone for every reader at once
                shutil.rmtree(grave)  # resists links planted inside
            except OSError as error:
                raise RunError(explain(error, run.dir)) from None
        _KNOWN.pop(str(run.dir), None)

    def save_upload(self, name: str, data: bytes | BinaryIO) -> Path:
        """Keep a visitor's file below the root, for the runs that will read it. Raises RunError."""
        return uploads.save(self.root, name, data)

    def uploads(self) -> dict[str, Path]:
        """The files that were kept, each by what one's own tasks are called: its name without the ending.

        One that would then bear the name of a task from the table keeps its ending.
        """
        return {path.name if is_task(name) else name: path for name, path in uploads.named(self.root).items()}

    def task_path(self, task: str) -> str:
        """The path of the kept file that `task` names; any other task as it is."""
        if is_task(task) or Path(task).exists():
            return task
        kept = self.uploads()
        found = kept.get(task) or next((path for path in kept.values() if path.name == task), None)
        return str(found) if found else task

    def _tidy(self) -> None:
        """Finish deletions that were cut short, and drop drafts that nobody can be writing any more."""
        for path in self.root.glob(".trash-*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in self.root.glob(".new-*"):
            with contextlib.suppress(OSError):
                if path.lstat().st_mtime < time.time() - DRAFT_AGE:
                    shutil.rmtree(path, ignore_errors=True)


def check_id(run_id: str) -> str:
    """The id itself, or RunError: ids come from URLs and command lines."""
    if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
        raise RunError(f"{str(run_id)[:120]!r} is not a run id (lower-case letters, digits, `.`, `_`, `-`)")
    return run_id


def new_id(config: RunConfig, now: float) -> str:
    """Readable and unique: when, what, and four random characters."""
    what = config.run.name or f"{config.subject}-{config.train.loss}"
    slug = re.sub(r"[^a-z0-9]+", "-", what.lower()).strip("-")[:60] or "run"
    stamp = time.strftime("%Y%m%d-%H%M", time.localtime(now))
    return check_id(f"{stamp}-{slug}-{''.join(secrets.choice(_ALPHABET) for _ in range(4))}")


def _info(root: str, name: str) -> RunInfo:
    folder = os.path.join(root, name)
    signature = _signature(folder)
    known = _KNOWN.get(folder)
    if known is None or known[0] != signature:
        known = _KNOWN[folder] = (signature, _read_info(Path(folder), name))
    info = known[1]
    if info.status is not None and info.state in ("queued", "running"):
        status = derive(info.status, info.dir)
        return RunInfo(info.id, info.dir, status.state, status, info.config, info.meta)
    return info


def _forget_others(root: str, present: set[str]) -> None:
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


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return not entry.is_symlink() and not entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _status_or_none(run: Run) -> Status | None:
    try:
        return run.status()
    except RunError:
        return None


def _looks_like_a_run(run: Run) -> bool:
    with contextlib.suppress(RunError):
        return run.recorded_status().state in STATES
    with contextlib.suppress(RunError):
        return bool(run.config())
    return False


__all__ = ["Meta", "MetricsTail", "Run", "RunError", "RunInfo", "Status", "Store", "check_id"]
