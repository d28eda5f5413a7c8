"""The queue and what people call their runs, from the command line."""

from __future__ import annotations

import json

import pytest

from core.__main__ import main
from core.config import RunConfig
from core.runs import processes
from core.runs.folder.store import Store
from core.runs.local.dispatcher import LOCK
from core.runs.local.waitlist import Waitlist, held


@pytest.fixture
def call(capsys):
    def run(*arguments):
        code = main(["runs", *map(str, arguments), "--json"])
        captured = capsys.readouterr()
        return code, json.loads(captured.out) if code == 0 else captured.err

    return run


@pytest.fixture
def waiting(run_root):
    """Three runs in the queue; whoever would start them is kept from it."""
    runs = [Store().create(RunConfig()) for _ in range(3)]
    with held(run_root / LOCK, wait=False):
        Waitlist(run_root).add(*[run.id for run in runs])
        yield [run.id for run in runs]


def test_order_is_shown_and_changed(call, waiting):
    first, second, third = waiting
    assert call("queue")[1]["waiting"] == [first, second, third]
    assert call("move", third, 1) == (0, {"run": third, "place": 1})
    assert call("queue")[1]["waiting"] == [third, first, second]


def test_slots_are_set_and_kept(call, run_root):
    assert call("queue", "--slots", 3)[1]["slots"] == 3
    assert call("queue")[1]["slots"] == 3
    code, said = call("queue", "--slots", 0)
    assert (code, "between 1 and 64" in said) == (2, True)


def test_run_that_does_not_wait_has_no_place(call, run_root):
    run = Store().create(RunConfig())
    code, said = call("move", run.id, 1)
    assert (code, "not waiting" in said) == (2, True)


def test_run_gets_name_notes_and_tags_one_at_a_time(call, run_root):
    run = Store().create(RunConfig())
    call("describe", run.id, "--name", "First try", "--tags", "a, b")
    assert call("describe", run.id, "--notes", "to be redone")[1] == {
        "run": run.id, "name": "First try", "notes": "to be redone", "tags": ["a", "b"],
    }  # fmt: skip


def test_after_a_reboot_the_list_tells_and_one_command_resumes(run_root, call, capsys, monkeypatch):
    monkeypatch.setenv("LAB_WORKER", "true")  # workers that end at once: only the queueing matters here
    cut, fine = Store().create(RunConfig()), Store().create(RunConfig())
    cut.set_status(state="running", step=20, pid=1234, pid_started=99, boot="the boot before")
    fine.set_status(state="finished", boot="the boot before")
    assert main(["runs", "list"]) == 0
    assert "1 interrupted; `python -m core runs resume --interrupted`" in capsys.readouterr().err
    assert "started anew" in Store().get(cut.id).status().error
    assert processes.boot_id() != "the boot before"
    code, resumed = call("resume", "--interrupted")
    assert (code, [line["run"] for line in resumed]) == (0, [cut.id])
    assert cut.recorded_status().resume
    assert call("resume")[0] == 2


def test_a_cluster_out_of_reach_does_not_keep_the_other_interrupted_runs_from_going_on(run_root, call, monkeypatch):
    monkeypatch.setenv("LAB_WORKER", "true")
    far = Store().create(RunConfig().replace({"run.executor": "ray", "run.address": "http://127.0.0.1:1"}))
    near = Store().create(RunConfig())
    for run in (far, near):
        run.set_status(state="running", pid=1234, pid_started=99, boot="the boot before", submitted=1.0)
    far.set_status(job="lost")
    code, said = call("resume", "--interrupted")
    assert (code, "http://127.0.0.1:1 does not answer" in said) == (1, True)
    assert (near.recorded_status().resume, far.status().state) == (True, "interrupted")
