"""A run in, the launcher out that its configuration asks for."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from core.runs.folder.files import RunError
from core.runs.folder.run import Run
from core.runs.folder.store import Store
from core.runs.local.launcher import Launcher, LocalLauncher
from core.runs.remote.ray_jobs import RayLauncher


def launcher_of(run: Run) -> Launcher:
    """Where this run is executed."""
    return RayLauncher() if _executor(run) == "ray" else LocalLauncher(Store(run.dir.parent))


def submit_all(runs: Sequence[Run]) -> None:
    """Start several new runs in their order, such as those of a sweep. RunError leaves none of them waiting unseen."""
    for _, several in itertools.groupby(runs, _executor):
        together = list(several)
        launcher_of(together[0]).submit_all(together)


def _executor(run: Run) -> str:
    try:
        return run.config().run.executor
    except RunError:  # it can still be stopped and deleted here
        return "local"
