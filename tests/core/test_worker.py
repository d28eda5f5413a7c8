import json
import os
import signal
import time

import pytest

from core import worker
from core.config import RunConfig
from core.runs.folder import contents
from core.runs.local.launcher import mark
from core.runs.local.threads import threads_for
from core.runs.local.waitlist import Waitlist

LONG = RunConfig().replace({"train.max_steps": 100_000})


def test_run_from_start_to_end(store, run, start_worker):
    assert start_worker(run).wait(20) == 0
    status = run.status()
    assert (status.state, status.step, status.of, status.phase, status.resume) == ("finished", 40, 40, "", False)
    assert status.started <= status.ended
    assert status.threads == 1
    assert [row["step"] for row in run.metrics()[0]] == list(range(1, 41))


def test_asked_to_stop_it_ends_at_the_next_step(store, start_worker, wait_for):
    run = store.create(LONG)
    child = start_worker(run)
    wait_for(lambda: run.status().step >= 5)
    child.send_signal(signal.SIGTERM)
    assert child.wait(5) == 0
    status = run.status()
    assert status.state == "stopped"
    assert run.metrics()[0][-1]["step"] == status.step
    assert contents.load_arrays(run.model_dir / "weights.safetensors")  # what it had was saved


def test_asked_to_stop_while_starting_it_ends_at_once(run, wait_for):
    flag = worker.StopFlag()

    def arrive(number, frame):
        flag.on_signal(number, frame)

    before = signal.signal(signal.SIGUSR1, arrive)
    try:

        class Loading:
            def __call__(self, run, should_stop):
                raise AssertionError("training must not begin")

        real = worker.begin

        def begin(run):
            real(run)
            os.kill(os.getpid(), signal.SIGUSR1)

        worker.begin = begin
        assert worker.work(run, flag, Loading()) == 0
    finally:
        worker.begin = real
        signal.signal(signal.SIGUSR1, before)
    assert run.recorded_status().state == "stopped"


def test_a_stop_that_an_import_calls_by_another_name_is_a_stop_all_the_same(run, monkeypatch):
    """peft says that a dataclass's field cannot be named when what builds it is interrupted."""
    flag = worker.StopFlag()

    def importing(run):
        try:
            flag.on_signal(signal.SIGTERM, None)
        except worker.StopBeforeTraining as asked:
            raise RuntimeError("Error calling __set_name__ on 'Field' instance") from asked

    monkeypatch.setattr(worker, "work_of", importing)
    assert worker.work(run, flag, None) == 0
    assert (run.recorded_status().state, run.recorded_status().error) == ("stopped", None)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("raise", "the file has one class only"),
        ("bug", "KeyError: 'missing' (the log has the details)"),
        ("memory", "out of memory"),
    ],
)
def test_failure_is_one_line_that_says_why(store, start_worker, fault, message):
    run = store.create(RunConfig().replace({"run.name": fault}))
    child = start_worker(run)
    trace = child.communicate()[1]
    assert child.returncode == 1
    status = run.status()
    assert (status.state, status.phase) == ("failed", "")
    assert message in status.error
    assert "\n" not in status.error
    assert b"Traceback" in trace


def test_finished_or_claimed_run_is_not_run_again(run, start_worker):
    assert start_worker(run).wait(20) == 0
    before = (run.dir / "status.json").read_bytes()
    assert start_worker(run).wait(20) == 0
    assert (run.dir / "status.json").read_bytes() == before
    assert len((run.dir / "began").read_text().split()) == 1


def test_of_many_workers_for_one_run_one_works(run, start_worker):
    children = [start_worker(run) for _ in range(6)]
    assert [child.wait(30) for child in children] == [0] * 6
    assert run.status().state == "finished"
    assert len((run.dir / "began").read_text().split()) == 1


def test_what_lay_between_an_end_and_a_resume_is_not_its_time(run, start_worker):
    assert run.status().worked_s(2_000.0) is None
    run.set_status(state="stopped", started=1_000.0, ended=1_060.0)  # a minute, long ago
    mark(run, ("stopped",), resume=True)
    assert run.status().worked_s(2_000.0) == 60
    before = time.time()
    assert start_worker(run).wait(20) == 0
    status = run.status()
    assert (status.state, status.started) == ("finished", 1_000.0)
    assert 60 <= status.worked_s(time.time()) <= 60 + time.time() - before


def test_resume_computes_with_the_threads_of_the_start(run, start_worker):
    run.set_status(threads=1)
    assert start_worker(run, OMP_NUM_THREADS="2").wait(20) == 0
    assert run.status().threads == 1


def test_half_written_files_of_a_kill_are_cleared(run, start_worker):
    (run.dir / "status.json.0a1b2c3d.tmp").write_text("{")
    assert start_worker(run).wait(20) == 0
    assert not list(run.dir.glob("*.tmp"))


def test_status_json_stays_json(run, start_worker):
    assert start_worker(run).wait(20) == 0
    values = json.loads((run.dir / "status.json").read_text())
    assert values["state"] == "finished"


@pytest.mark.parametrize(("size", "given", "cores", "threads"), [
    (128, None, 2, 1), (128, None, 8, 1), (512, None, 2, 2), (512, None, 8, 8), (128, "2", 8, 2), (None, None, 2, 2),
])  # fmt: skip
def test_small_model_leaves_the_other_cores_to_the_page(store, tmp_path, monkeypatch, size, given, cores, threads):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cores)))
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if given:
        monkeypatch.setenv("OMP_NUM_THREADS", given)
    if size:  # None: a folder that holds no model
        (tmp_path / "config.json").write_text(json.dumps({"model_type": "mobilebert", "hidden_size": size}))
    run = store.create(RunConfig(model=str(tmp_path)))
    Waitlist(store.root).set_slots(1)
    assert threads_for(run.config().model, store.root) == threads
