import errno
import json
import os
import random
import signal
import time

import numpy as np
import pytest

from core.config import RunConfig
from core.runs import contents, worker
from core.runs.store import RunError, Store

KILLS = 24
LONG = RunConfig().replace({"train.max_steps": 100_000})


def final_weights(run):
    return contents.load_arrays(run.model_dir / "weights.safetensors")["weights"]


def check_readable(store, run):
    """Everything a page reads of a run, whatever moment it was cut at."""
    info = next(info for info in store.list() if info.id == run.id)
    assert info.state in ("queued", "interrupted", "finished"), info
    status = run.status()
    rows, _ = run.metrics()
    steps = [row["step"] for row in rows]
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) - status.step in (0, 1)  # the status is written right after the row
    for step in run.embedding_steps():
        assert run.load_embeddings(step)["pooled"].shape == (64, 8)
    for epoch in run.augmented_epochs():
        assert len(run.load_augmented(epoch)) == 20
    run.log_tail(), run.meta(), run.size(), run.config()


def test_run_from_start_to_end(store, run, start_worker):
    assert start_worker(run).wait(20) == 0
    status = run.status()
    assert (status.state, status.step, status.of, status.phase, status.resume) == ("finished", 40, 40, "", False)
    assert status.started <= status.ended
    assert status.threads == 1
    assert [row["step"] for row in run.metrics()[0]] == list(range(1, 41))


def test_kill_at_any_moment_leaves_a_readable_run_that_resumes_exactly(store, start_worker):
    """24 kills spread over start-up, training and the end; then each run goes on to the same weights to the bit."""
    whole = store.create(RunConfig())
    assert start_worker(whole).wait(20) == 0
    dice = random.Random(5)
    cut = 0
    for number in range(KILLS // 3):
        run = store.create(RunConfig())
        for _ in range(3):
            child = start_worker(run)
            begin = time.monotonic()
            wanted = run.status().step + dice.randint(0, 10)
            pause = dice.random() * 0.02
            while child.poll() is None and time.monotonic() - begin < 10:
                if (run.dir / "began").exists() and run.recorded_status().step >= wanted:
                    break
                if number % 4 == 0 and time.monotonic() - begin > 0.1 * dice.random():
                    break  # during start-up, too
            time.sleep(pause)
            child.kill()
            child.wait()
            check_readable(store, run)
            cut += run.status().state == "interrupted"
            if run.status().state == "interrupted":
                with run.claim() as mine:
                    assert mine
                    run.set_status(state="queued", resume=True)
        if run.status().state != "finished":
            assert start_worker(run).wait(20) == 0
        check_readable(store, run)
        assert run.status().state == "finished"
        np.testing.assert_array_equal(final_weights(run), final_weights(whole))
        assert [row["loss"] for row in run.metrics()[0]] == [row["loss"] for row in whole.metrics()[0]]
    assert cut >= KILLS // 2


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


def test_errors_of_torch_and_disk_are_said_plainly(run):
    class OutOfMemoryError(RuntimeError):
        pass

    allocator = RuntimeError("[enforce fail at alloc_cpu.cpp:1] DefaultCPUAllocator: can't allocate memory")
    writer = RuntimeError("[enforce fail] . PytorchStreamWriter failed writing file: No space left on device")
    assert worker.describe(OutOfMemoryError("CUDA out of memory"), run).startswith("out of memory")
    assert worker.describe(allocator, run).startswith("out of memory")
    assert worker.describe(writer, run).startswith("disk is full")
    assert worker.describe(OSError(errno.ENOSPC, "full", "/x"), run).startswith("disk is full")
    assert worker.describe(RunError("as it is"), run) == "as it is"
    assert worker.describe(RuntimeError(), run) == "RuntimeError (the log has the details)"


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


def test_resume_computes_with_the_threads_of_the_start(run, start_worker):
    run.set_status(threads=1)
    assert start_worker(run, OMP_NUM_THREADS="2").wait(20) == 0
    assert run.status().threads == 1


def test_half_written_files_of_a_kill_are_cleared(run, start_worker):
    (run.dir / "status.json.0a1b2c3d.tmp").write_text("{")
    assert start_worker(run).wait(20) == 0
    assert not list(run.dir.glob("*.tmp"))


def test_full_disk_ends_the_run_clearly_and_keeps_the_last_checkpoint(small_disk, fill, start_worker, wait_for):
    store = Store(small_disk)
    run = store.create(LONG)
    child = start_worker(run, LAB_TEST_PAUSE="0.002")
    wait_for(lambda: contents.numbers(run.checkpoint_dir))
    fill(small_disk)
    child.communicate(timeout=20)
    assert child.returncode == 1
    status = store.list()[0].status
    assert status.state == "failed"
    assert status.error.startswith("disk is full")
    last = contents.numbers(run.checkpoint_dir)[-1]
    assert contents.load_arrays(run.checkpoint_dir / f"step-{last:06d}.safetensors")["weights"].shape == (8,)
    rows = run.metrics()[0]
    assert rows[-1]["step"] in (status.step, status.step + 1)
    (small_disk / "filler").unlink()
    run.set_status(state="queued", resume=True)
    child = start_worker(run)
    wait_for(lambda: run.status().step > last + 8)
    child.send_signal(signal.SIGTERM)
    assert child.wait(5) == 0
    assert [row["step"] for row in run.metrics()[0]] == list(range(1, run.status().step + 1))


def test_status_json_stays_json(run, start_worker):
    assert start_worker(run).wait(20) == 0
    values = json.loads((run.dir / "status.json").read_text())
    assert values["state"] == "finished"
