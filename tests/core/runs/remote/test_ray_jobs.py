"""The launcher for clusters, against a real one: two nodes on loopback, real training, a token."""

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from core.config import RunConfig
from core.runs import processes
from core.runs.executors import launcher_of, submit_all
from core.runs.folder.files import RunError
from core.runs.remote.ray_api import Cluster, ClusterError
from core.runs.remote.ray_jobs import RayLauncher, snapshots
from core.runs.sweep import create_sweep, grid_arms
from core.train.checkpoint import newest_checkpoint
from tests.core.children import children
from tests.core.train.tiny_runs import assert_equal

TOKEN = "a-token-for-tests-only-0123456789abcdef"  # noqa: S105
pytestmark = pytest.mark.timeout(600)
SCRIPT = Path(__file__).with_name("loopback_cluster.py")
TINY = {
    "run.executor": "ray",
    "data.max_train_rows": 160,
    "data.max_eval_rows": 40,
    "train.batch_size": 8,
    "train.max_steps": 100,
    "train.eval_every": 50,
    "train.checkpoint_every": 10,
}


@pytest.fixture(scope="module")
def cluster():
    """Two nodes that listen on 127.0.0.1 only; nothing of them outlives the tests."""
    if importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed (requirements-cluster.txt)")
    folder = tempfile.mkdtemp(prefix="lab-", dir="/tmp")  # Ray's sockets bear no longer path
    os.mkdir(f"{folder}/ray")
    own = {
        "RAY_TMPDIR": folder,
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": TOKEN,
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # else 127.0.0.1 is replaced by an address of the network
    }
    with pytest.MonkeyPatch.context() as patch, open(f"{folder}/log", "wb") as log:
        for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN"):
            patch.setenv(name, own[name])
        pipe = subprocess.PIPE
        script = subprocess.Popen(
            [sys.executable, "-P", str(SCRIPT)], env={**os.environ, **own}, stdin=pipe, stdout=pipe, stderr=log, cwd="/"
        )
        try:
            where = script.stdout.readline()
            assert where, Path(folder, "log").read_text()[-3000:]
            found = SimpleNamespace(**json.loads(where), lose=lambda: lose(script))
            wait_until_jobs_start(found.address)
            yield found
        finally:
            script.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                script.wait(timeout=20)
            end_everyone(folder)
            shutil.rmtree(folder, ignore_errors=True)


def wait_until_jobs_start(address):
    """A head's first job agent may come up seconds after its address answers."""
    for attempt in range(10):
        try:
            return Cluster(address).submit(f"first-{attempt}", "true", {}, cpus=1, gpus=0)
        except ClusterError as error:
            last = error
    raise last


def lose(script):
    script.stdin.write(b"now\n")
    script.stdin.flush()


def end_everyone(folder):
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("RAY_TMPDIR") == folder:
                process.send_signal(signal.SIGKILL)


def settled(run):
    return launcher_of(run).status(run).state


def outcome(run):
    """All that a run has measured, but for what the clock says; and its weights."""
    rows = [
        {key: row[key] for key in row if key in ("step", "loss", "grad_norm", "lr") or key.startswith("eval_")}
        for row in run.metrics()[0]
    ]
    return rows, {path.name: path.read_bytes() for path in run.model_dir.glob("*.safetensors")}


def test_two_processes_train_one_run_that_loses_one_goes_on_and_is_stopped(cluster, store, wait_for, groups):
    def begin_team(run):
        print(run.dir, file=groups.stdin, flush=True)

    config = {**TINY, "train.max_steps": 200, "train.eval_every": 100}  # long enough to be stopped in
    run = store.create(RunConfig().replace({**config, "run.address": cluster.address, "run.workers": 2}))
    whole = store.create(run.config())
    launcher_of(run).submit(run)
    wait_for(lambda: run.status().step >= 12, 100)
    os.kill(max(team_of(run)), signal.SIGKILL)
    wait_for(lambda: settled(run) == "interrupted", 20)
    assert "a process of the run's group was lost" in run.status().error
    begin_team(whole)  # the same two, never interrupted, without a cluster

    wait_for(lambda: resumed(run), 20)
    before = run.status().step
    wait_for(lambda: run.status().step >= before + 12, 100)  # beyond the next checkpoint
    assert launcher_of(run).stop(run).state == "stopped"
    wait_for(lambda: not team_of(run), 10)
    newest, _ = newest_checkpoint(run.checkpoint_dir)
    assert newest.name == f"step-{run.status().step:08d}"
    assert not {"ray", ".stop"} & set(os.listdir(run.dir))

    # Its group goes on here, to what the run would have been without any of this.
    begin_team(run)
    groups.stdin.close()
    assert groups.wait(150) == 0
    assert_equal(run, whole)


@pytest.fixture
def groups():
    """A process that trains the runs named to it, each by a group of two."""
    variables = {"PYTHONPATH": str(Path(__file__).parents[4]), "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-P", "-m", "tests.core.train.group_member"]
    with children() as started:
        started.append(
            subprocess.Popen(
                command, env={**os.environ, **variables}, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
            )
        )
        yield started[0]


def team_of(run):
    """Pids of the processes that train a run."""
    found = []
    for pid, _ in processes.family(0, 0, str(run.dir)):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ray::RayTrainWorker"):
                found.append(pid)
    return found


def test_sweep_spreads_over_nodes_one_is_stopped_and_a_lost_one_goes_on(cluster, store, wait_for):
    base = RunConfig().replace({**TINY, "run.address": cluster.address})
    runs = create_sweep(store, base, grid_arms({"train.loss": ["ce", "joint", "supcon_textbook"]}), seeds=[0]).runs
    submit_all(runs)
    wait_for(lambda: len(at_work(runs)) == 2, 60)
    pair = at_work(runs)
    nodes = {run.id: Cluster(cluster.address).job(run.status().job).node for run in pair}
    assert len(set(nodes.values())) == 2, "two runs of one core each share a node of one core"
    lost, stopped = sorted(pair, key=lambda run: nodes[run.id] != cluster.second)

    wait_for(lambda: all(run.status().step >= 12 for run in pair), 90)
    assert launcher_of(stopped).stop(stopped).state == "stopped"
    wait_for(lambda: processes.stat_of(stopped.status().pid) is None, 1)
    assert list(stopped.checkpoint_dir.glob("step-*"))

    cluster.lose()
    wait_for(lambda: settled(lost) == "interrupted", 30)
    cut = lost.status().step
    assert 12 <= cut < 100
    [seen] = wait_for(lambda: [one for one in snapshots(store) if not all(node.is_alive for node in one.nodes)], 30)
    assert [node.id for node in seen.nodes if not node.is_alive] == [cluster.second]

    wait_for(lambda: resumed(lost), 30)
    twin = store.create(lost.config().replace({"run.executor": "local"}))
    launcher_of(twin).submit(twin)
    others = [run for run in runs if run is not stopped]
    wait_for(lambda: all(settled(run) == "finished" for run in [*others, twin]), 150)
    assert outcome(lost) == outcome(twin)
    assert stopped.status().state == "stopped"


def at_work(runs):
    return [run for run in runs if run.status().state == "running"]


def resumed(run):
    """Resume once the cluster has noticed that the node is gone."""
    with contextlib.suppress(RunError):
        RayLauncher().resume(run)
        return True


def test_job_that_never_begins_is_marked_with_the_reason(cluster, store, wait_for, monkeypatch):
    monkeypatch.setenv("LAB_WORKER", "/no/such/worker")
    run = store.create(RunConfig().replace({**TINY, "run.address": cluster.address}))
    launcher_of(run).submit(run)
    wait_for(lambda: settled(run) == "failed", 30)
    assert "exit code 127: " in run.status().error
    assert run.status().error.endswith("/no/such/worker: not found")


def test_run_that_waits_for_a_core_is_stopped_at_once(cluster, store):
    run = store.create(RunConfig().replace({**TINY, "run.address": cluster.address, "run.cpus": 64}))
    launcher_of(run).submit(run)
    with pytest.raises(RunError, match="already"):
        launcher_of(run).submit(run)
    assert settled(run) == "queued"
    run.dir.joinpath(".stop").touch()  # what a group leaves whose job was ended by force
    run.dir.joinpath("ray").mkdir()
    assert launcher_of(run).stop(run).state == "stopped"
    assert not {"ray", ".stop"} & set(os.listdir(run.dir))


def test_wrong_token_is_refused_and_the_run_says_so(cluster, store, monkeypatch):
    monkeypatch.setenv("RAY_AUTH_TOKEN", "wrong")
    run = store.create(RunConfig().replace({**TINY, "run.address": cluster.address}))
    with pytest.raises(ClusterError, match=r"refuses.*RAY_AUTH_TOKEN"):
        launcher_of(run).submit(run)
    assert run.status().state == "failed"
    assert "refuses" in run.status().error
