"""Who is on the site decides what is kept in memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from core.config import RunConfig
from dashboard import visitors
from dashboard.shared import readers


@pytest.fixture
def cleared(monkeypatch):
    times = []
    monkeypatch.setenv("LAB_STANDBY", "0")
    monkeypatch.setattr(visitors, "let_go", lambda: times.append(True))
    return times


def test_memory_goes_when_the_last_visitor_has_left_and_not_at_a_reload(cleared):
    site = visitors.Visitors()
    for now in range(100):  # nobody has come yet
        site.look(False, float(now))
    assert not cleared
    site.look(True, 100.0)
    site.look(False, 101.0)
    site.look(True, 110.0)  # reloaded
    site.look(False, 110.0 + visitors.LEFT_S - 1)
    assert not cleared
    site.look(False, 110.0 + visitors.LEFT_S + 1)
    assert len(cleared) == 1


def test_what_was_still_being_worked_out_goes_too_and_then_it_is_quiet(cleared):
    site = visitors.Visitors()
    site.look(True, 0.0)
    for now in range(1, 3000):
        site.look(False, float(now))
    assert 10 < len(cleared) <= visitors.FORGET_S / visitors.LEFT_S


def test_rows_are_read_anew_after_they_were_let_go(no_data, tmp_path):
    config = RunConfig(task="demo-sentiment")
    first = readers.corpus(config)
    assert readers.corpus(config) is first
    (tmp_path / "rows.csv").write_text("text,label\na b,x\nc d,y\n", encoding="utf-8")
    table = readers.table(str(tmp_path / "rows.csv"))
    assert readers.table(str(tmp_path / "rows.csv")) is table
    visitors.let_go()
    assert readers.corpus(config) is not first
    assert readers.table(str(tmp_path / "rows.csv")) is not table


def test_a_process_stands_by_while_somebody_is_there_and_ends_after_ten_idle_minutes(cleared, monkeypatch):
    done = []
    monkeypatch.setattr(visitors.STANDBY, "start", lambda: done.append("start"))
    monkeypatch.setattr(visitors.STANDBY, "stop", lambda: done.append("stop"))
    site = visitors.Visitors()
    site.look(True, 0.0)
    assert not done
    site.look(True, 1.0)
    assert set(done) == {"start"}
    for now in range(2, 600):
        site.look(False, float(now))
    assert "stop" not in done
    site.look(False, 602.0)
    assert done[-1] == "stop"


def test_a_setting_does_without(monkeypatch, run_root):
    monkeypatch.setenv("LAB_STANDBY", "0")
    standby = visitors.STANDBY.__class__()
    standby.start()
    assert standby.memory() == 0
    assert not standby.is_ready()
    standby.stop()


def test_a_process_stands_by_from_when_its_socket_is_there(monkeypatch, run_root):
    standby = visitors.STANDBY.__class__()
    socket = run_root / ".standby.sock"
    run_root.mkdir(parents=True, exist_ok=True)
    socket.touch()
    os.utime(socket, (1.0, 1.0))  # left by an earlier one
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as waiting:
        monkeypatch.setattr(standby, "_process", waiting)
        assert not standby.is_ready()
        os.utime(socket, (time.time() + 5,) * 2)  # a process's start is known to a second
        assert standby.is_ready()
        waiting.stdin.close()


def test_arrow_takes_memory_that_can_be_given_back():
    script = "import dashboard.visitors, pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARROW")}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["system"]
