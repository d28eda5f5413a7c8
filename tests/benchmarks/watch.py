"""What watching a run costs it, and how soon its steps are on the page: a browser on the same machine.

    python -m tests.benchmarks.watch

The demo's run in turn alone and watched; the processor time of worker, server and browser apart. A step's wait is the
time from its line in metrics.jsonl to the frame in which the page shows it or a later one.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from typing import Any

import psutil

from core.config import RunConfig
from core.runs.executors import submit_all
from core.runs.folder.store import Run, Store
from tests.benchmarks.machine import Measured, report
from tests.benchmarks.site import browser, busy, dashboard, family, settled

LIMIT_S = 1.0
KEPT = 0.85
PATIENCE_S = 300
ROUNDS = 2
DEMO = RunConfig(task="demo-intents").replace({"train.epochs": 2})
WATCH = """() => {
    window.shown = [];
    const look = () => {
        const line = document.querySelector('.lab-line:has(.lab-bar)')?.textContent ?? '';
        const said = /step ([\\d,]+) of/.exec(line);
        const step = said ? Number(said[1].replaceAll(',', '')) : 0;
        if (step > (window.shown.at(-1)?.[0] ?? 0)) {
            const entry = [step, Infinity];
            window.shown.push(entry);
            requestAnimationFrame(() => { entry[1] = Date.now() / 1000; });
        }
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def main() -> int:
    alone, seen, waits, shares = [], [], [], []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as root:
        os.environ["LAB_RUNS"] = root
        for _ in range(ROUNDS):
            run = Store().create(DEMO)
            submit_all([run])
            finish(run)
            alone.append(rate(run))
            with dashboard(root) as (address, server), browser() as opened:
                run, shown, share = watched(address, opened, server)
            seen.append(rate(run))
            shares.append(share)
            waits += waited(run, shown)
    late = sorted(waits)[int(0.95 * len(waits))]
    kept = statistics.mean(seen) / statistics.mean(alone)
    rows = [
        Measured("alone", statistics.mean(alone), unit="ex/s"),
        Measured("watched", statistics.mean(seen), unit="ex/s"),
        Measured("kept while watched", kept, KEPT, at_least=True, unit=""),
        *(Measured(f"{who}'s share of a core", statistics.mean(s[who] for s in shares), unit="") for who in shares[0]),
        Measured("a step is shown, median", statistics.median(waits)),
        Measured("a step is shown, 95 of 100", late, LIMIT_S),
    ]
    return report("Watching", rows)


def finish(run: Run) -> None:
    until = time.monotonic() + PATIENCE_S
    while run.status().state in ("queued", "running") and time.monotonic() < until:
        time.sleep(0.2)


def rate(run: Run) -> float:
    """Examples a second from the first step to the last, evaluations included."""
    steps = [row for row in run.metrics()[0] if "loss" in row]
    return run.config().train.batch_size * (len(steps) - 1) / (steps[-1]["time"] - steps[0]["time"])


def watched(address: str, opened: Any, server: psutil.Process) -> tuple[Run, list[tuple[int, float]], dict[str, float]]:
    """A run from start to end; when the page showed which step; the share of a core that each process took."""
    page = opened.new_page(viewport={"width": 1440, "height": 900})
    run = Store().create(DEMO)
    page.goto(address)
    settled(page)  # a visitor is there already, so that a worker stands by
    submit_all([run])
    page.goto(f"{address}/runs?run={run.id}")
    page.evaluate(WATCH)
    others = {"server": [server], "browser": family("chrom")}
    begin, before = time.monotonic(), {who: busy(processes) for who, processes in others.items()}
    worker = 0.0
    while (status := run.status()).state in ("queued", "running") and time.monotonic() - begin < PATIENCE_S:
        worker = busy([psutil.Process(status.pid)]) if status.pid and psutil.pid_exists(status.pid) else worker
        time.sleep(0.2)
    seconds = time.monotonic() - begin
    shares = {who: (busy(processes) - before[who]) / seconds for who, processes in others.items()}
    time.sleep(2)  # for the last frame
    return run, page.evaluate("() => window.shown"), {"worker": worker / seconds, **shares}


def waited(run: Run, shown: list[tuple[int, float]]) -> list[float]:
    """How long each step that was written had to wait until the page showed it or a later one."""
    written = {row["step"]: row["time"] for row in reversed(run.metrics()[0]) if row["step"]}
    return [
        min((at for step, at in shown if step >= wrote), default=float("inf")) - when for wrote, when in written.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
