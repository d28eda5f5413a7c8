"""What a click does to runs: start, stop, resume, clone, delete; it leads to a page or leaves a sentence to say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.config import RunConfig
from core.runs.executors import launcher_of
from core.runs.files import write
from core.runs.launcher import LocalLauncher
from core.runs.store import Run, RunError, Store
from dashboard import state

UPLOADS = ".uploads"
ROOT = Path(__file__).resolve().parent.parent


def page(name: str) -> Path:
    """The file of a page, as `st.switch_page` and `st.page_link` take it."""
    return ROOT / "pages" / f"{name}.py"


def launcher() -> LocalLauncher:
    return LocalLauncher(Store())


def start(configs: Sequence[RunConfig]) -> list[Run]:
    """Make a run of each configuration and put them into the queue. RunError where the run root cannot be written."""
    runs = []
    for config in configs:
        run = Store().create(config)
        launcher_of(run).submit(run)
        runs.append(run)
    return runs


def start_and_show(configs: Sequence[RunConfig]) -> None:
    """Start, then go and watch; where that is impossible, say why on the spot."""
    try:
        runs = start(configs)
    except RunError as error:
        st.error(str(error))
        return
    show([run.id for run in runs])


def show(run_ids: Sequence[str], where: str = "runs") -> None:
    """Go to a page with these runs chosen."""
    state.session().selected = list(run_ids)
    st.switch_page(page(where), query_params={state.RUN_PARAMETER: list(run_ids)})


def stop(run: Run) -> None:
    _say(lambda: launcher_of(run).stop(run), f"{run.id} is stopped.")


def resume(run: Run) -> None:
    _say(lambda: launcher_of(run).resume(run), f"{run.id} waits to go on.")


def delete(run: Run) -> None:
    _say(lambda: Store().delete(run.id), f"{run.id} is deleted.")
    state.session().metrics.pop(run.id, None)


def clone(run: Run) -> None:
    """Open the launch form filled as this run was."""
    state.session().pending = run.config().replace({"run.name": ""})
    st.switch_page(page("launch"))


def _say(act: object, done: str) -> None:
    try:
        act()  # type: ignore[operator]
        state.say_next(done)
    except RunError as error:
        state.say_next(str(error))


def save_upload(name: str, data: bytes) -> Path:
    """Keep an uploaded file under the run root, named by its content, so that a run can read it again later."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).name).strip(".-")[-60:] or "file"
    folder = Store().root / UPLOADS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(data).hexdigest()[:12]}-{safe}"
    if not path.exists():
        write(path, data)
    return path
