"""How long it takes until something is there to see: the first point of a run's curve, and the command line's answers.

    python -m tests.benchmarks.start

A run's first point: by a worker started for it, by one that stands by, by one that stands by while another run waits
its turn, and from the click on the page. The command line's verbs that need no model: processor time.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.config import RunConfig
from core.runs.executors import submit_all
from core.runs.folder.run import Run
from core.runs.folder.store import Store
from core.runs.local.environment import environment_for, standby_environment
from core.runs.local.standby import SOCKET
from tests.benchmarks.machine import Measured, report
from tests.benchmarks.site import browser, dashboard, settled

DEMO = RunConfig(task="demo-intents")
SHORT = DEMO.replace({"train.max_steps": 2})
VERBS = ("--help", "tasks", "runs list", "results", "params --model mobilebert --variant lora")
PATIENCE_S = 180


def main() -> int:
    rows = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        rows += cold(Store(Path(folder) / "cold"))
        rows += standing_by(Store(Path(folder) / "standby"))
        rows += clicked(Path(folder) / "clicked")
        rows += [verb(words, Path(folder) / "cold") for words in VERBS]
    return report("Start", rows)


def until(condition: Callable[[], object], what: str) -> float:
    """Wait for it; the moment."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > PATIENCE_S:
            raise TimeoutError(f"{what} did not come within {PATIENCE_S} s")
        time.sleep(0.01)
    return time.monotonic()


def has_point(run: Run) -> bool:
    path = run.dir / "metrics.jsonl"
    return path.exists() and path.stat().st_size > 0


def cold(store: Store) -> list[Measured]:
    """A worker of its own, as where nothing stands by."""
    run = store.create(SHORT)
    begin = time.monotonic()
    with (run.dir / "worker.log").open("w") as log:
        command = [sys.executable, "-P", "-m", "core.worker", str(run.dir)]
        worker = subprocess.Popen(command, env=environment_for(run.dir, {}), stdout=log, stderr=log)
        first = until(lambda: has_point(run), "the first point") - begin
        with open(f"/proc/{worker.pid}/stat") as stat:
            ticks = stat.read().rpartition(")")[2].split()[11:13]
        worker.wait()
    seconds = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return [Measured("first point, cold start", first, 10), Measured("    processor time", seconds, 5)]


def standing_by(store: Store) -> list[Measured]:
    """A process that has loaded its libraries before the run is launched; the second run waits for the first."""
    store.root.mkdir()
    command = [sys.executable, "-P", "-m", "core.standby", str(store.root)]
    with subprocess.Popen(command, env=standby_environment(), stdin=subprocess.PIPE) as waiting:
        until((store.root / SOCKET).exists, "the standing-by process")
        first, second = store.create(SHORT), store.create(SHORT.replace({"seed": 2}))
        begin = time.monotonic()
        submit_all([first, second])
        shown = until(lambda: has_point(first), "the first point") - begin
        until(lambda: first.status().is_over, "the first run's end")
        ended = first.status().ended or 0.0
        until(lambda: has_point(second), "the second run's point")
        began = second.metrics()[0][0]["time"]
        until(lambda: second.status().is_over, "the second run's end")
        assert waiting.stdin is not None
        waiting.stdin.close()
    return [Measured("first point, worker standing by", shown, 4), Measured("    of the next run", began - ended, 4)]


def clicked(root: Path) -> list[Measured]:
    """The one-minute demo, from the click on Home to its first point on the page and to its end."""
    with dashboard(root) as (address, _server), browser() as opened:
        page = opened.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        settled(page)
        until((root / SOCKET).exists, "the standing-by process")
        begin = time.monotonic()
        page.get_by_role("button", name="Run the one-minute demo").click()
        store = Store(root)
        until(store.list, "the run")
        run = store.get(store.list()[0].id)
        page.wait_for_selector("canvas", timeout=1000 * PATIENCE_S)
        until(lambda: has_point(run), "the first point")
        shown = time.monotonic() - begin
        over = until(lambda: run.status().is_over, "the demo's end") - begin
    return [Measured("first point, from the click", shown, 4), Measured("end of the demo, from the click", over, 30)]


def verb(words: str, root: Path) -> Measured:
    """Processor seconds of one verb."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "LAB_RUNS": str(root), "HF_HUB_OFFLINE": "1"}
    subprocess.run([sys.executable, "-m", "core", *words.split()], env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(f"{words.split(' --model')[0]}, processor time", seconds, 4 if "params" in words else 1.5)


if __name__ == "__main__":
    sys.exit(main())
