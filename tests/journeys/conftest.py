"""A real browser and the dashboard as `make app` starts it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from core.runs.folder.store import Store
from core.runs.local.launcher import LocalLauncher

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found:
        return found
    if os.environ.get("LAB_BROWSER") == "required":
        pytest.fail("LAB_BROWSER=required, but there is no chromium on the path")
    pytest.skip("no chromium on the path")


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """The dashboard as `make app` starts it, on a free port, with a run root of its own: address, run root, log."""
    root, log = (tmp_path_factory.mktemp("lab") / name for name in ("runs", "server.log"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "LAB_RUNS": str(root)}
    environment.pop("OMP_NUM_THREADS", None)
    command = [sys.executable, "-m", "dashboard", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)  # noqa: S310 - our own loopback server
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        yield address, root, log
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def server(lab, monkeypatch):
    """The dashboard's address, with an empty run root that this process's Store() uses too.

    What it said, and what became of the runs, is printed at the end: pytest shows it where a test failed.
    """
    address, root, log = lab
    monkeypatch.setenv("LAB_RUNS", str(root))
    said = log.stat().st_size
    yield address
    print(log.read_text()[said:])
    store = Store()
    for info in store.list():
        print(info.id, info.status, info.reason)
        if info.state in ("queued", "running"):
            LocalLauncher(store).stop(store.get(info.id))
        store.delete(info.id)


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A visitor who has never been here: nothing is remembered from another test."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(60_000)
    yield page
    print(page.url, page.inner_text("body"), sep="\n")  # shown where the test failed
    page.close()
