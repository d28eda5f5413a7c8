"""The run root: makes, finds, lists and deletes run folders. Nothing outside it is ever touched.

Everything that reads or writes a run folder does so through `Store` and the `Run` it hands out.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from core.config import RunConfig
from core.data.column_names import plain
from core.data.own_file import is_data_file
from core.runs.folder import listing, uploads
from core.runs.folder.files import RunError, dump, explain, write
from core.runs.folder.ids import JOB, RUN_ID, check_id, new_id
from core.runs.folder.listing import RunInfo
from core.runs.folder.liveness import CLAIM, LAST_MOMENT
from core.runs.folder.metrics import MetricsTail
from core.runs.folder.run import Run
from core.runs.folder.status import STATES, Meta, Status
from core.tasks import TASKS, is_task

DRAFT_AGE = 3600.0  # seconds


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
        infos = [listing.look(str(self.root), entry.name) for entry in found]
        listing.forget_others(str(self.root), {entry.path for entry in found})
        infos.sort(key=lambda info: (info.created, info.id), reverse=True)
        return infos

    def look(self, run_id: str) -> RunInfo | None:
        """One line of the list, at the cost of one; None where there is no such run."""
        there = RUN_ID.fullmatch(run_id) and (self.root / run_id).is_dir()
        return listing.look(str(self.root), run_id) if there else None

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
        listing.forget(run.dir)

    def save_upload(self, name: str, data: bytes | BinaryIO) -> Path:
        """Keep a visitor's file below the root, for the runs that will read it. Raises RunError."""
        return uploads.save(self.root, name, data)

    def uploads(self) -> dict[str, Path]:
        """The files that were kept, each by what one's own tasks are called: its name without the ending.

        One that would then bear the name of a task from the table keeps its ending.
        """
        return {path.name if is_task(name) else name: path for name, path in uploads.named(self.root).items()}

    def task_path(self, task: str) -> str:
        """The path of the kept file that `task` names, in whatever case; any other task as it is.

        ValueError names a kept file that is called nearly so, where no task of the table is nearer.
        """
        if is_task(task) or Path(task).exists():
            return task
        kept = self.uploads()
        names = {plain(name): name for name in kept} | {plain(path.name): name for name, path in kept.items()}
        exact = next((name for name, path in kept.items() if task in (name, path.name)), names.get(plain(task)))
        if exact:
            return str(kept[exact])
        near = difflib.get_close_matches(plain(task), [*names, *map(plain, TASKS)], n=1)
        if near and near[0] in names and not is_data_file(task):
            raise ValueError(f"unknown task {task!r}; did you mean {names[near[0]]!r}, a file of your own?")
        return task

    def _tidy(self) -> None:
        """Finish deletions that were cut short, and drop drafts that nobody can be writing any more."""
        for path in self.root.glob(".trash-*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in self.root.glob(".new-*"):
            with contextlib.suppress(OSError):
                if path.lstat().st_mtime < time.time() - DRAFT_AGE:
                    shutil.rmtree(path, ignore_errors=True)


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
