"""A process that stands by takes a run over as if it had been started for it, only sooner."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from core.config import RunConfig
from core.runs import processes
from core.runs.folder.store import Store
from core.runs.local.environment import environment_for, own_environment, standby_environment
from core.runs.local.launcher import LocalLauncher
from core.runs.local.standby import SOCKET, Taken, hand_over

SHORT = RunConfig().replace({"train.max_steps": 3, "data.max_train_rows": 64, "data.max_eval_rows": 16})
LONG = SHORT.replace({"train.max_steps": 100_000})


def until(holds):
    """Wait as long as it takes: how fast the machine is, only pytest's own limit guesses."""
    while not holds():
        time.sleep(0.05)


@pytest.fixture(scope="module")
def standby(tmp_path_factory):
    """The run root and the process that stands by for it."""
    root = tmp_path_factory.mktemp("runs")
    command = [sys.executable, "-P", "-m", "core.standby", str(root)]
    process = subprocess.Popen(command, env=standby_environment(), cwd="/", stdin=subprocess.PIPE)
    until(lambda: (root / SOCKET).exists())
    yield root, process
    process.stdin.close()
    process.wait(20)


def submitted(root, config):
    store = Store(root)
    run = store.create(config)
    LocalLauncher(store).submit(run)
    return run


def parent_of(run):
    found = processes.stat_of(run.status().pid or 0)
    return found.parent if found else None


def test_run_is_trained_as_by_a_worker_of_its_own(standby, tmp_path):
    root, _ = standby
    runs = [submitted(root, SHORT), submitted(tmp_path, SHORT)]
    until(lambda: all(run.status().is_over for run in runs))
    assert [run.status().state for run in runs] == ["finished", "finished"]
    taken, cold = ([{**row, "time": 0} for row in run.metrics()[0]] for run in runs)
    measured = ("step", "loss", "grad_norm", "eval_loss", "eval_accuracy")
    assert [[row.get(name) for name in measured] for row in taken] == [
        [row.get(name) for name in measured] for row in cold
    ]
    assert runs[0].record()["computed"]["threads"] == runs[1].record()["computed"]["threads"]


def test_run_of_its_is_stopped_and_one_that_is_killed_is_told(standby):
    root, process = standby
    stopped = submitted(root, LONG)
    until(lambda: stopped.status().step > 2)
    assert parent_of(stopped) == process.pid
    begin = time.monotonic()
    LocalLauncher(Store(root)).stop(stopped)
    assert time.monotonic() - begin < 3.5
    assert stopped.status().state == "stopped"
    killed = submitted(root, LONG)
    until(lambda: killed.status().step > 2)
    os.kill(killed.status().pid, signal.SIGKILL)
    until(lambda: json.loads((killed.dir / "status.json").read_text())["state"] == "interrupted")
    assert "SIGKILL" in killed.status().error
    assert process.poll() is None


def test_a_look_at_a_worker_neither_waits_nor_takes_silence_for_its_end():
    ours, theirs = socket.socketpair()
    ours.settimeout(1.0)  # as it is while the worker is being asked for
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    taken = Taken(ours, child.pid)
    begin = time.monotonic()
    assert [taken.poll() for _ in range(20)] == [None] * 20
    assert time.monotonic() - begin < 1.0
    child.kill()
    child.wait()
    assert taken.poll() is None  # ended, but how is still to be said
    theirs.sendall(b"-9\n")
    assert taken.poll() == -signal.SIGKILL


def test_a_worker_of_which_nobody_can_tell_any_more_has_ended_with_one():
    ours, theirs = socket.socketpair()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    taken = Taken(ours, child.pid)
    theirs.close()
    assert taken.poll() is None
    child.kill()
    child.wait()
    assert taken.poll() == 1


def test_other_settings_of_the_libraries_get_a_process_of_their_own(standby, tmp_path):
    root, _ = standby
    run = Store(root).create(SHORT)
    environment = environment_for(run.dir, own_environment())
    assert hand_over(run.dir, {**environment, "HF_HOME": "/elsewhere"}, "/") is None
    assert hand_over(tmp_path / "run", environment, "/") is None  # nobody stands by there


def test_it_ends_with_whoever_started_it(standby):
    """Last of this file, for it is the end of the process that all others asked."""
    _, process = standby
    process.stdin.close()
    assert process.wait(20) == 0
