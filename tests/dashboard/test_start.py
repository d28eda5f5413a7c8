"""`python -m dashboard` and `streamlit run dashboard/app.py`: a free port, the right path, nothing shadowed."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest

from core.runs import processes
from dashboard.__main__ import port_problem

ROOT = Path(__file__).resolve().parents[2]


def test_taken_port_is_said_in_one_line_with_a_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "dashboard", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"make app PORT={port + 1}" in done.stderr


def test_free_port_has_no_problem():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert port_problem(port) is None


@pytest.mark.parametrize("port", [0, 70000])
def test_impossible_port_is_refused(port):
    assert "no port" in (port_problem(port) or "")


def test_settings_keep_the_server_on_this_machine_and_silent():
    settings = tomllib.loads((ROOT / "dashboard" / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["server"]["fileWatcherType"] == "none"
    assert "://" not in (ROOT / "dashboard" / ".streamlit" / "config.toml").read_text()
    assert {"light", "dark"} <= set(settings["theme"])


def test_no_module_of_the_dashboard_bears_a_librarys_name():
    for path in (ROOT / "dashboard").glob("*.py"):
        if not path.stem.startswith("__"):
            assert path.stem not in sys.stdlib_module_names
            found = importlib.util.find_spec(path.stem)
            assert found is None or Path(str(found.origin)).parent == ROOT / "dashboard", path.stem


def test_pages_in_the_navigation_are_the_pages_there_are():
    source = (ROOT / "dashboard" / "app.py").read_text()
    for page in (ROOT / "pages").glob("*.py"):
        assert f'("{page.stem}", ' in source


def test_server_ends_at_once_and_takes_along_what_it_had_timed(tmp_path):
    """Launch has a few steps of its settings timed, which takes some seconds: Ctrl+C does not wait for them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    asking = (
        "import dashboard.__main__ as m; from dashboard.shared.command import Command; "
        "from concurrent.futures import ThreadPoolExecutor; pool = ThreadPoolExecutor(1); "
        "pool.submit(lambda: Command(['params', '--model', 'mobilebert', '--latency', 'base,lora,light'])()); "
        f"m.main(['--port', '{port}'])"
    )
    environment = {**os.environ, "LAB_RUNS": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    server = subprocess.Popen([sys.executable, "-c", asking], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(port))
        helpers = processes.family(0, 0, f"process {server.pid}")
        assert helpers
        server.terminate()
        assert server.wait(5) == 0
        wait_for(lambda: not processes.family(0, 0, f"process {server.pid}"), 2)
    finally:
        server.kill()


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
            return True
    except OSError:
        return False


def wait_for(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_products_of_pages_take_one_thread_unless_asked_otherwise():
    """Beside a run in training a second thread waits for a core while the first one spins."""
    asked = (
        "import dashboard.server, numpy, threadpoolctl; "
        "print([one['num_threads'] for one in threadpoolctl.threadpool_info() if one['internal_api'] == 'openblas'])"
    )
    plain = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    for environment, expected in ((plain, "[1]"), (plain | {"OPENBLAS_NUM_THREADS": "2"}, "[2]")):
        done = subprocess.run(
            [sys.executable, "-c", asked], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected
