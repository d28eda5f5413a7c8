import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.config import RunConfig
from core.runs import processes
from core.runs.folder.liveness import FROZEN, REBOOTED
from core.runs.folder.status import RESUMABLE
from core.runs.folder.store import RunError, Store
from core.runs.local.dispatcher import Dispatcher
from core.runs.local.launcher import STOP_LIMIT, LocalLauncher, mark


@pytest.fixture
def submit(store, launcher):
    def submit(steps=40, fault=""):
        run = store.create(RunConfig().replace({"train.max_steps": steps, "run.name": fault}))
        launcher.submit(run)
        return run

    return submit


def is_over(*runs):
    return lambda: all(run.status().is_over for run in runs)


def began(run):
    path = run.dir / "began"
    return len(path.read_text().split()) if path.exists() else 0


def dispatchers(root):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = Path(f"/proc/{name}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"core.runs.local.dispatcher" in line and str(root).encode() in line and processes.stat_of(int(name)):
            found.append(int(name))
    return found


def workers_of(run):
    return processes.family(0, 0, str(run.dir))


def test_runs_go_one_after_the_other_in_their_order(submit, launcher, store, wait_for):
    launcher.slots = 1
    first = submit()
    second, third = submit(), submit()
    wait_for(lambda: first.status().state == "running")
    wait_for(lambda: launcher.position(first) is None)
    assert (launcher.position(second), launcher.position(third)) == (1, 2)
    assert launcher.move(third, 1) == 1
    assert launcher.position(second) == 2
    most = 0
    while not is_over(first, second, third)():
        most = max(most, sum(info.state == "running" for info in store.list()))
        time.sleep(0.02)
    assert most == 1
    assert [run.status().state for run in (first, second, third)] == ["finished"] * 3
    assert first.status().started < third.status().started < second.status().started
    assert second.status().started - third.status().ended < 2
    wait_for(lambda: not dispatchers(store.root))


def test_as_many_at_once_as_there_are_slots(submit, launcher, store, wait_for):
    launcher.slots = 3
    runs = [submit(steps=100_000) for _ in range(5)]
    wait_for(lambda: sum(run.status().state == "running" for run in runs) == 3)
    time.sleep(0.5)
    assert [run.status().state for run in runs] == ["running"] * 3 + ["queued"] * 2
    launcher.slots = 4
    wait_for(lambda: runs[3].status().state == "running")


def test_everything_goes_on_when_the_server_is_killed(store, launcher, wait_for, monkeypatch):
    """A server submits three runs and is killed with its whole process group."""
    monkeypatch.setenv("LAB_TEST_PAUSE", "0.02")
    script = (
        "import sys, time; from core.config import RunConfig; from core.runs.folder.store import Store\n"
        "from core.runs.local.launcher import LocalLauncher\n"
        "store = Store(sys.argv[1]); launcher = LocalLauncher(store); launcher.slots = 1\n"
        "for _ in range(3): launcher.submit(store.create(RunConfig()))\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(store.root)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert server.stdout.readline() == b"ready\n"
    os.killpg(server.pid, signal.SIGKILL)
    server.communicate()
    runs = [store.get(info.id) for info in store.list()]
    assert len(runs) == 3
    wait_for(is_over(*runs))
    assert [run.status().state for run in runs] == ["finished"] * 3


def test_queue_goes_on_when_the_dispatcher_is_killed(submit, launcher, store, wait_for):
    launcher.slots = 1
    first = submit(steps=60)
    second = submit()
    wait_for(lambda: first.status().step > 2)
    (dispatcher,) = dispatchers(store.root)
    os.kill(dispatcher, signal.SIGKILL)
    wait_for(is_over(first, second))
    assert first.status().state == second.status().state == "finished"
    assert first.status().ended <= second.status().started + 0.5


def test_queue_that_lost_its_dispatcher_between_two_runs_goes_on_when_someone_looks(store, launcher, wait_for):
    run, _ = enqueued(store, launcher, steps=3)
    assert not dispatchers(store.root)
    launcher.queue()
    wait_for(is_over(run))
    assert run.status().state == "finished"


def test_two_launchers_at_once_start_no_run_twice(store, launcher, wait_for):
    script = (
        "import sys; from core.runs.folder.store import Store; from core.runs.local.launcher import LocalLauncher\n"
        "store = Store(sys.argv[1]); launcher = LocalLauncher(store)\n"
        "sys.stdin.readline()\n"
        "for name in sys.argv[2:]:\n"
        "    try: launcher.submit(store.get(name))\n"
        "    except ValueError as error: assert 'only queued' in str(error), error\n"
    )
    launcher.slots = 3
    runs = [store.create(RunConfig()) for _ in range(8)]
    names = [run.id for run in runs]
    command = [sys.executable, "-c", script, str(store.root)]
    servers = [
        subprocess.Popen([*command, *order], stdin=subprocess.PIPE)
        for order in (names, names[::-1], names[4:] + names[:4])
    ]
    for server in servers:
        server.stdin.write(b"go\n")
        server.stdin.flush()
    assert [server.wait(30) for server in servers] == [0, 0, 0]
    for server in servers:
        server.stdin.close()
    wait_for(is_over(*runs), seconds=40)
    assert [run.status().state for run in runs] == ["finished"] * 8
    assert [began(run) for run in runs] == [1] * 8


def test_waiting_run_is_stopped_without_ever_starting(submit, launcher, wait_for):
    launcher.slots = 1
    first, second = submit(steps=100_000), submit()
    wait_for(lambda: first.status().state == "running")
    assert launcher.stop(second).state == "stopped"
    assert launcher.position(second) is None
    assert launcher.stop(first).state == "stopped"
    assert began(second) == 0


def test_running_run_is_stopped_at_its_next_step(submit, launcher, wait_for):
    run = submit(steps=100_000)
    wait_for(lambda: run.status().step > 2)
    begin = time.monotonic()
    status = launcher.stop(run)
    assert time.monotonic() - begin < STOP_LIMIT
    assert (status.state, status.error) == ("stopped", None)
    assert (run.model_dir / "weights.safetensors").exists()  # by itself, not by force
    assert not workers_of(run)


def test_deaf_run_and_its_children_are_forced_within_three_seconds(submit, launcher, wait_for):
    run = submit(fault="deaf")
    wait_for(lambda: (run.dir / "deaf").exists())
    members = workers_of(run)
    assert len(members) == 4  # itself, a child, a child in its own session, an orphan in its own session
    begin = time.monotonic()
    status = launcher.stop(run)
    assert time.monotonic() - begin < STOP_LIMIT
    assert status.state == "stopped"
    assert not any(processes.started_at(pid) == started for pid, started in members)


def test_frozen_run_is_stopped_and_not_taken_for_interrupted(submit, launcher, wait_for):
    """It cannot even hear the request; its dispatcher sees it die and wants to say so, too."""
    for _ in range(3):
        run = submit(steps=100_000)
        wait_for(lambda run=run: run.status().step > 2)
        os.kill(run.status().pid, signal.SIGSTOP)
        wait_for(lambda run=run: run.status().phase == FROZEN)
        assert run.status().state == "running"
        begin = time.monotonic()
        assert launcher.stop(run).state == "stopped"
        assert time.monotonic() - begin < STOP_LIMIT
        time.sleep(0.3)
        assert (run.status().state, run.status().error) == ("stopped", None)


def test_run_that_has_ended_this_moment_can_be_deleted_and_another_be_resumed(submit, launcher, store, wait_for):
    run, other = submit(steps=3), submit(fault="raise")
    wait_for(is_over(run))
    store.delete(run.id)
    wait_for(is_over(other))
    launcher.resume(other)


def test_run_just_submitted_can_be_stopped_at_any_moment(submit, launcher, wait_for):
    for pause in (0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3):
        run = submit(steps=100_000)
        time.sleep(pause)
        begin = time.monotonic()
        assert launcher.stop(run).state == "stopped", pause
        assert time.monotonic() - begin < STOP_LIMIT
        assert not workers_of(run)


def test_ended_runs_stay_as_they_are_when_stopped(submit, launcher, wait_for):
    run = submit(steps=3)
    wait_for(is_over(run))
    before = (run.dir / "status.json").read_bytes()
    assert launcher.stop(run).state == "finished"
    assert (run.dir / "status.json").read_bytes() == before


def test_interrupted_run_is_told_and_resumed_on_request_only(submit, launcher, wait_for):
    run = submit(steps=200)
    wait_for(lambda: run.status().step >= 20)
    os.kill(run.status().pid, signal.SIGKILL)
    wait_for(lambda: run.status().state == "interrupted")
    told = "the worker ended without a word (SIGKILL; the log may say more); resume it"
    wait_for(lambda: run.status().error == told)
    time.sleep(0.3)
    status = run.status()
    assert (status.state, status.phase) == ("interrupted", "")
    launcher.resume(run)
    wait_for(is_over(run))
    status = run.status()
    assert (status.state, status.step, status.resume, status.error) == ("finished", 200, True, None)
    assert [row["step"] for row in run.metrics()[0]] == list(range(1, 201))
    assert began(run) == 2


def test_only_what_makes_sense_is_submitted_or_resumed(submit, launcher, store, wait_for):
    run = submit(steps=3)
    wait_for(is_over(run))
    with pytest.raises(RunError, match="is finished; only queued"):
        launcher.submit(run)
    with pytest.raises(RunError, match="is finished; only stopped or failed or interrupted"):
        launcher.resume(run)
    with pytest.raises(RunError, match="is queued"):
        launcher.resume(store.create(RunConfig()))


def test_worker_that_never_begins_is_a_failure_with_its_log(submit, launcher, wait_for):
    run = submit(fault="stillborn")
    wait_for(is_over(run))
    assert run.status().state == "failed"
    assert "before it began" in run.status().error
    assert "no such library" in run.log_tail()
    after = submit(steps=3)
    wait_for(is_over(after))
    assert after.status().state == "finished"


def test_worker_that_vanishes_frees_its_slot(submit, launcher, wait_for):
    launcher.slots = 1
    run = submit(fault="exit")
    wait_for(lambda: run.status().state == "interrupted")
    after = submit(steps=3)
    wait_for(is_over(after))
    assert after.status().state == "finished"


def test_stranger_with_the_recorded_pid_is_neither_believed_nor_harmed(launcher, run):
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        pid, started = stranger.pid, processes.started_at(stranger.pid)
        for recorded in (started, started - 500):  # even a forged start: it does not hold the claim
            run.set_status(state="running", pid=pid, pid_started=recorded, boot=processes.boot_id())
            assert run.status().state == "interrupted"
            launcher.stop(run)
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_run_resumed_before_its_end_was_noticed_is_begun_anew(store, launcher, wait_for):
    run, dispatcher = enqueued(store, launcher)
    dispatcher.tick()
    wait_for(lambda: run.status().step >= 8)
    os.kill(run.status().pid, signal.SIGKILL)
    wait_for(lambda: run.status().state == "interrupted")
    mark(run, RESUMABLE, resume=True)
    launcher.waitlist.add(run.id)
    dispatcher.tick()
    wait_for(lambda: began(run) == 2)
    assert run.status().state == "running"


def test_worker_that_the_kernel_ended_for_want_of_memory_is_told_from_one_that_was_killed(
    store, launcher, wait_for, tmp_path, monkeypatch
):
    monkeypatch.setattr(processes, "VMSTAT", tmp_path / "vmstat")
    processes.VMSTAT.write_text("pgfault 12\noom_kill 3\n")
    for killed in (False, True):
        run, dispatcher = enqueued(store, launcher)
        dispatcher.tick()
        wait_for(lambda run=run: run.status().step >= 2)
        os.kill(run.status().pid, signal.SIGKILL)
        wait_for(lambda run=run: run.status().state == "interrupted")
        run.set_status(now={"memory_mb": 2048.0})  # only now: a worker writes over it
        processes.VMSTAT.write_text(f"pgfault 99\noom_kill {3 + killed}\n")
        dispatcher.tick()
        assert run.status().state == ("failed" if killed else "interrupted")
    what, needed, remedy = re.split(": |; ", run.status().error)[:3]
    assert what == "out of memory (the system ended the worker when it held 2 GiB)"
    assert needed.endswith("GiB are needed")
    assert remedy.startswith("clone it with train.batch_size=16 (")


def enqueued(store, launcher, steps=100_000):
    """A run that waits, and a dispatcher that looks at the queue only when told to."""
    run = store.create(RunConfig().replace({"train.max_steps": steps}))
    mark(run, ("queued",), resume=False)
    launcher.waitlist.add(run.id)
    return run, Dispatcher(store.root)


def test_reboot_reads_as_interrupted_and_the_queue_is_kept(submit, launcher, store, wait_for):
    launcher.slots = 1
    first, second = submit(steps=100_000), submit(steps=3)
    wait_for(lambda: first.status().step > 2)
    for pid in dispatchers(store.root):
        os.kill(pid, signal.SIGKILL)
    os.kill(first.status().pid, signal.SIGKILL)
    wait_for(lambda: first.status().state == "interrupted")
    first.set_status(boot="the boot before")
    status = Store(store.root).get(first.id).status()
    assert (status.state, status.error) == ("interrupted", REBOOTED)
    assert second.status().state == "queued"
    LocalLauncher(Store(store.root)).wake()  # as a server does when it starts
    wait_for(is_over(second))
    assert second.status().state == "finished"


def test_jump_of_the_clock_leaves_a_live_run_alive(submit, launcher, store, wait_for, monkeypatch):
    run = submit(steps=100_000)
    wait_for(lambda: run.status().step > 2)
    real = time.time
    for jump in (-(10**9), 10**8):
        monkeypatch.setattr(time, "time", lambda jump=jump: real() + jump)
        assert run.status().state == "running"
        assert store.list()[0].state == "running"
    assert launcher.stop(run).state == "stopped"


def test_run_sees_the_data_folder_of_whoever_submitted_it(launcher, submit, wait_for, monkeypatch):
    """The dispatcher was started by someone else; secrets are not written down."""
    monkeypatch.setenv("LAB_DATA", "/one")
    monkeypatch.setenv("HF_TOKEN", "hush")
    launcher.slots = 1
    first = submit(steps=100_000)
    monkeypatch.setenv("LAB_DATA", "/two")
    second = submit(steps=100_000)
    wait_for(lambda: first.status().state == "running")
    launcher.stop(first)
    wait_for(lambda: second.status().state == "running")
    environ = Path(f"/proc/{second.status().pid}/environ").read_bytes()
    assert b"LAB_DATA=/two\0" in environ
    assert "hush" not in (second.dir / "status.json").read_text()


def test_full_disk_is_said_when_submitting(small_disk, fill, launcher):
    store = Store(small_disk)
    run = store.create(RunConfig())
    fill(small_disk)
    with pytest.raises(RunError, match="disk is full"):
        LocalLauncher(store).submit(run)
    assert run.status().state == "stopped"


def test_hostile_status_in_the_queue_does_not_stop_the_others(launcher, store, submit, wait_for):
    launcher.slots = 1
    blocker = submit(steps=100_000)
    wait_for(lambda: blocker.status().state == "running")
    broken, odd = store.create(RunConfig()), store.create(RunConfig())
    launcher.submit(broken)
    launcher.submit(odd)
    good = submit(steps=3)
    (broken.dir / "status.json").write_text("{")
    odd.set_status(cwd="/no\0where", environment={"LAB_DATA": "a\0b"})
    launcher.stop(blocker)
    wait_for(is_over(good))
    assert good.status().state == "finished"
    assert store.list()
