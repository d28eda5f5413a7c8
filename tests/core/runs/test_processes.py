import os
import signal
import subprocess
import sys
import time

import pytest

from core.runs import processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def sleeper():
    child = subprocess.Popen(SLEEP)
    yield child
    child.kill()
    child.wait()


def identity(pid):
    return pid, processes.started_at(pid), processes.boot_id()


def test_start_is_counted_from_boot_as_psutil_reads_it(sleeper):
    import psutil

    ticks = os.sysconf("SC_CLK_TCK")
    expected = psutil.Process(sleeper.pid).create_time() - psutil.boot_time()
    assert processes.started_at(sleeper.pid) / ticks == pytest.approx(expected, abs=1.5)


def test_process_is_alive_until_it_ends(sleeper):
    pid, started, boot = identity(sleeper.pid)
    assert processes.is_alive(pid, started, boot)
    sleeper.kill()
    for _ in range(500):  # a zombie at first: its parent has not asked for it
        if not processes.is_alive(pid, started, boot):
            break
        time.sleep(0.01)
    assert os.path.exists(f"/proc/{pid}")
    assert not processes.is_alive(pid, started, boot)


def test_recycled_pid_and_other_boot_are_strangers(sleeper):
    pid, started, boot = identity(sleeper.pid)
    assert not processes.is_alive(pid, started - 1, boot)
    assert not processes.is_alive(pid, started, "another boot")
    assert not processes.is_alive(pid, None, boot)
    assert not processes.is_alive(None, started, boot)
    assert not processes.is_alive(1, processes.started_at(1), boot)


def test_jump_of_the_wall_clock_changes_nothing(sleeper, monkeypatch):
    known = identity(sleeper.pid)
    for jump in (-10 * 365 * 86400, 10 * 365 * 86400):
        now = time.time()
        monkeypatch.setattr(time, "time", lambda now=now, jump=jump: now + jump)
        assert processes.is_alive(*known)


def test_stranger_is_not_signalled(sleeper):
    pid, started, _ = identity(sleeper.pid)
    processes.send(pid, started - 1, signal.SIGKILL)
    assert processes.end(pid, started - 1, "/nobody", grace=0.1, limit=0.5)
    assert sleeper.poll() is None
    processes.send(2**22 - 1, 1, signal.SIGKILL)


def test_process_with_brackets_and_spaces_in_its_name_is_read(tmp_path):
    program = tmp_path / "a ) R 1 (b"
    program.symlink_to("/bin/sleep")
    child = subprocess.Popen([str(program), "60"])
    try:
        time.sleep(0.1)
        assert processes.stat_of(child.pid).parent == os.getpid()
    finally:
        child.kill()
        child.wait()


def test_lock_tells_its_holder_and_ends_with_it(tmp_path):
    path = tmp_path / "claim"
    script = (
        "import sys,time; from pathlib import Path; from core.runs.processes import record_lock\n"
        "with record_lock(Path(sys.argv[1])) as mine: print(mine, flush=True); time.sleep(60)"
    )
    assert processes.lock_holder(path) is None
    child = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE)
    try:
        assert child.stdout.readline() == b"True\n"
        assert processes.lock_holder(path) == child.pid
        with processes.record_lock(path) as mine:
            assert not mine
        assert processes.lock_holder(path) == child.pid
    finally:
        child.kill()
        child.communicate()
    with processes.record_lock(path) as mine:
        assert mine
        assert processes.lock_holder(path) == os.getpid()
    assert processes.lock_holder(path) is None
