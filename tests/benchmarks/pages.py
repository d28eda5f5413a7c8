"""How fast the pages are in a browser, with 500 runs in the run root and a training run beside it.

    python -m tests.benchmarks.pages [--folders 500]

First paint, the change to each page until everything on it stands, and sliders: from the key until what follows them at
once has settled again, the 95th percentile; large figures are drawn half a second after the last key.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.config import RunConfig
from core.runs.executors import submit_all
from core.runs.folder.store import Store
from core.runs.local.launcher import LocalLauncher
from tests.benchmarks.live import write_story
from tests.benchmarks.machine import Measured, report
from tests.benchmarks.site import browser, dashboard, settled

PAGES = ("Augmentation", "Parameters", "Launch", "Sweeps", "Clusters", "Robustness", "Errors", "Results", "Playground",
         "Export", "Runs", "Home")  # fmt: skip
ROUNDS = 4
"""The first visits, and three later ones, of which the middle one counts."""
KEYS = 40
"""Presses of a slider: of fewer, the 95th of 100 would be the slowest one."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folders", type=int, default=500)
    folders = parser.parse_args().folders
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as root:
        store = Store(Path(root))
        fill(store, folders)
        with dashboard(root) as (address, _server), browser() as opened:
            page = opened.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(COUNT_SCRIPTS)
            opened.new_page().goto(address)  # the server's first visitor of all waits for its libraries
            time.sleep(5)
            training = store.create(RunConfig(task="demo-intents").replace({"train.epochs": 30}))
            submit_all([training])
            try:
                rows = [first_paint(page, address), *changes(page), *widgets(page)]
                assert training.status().state == "running", "the run beside the pages is over: give it more epochs"
            finally:
                LocalLauncher(store).stop(training)
    return report(f"Pages, {folders} runs and one in training", rows)


def fill(store: Store, count: int) -> None:
    """Finished runs with a curve, each a copy of one."""
    model = store.create(RunConfig(task="demo-intents"))
    write_story(model, 200)
    model.set_status(state="finished", step=200, of=200, started=time.time() - 60, ended=time.time())
    files = {path.name: path.read_bytes() for path in model.dir.iterdir() if path.is_file()}
    for number in range(count - 1):
        folder = store.root / f"20260101-0000-demo-intents-ce-{number:04d}"
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)


def seconds(act: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def first_paint(page: Any, address: str) -> Measured:
    """The browser's own measure of when a visitor first sees something of the page."""
    page.goto(address)
    settled(page)
    painted = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
    return Measured("first paint", page.evaluate(painted), 2)


def changes(page: Any) -> list[Measured]:
    """The first visit of each page and, of those after it, the middle one."""
    first: dict[str, float] = {}
    later: dict[str, list[float]] = {name: [] for name in PAGES}
    for turn in range(ROUNDS):
        for name in PAGES:
            taken = seconds(lambda name=name: change(page, name))  # type: ignore[misc]
            if turn:
                later[name].append(taken)
            else:
                first[name] = taken
    rows = [Measured(f"change to {name}", sorted(later[name])[len(later[name]) // 2], 0.7) for name in PAGES]
    slowest = max(first, key=lambda name: first[name])
    return [*rows, Measured(f"slowest first visit ({slowest})", first[slowest])]


def change(page: Any, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    settled(page, name if name != "Home" else "MobileBERT Lab")


# Streamlit says at the end of each script that it is over (ForwardMsg.script_finished, field 6; 2 is "to begin anew").
# The page's own sign that one runs is not always drawn: a busy browser sees a short script's beginning and end at once.
COUNT_SCRIPTS = """(() => {
    window.scriptsOver = 0;
    const number = (bytes, at) => {
        let value = 0, shift = 1;
        do { value += (bytes[at] & 127) * shift; shift *= 128; } while (bytes[at++] & 128);
        return [value, at];
    };
    const look = (bytes) => {
        for (let at = 0; at < bytes.length;) {
            let tag, value;
            [tag, at] = number(bytes, at);
            [value, at] = number(bytes, at);
            if (tag % 8 === 2) at += value;
            else if (tag === 6 * 8 && value !== 2) window.scriptsOver += 1;
        }
    };
    const Plain = window.WebSocket;
    window.WebSocket = class extends Plain {
        constructor(...words) {
            super(...words);
            this.addEventListener('message', ({data}) => data instanceof ArrayBuffer && look(new Uint8Array(data)));
        }
    };
})()"""


def answered(page: Any, before: int) -> None:
    """Until another script than the `before` ones is over and everything stands again."""
    page.wait_for_function("before => window.scriptsOver > before", arg=before, polling=5, timeout=10_000)
    settled(page)


def widgets(page: Any) -> list[Measured]:
    """The first slider of a page, moved with the keyboard."""
    rows = []
    for name in ("Parameters", "Augmentation"):
        change(page, name)
        slider = page.get_by_test_id("stMain").get_by_role("slider").first
        slider.wait_for()
        settled(page)
        slider.focus()
        taken = []
        for turn in range(KEYS):
            key = "ArrowLeft" if turn % 4 < 2 else "ArrowRight"
            before = page.evaluate("window.scriptsOver")
            act = lambda key=key, before=before: (page.keyboard.press(key), answered(page, before))  # noqa: E731
            taken.append(seconds(act))
        rows.append(Measured(f"a slider on {name}, 95 of 100", sorted(taken)[int(0.95 * len(taken))], 0.3))
    return rows


if __name__ == "__main__":
    sys.exit(main())
