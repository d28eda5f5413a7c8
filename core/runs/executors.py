"""A run in, the launcher out that its configuration asks for."""

from __future__ import annotations

from collections.abc import Sequence

from core.runs.files import RunError
from core.runs.launcher import Launcher, LocalLauncher
from core.runs.ray import RayLauncher
from core.runs.run import Run
from core.runs.store import Store


def launcher_of(run: Run) -> Launcher:
    """Where this run is executed; here, when its configuration cannot be read."""
    try:
        executor = run.config().run.executor
    except RunError:
        executor = "local"
    return RayLauncher() if executor == "ray" else LocalLauncher(Store(run.dir.parent))


def submit_all(runs: Sequence[Run]) -> None:
    """Start several new runs in their order, such as those of a sweep."""
    for run in runs:
        launcher_of(run).submit(run)
