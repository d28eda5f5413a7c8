import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.config import RunConfig
from core.runs.folder.store import Store
from core.runs.local.launcher import LocalLauncher
from tests.core.children import children

SCRIPT = Path(__file__).with_name("training_worker.py")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs")


@pytest.fixture
def run(store):
    return store.create(RunConfig())


@pytest.fixture
def launcher(store, monkeypatch):
    """A launcher whose workers run the small training loop; nothing of them outlives the test."""
    monkeypatch.setenv("LAB_WORKER", shlex.join([sys.executable, "-P", str(SCRIPT)]))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    launcher = LocalLauncher(store)
    yield launcher
    for info in store.list():
        if info.state in ("queued", "running"):
            launcher.stop(store.get(info.id))


@pytest.fixture
def wait_for():
    def wait(condition, seconds=20.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := condition():
                return value
            time.sleep(0.01)
        raise AssertionError("it did not happen in time")

    return wait


@pytest.fixture
def start_worker():
    """Start a worker by hand, as a script or another server would."""
    with children() as started:

        def start(run, **environment):
            child = subprocess.Popen(
                [sys.executable, "-P", str(SCRIPT), str(run.dir)],
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "OMP_NUM_THREADS": "1", **environment},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            started.append(child)
            return child

        yield start
