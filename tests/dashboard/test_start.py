"""`python -m dashboard` and `streamlit run dashboard/app.py`: a free port, the right path, nothing shadowed."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

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
            timeout=30,
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
