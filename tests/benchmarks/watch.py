"""How soon a training run's steps are on the page: the demo run, watched in a real browser on the same machine.

    python -m tests.benchmarks.watch

A step's wait is the time from its line in metrics.jsonl to the frame in which the page shows it or a later one. It
fails when a twentieth of the steps waits longer than 1 s.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import sync_playwright

from core.config import RunConfig
from core.runs.executors import submit_all
from core.runs.folder.store import Run, Store

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 1.0
PATIENCE_S = 300
WATCH = """() => {
    window.shown = [];
    const look = () => {
        const said = /step ([\\d,]+) of/.exec(document.querySelector('[data-testid="stProgress"]')?.textContent ?? '');
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
    with tempfile.TemporaryDirectory() as root:
        os.environ["LAB_RUNS"] = root
        with dashboard() as address:
            run, shown = watched(address)
        written = {row["step"]: row["time"] for row in reversed(run.metrics()[0])}
        seconds = run.status().ended - run.status().started
    waits = sorted(min(at for step, at in shown if step >= wrote) - when for wrote, when in written.items() if wrote)
    late = waits[int(0.95 * len(waits))]
    print(f"{len(waits)} steps in {seconds:.0f} s; a step is shown after {statistics.median(waits):.2f} s (median)")
    print(f"95 of 100 within {late:.2f} s, all within {waits[-1]:.2f} s")
    return int(late > LIMIT_S)


@contextmanager
def dashboard():
    """The dashboard as `make app` starts it, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "dashboard", "--port", str(port)], cwd=ROOT)
    try:
        for _ in range(300):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def watched(address: str) -> tuple[Run, list[tuple[int, float]]]:
    """A demo run from start to end, and when the page showed which step."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        run = Store().create(RunConfig(task="demo-intents"))
        submit_all([run])
        page.goto(f"{address}/runs?run={run.id}")
        page.evaluate(WATCH)
        until = time.monotonic() + PATIENCE_S
        while run.status().state in ("queued", "running") and time.monotonic() < until:
            time.sleep(0.5)
        time.sleep(2)  # for the last frame
        shown = page.evaluate("() => window.shown")
        browser.close()
    return run, shown


if __name__ == "__main__":
    sys.exit(main())
