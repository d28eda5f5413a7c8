"""The dashboard as `make app` starts it and a browser beside it, and the processor time that either takes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
DRAWN = """title => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
    && (!title || [...document.querySelectorAll('h1')].some(one => one.textContent.includes(title)))"""


@contextmanager
def dashboard(root: Path | str) -> Iterator[tuple[str, psutil.Process]]:
    """Its address and process, on a free port, with `root` for its runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "LAB_RUNS": str(root), "HF_HUB_OFFLINE": "1"}
    environment.pop("OMP_NUM_THREADS", None)
    command = [sys.executable, "-m", "dashboard", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def browser() -> Iterator[Any]:
    """The chromium on the path, through Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            yield opened
        finally:
            opened.close()


def family(name: str) -> list[psutil.Process]:
    """This process's descendants of that name."""
    return [child for child in psutil.Process().children(recursive=True) if name in child.name()]


def busy(processes: list[psutil.Process]) -> float:
    """Processor seconds that they have taken so far."""
    total = 0.0
    for process in processes:
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def settled(page: Any, title: str = "") -> None:
    """Until the page's script is over and everything stands, under that title."""
    page.wait_for_function(DRAWN, arg=title, polling="raf", timeout=60_000)
