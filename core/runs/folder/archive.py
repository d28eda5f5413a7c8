"""Runs that are over in, one zip file out, and back: what a class takes home and looks at without a network.

Everything that pages read is in it, weights included; checkpoints, which only a resume needs, are not.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from core.runs.folder.files import RunError, explain
from core.runs.folder.ids import check_id
from core.runs.folder.liveness import CLAIM
from core.runs.folder.run import Run
from core.runs.folder.store import Store

LEFT_OUT = ("checkpoints", CLAIM)
MOST_FILES = 100_000
MOST_BYTES = 20 * 2**30
_CHUNK = 2**20
_LINK = 0o120000


def pack_runs(runs: Sequence[Run], out: Path) -> list[str]:
    """Write `out`, whole or not at all; the ids of what is in it. RunError for a run that is not over."""
    if not runs:
        raise RunError("no run is named; `python -m core runs list` shows what there is")
    ids = list(dict.fromkeys(run.id for run in runs))
    for run in runs:
        if not (status := run.status()).is_over:
            raise RunError(f"run {run.id} is not over; it is {status.state}")
    draft = out.with_name(f".{out.name}.{secrets.token_hex(4)}.tmp")
    try:
        with zipfile.ZipFile(draft, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            for run in {run.id: run for run in runs}.values():
                for path in sorted(run.dir.rglob("*")):
                    place = path.relative_to(run.dir)
                    if place.parts[0] not in LEFT_OUT and path.is_file() and not path.is_symlink():
                        file.write(path, f"{run.id}/{place.as_posix()}")
        os.replace(draft, out)
    except OSError as error:
        raise RunError(explain(error, out)) from None
    finally:
        draft.unlink(missing_ok=True)
    return ids


def open_runs(store: Store, path: Path) -> list[str]:
    """Put the runs of such a file into the run root; their ids. All of them or, with RunError, none.

    Nothing is written over: a run that is there already is refused. Names that lead elsewhere, links, and a file that
    unpacks to more than it says or than `MOST_BYTES` are refused, too.
    """
    draft = store.root / f".new-{secrets.token_hex(8)}"
    try:
        with zipfile.ZipFile(path) as file:
            entries = _checked(file)
            ids = sorted({entry.filename.partition("/")[0] for entry in entries})
            for run_id in ids:
                if os.path.lexists(store.root / check_id(run_id)):
                    raise RunError(f"run {run_id} is there already; nothing was opened")
            store.root.mkdir(parents=True, exist_ok=True)
            draft.mkdir()
            for entry in entries:
                _unpack(file, entry, draft / entry.filename)
        for run_id in ids:
            run = Run(draft / run_id)
            run.config()
            if not run.recorded_status().is_over:
                raise RunError(f"run {run_id} in {path.name} is not over; nothing was opened")
            (draft / run_id / CLAIM).touch()
        return _put(store, draft, ids)
    except zipfile.BadZipFile as error:
        raise RunError(f"{path} is no whole zip file: {error}") from None
    except OSError as error:
        raise RunError(explain(error, path)) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _checked(file: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in file.infolist() if not entry.is_dir()]
    if not entries or len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise RunError(f"{file.filename} holds no runs, or more than {MOST_BYTES / 2**30:.0f} GiB of them")
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts
        odd = "\\" in entry.filename or entry.filename.startswith("/") or ".." in parts or len(parts) < 2
        if odd or (entry.external_attr >> 16) & 0o170000 == _LINK:
            raise RunError(f"{file.filename} is no bundle of runs: it holds {entry.filename[:80]!r}")
        check_id(parts[0])
    return entries


def _unpack(file: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with file.open(entry) as source, target.open("xb") as out:
        while data := source.read(_CHUNK):
            left -= len(data)
            if left < 0:
                raise RunError(f"{entry.filename} is larger than its zip file says")
            out.write(data)


def _put(store: Store, draft: Path, ids: Sequence[str]) -> list[str]:
    """Move the runs into the root; where one cannot be, those that were moved go again."""
    moved: list[Path] = []
    try:
        for run_id in ids:
            (draft / run_id).rename(store.root / run_id)
            moved.append(store.root / run_id)
    except OSError:
        for path in moved:
            with contextlib.suppress(OSError):
                shutil.rmtree(path)
        raise
    return list(ids)
