"""What a group of processes on a cluster leaves in a run folder while it trains, and no longer."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

STOP = ".stop"
"""The file that asks the whole group to stop."""
RECORDS = "ray"
"""The folder of what the cluster notes for itself."""


def clear(run_dir: Path) -> None:
    """Remove both: the group does so when it ends, and whoever ended it by force does it in its place."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(run_dir / STOP)
    shutil.rmtree(run_dir / RECORDS, ignore_errors=True)
