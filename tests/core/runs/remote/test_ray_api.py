"""What is said of a cluster that cannot be reached, is none, or is named wrongly. Real sockets on loopback."""

import http.server
import json
import socket
import threading
import time

import pytest

from core.config import RunConfig
from core.runs.executors import launcher_of, submit_all
from core.runs.folder.files import RunError
from core.runs.local.launcher import LocalLauncher
from core.runs.remote.ray_api import ANSWER_S, Cluster, ClusterError
from core.runs.remote.ray_jobs import snapshots, variables


@pytest.fixture
def silent():
    """An address that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def serve():
    """A web server that is no cluster: it gives one answer to everything, and notes what it was asked."""
    servers = []

    def start(status, body, **headers):
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(dict(self.headers))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_silent_cluster_is_given_up_within_three_seconds(silent):
    begin = time.monotonic()
    with pytest.raises(ClusterError, match="does not answer"):
        Cluster(silent).nodes()
    assert ANSWER_S <= time.monotonic() - begin < 3


def test_job_that_a_hanging_method_ended_says_in_which_line(store, serve):
    job = {"submission_id": "j", "status": "FAILED", "message": "Job entrypoint command failed with exit code 1, last"}
    address, _ = serve(200, json.dumps(job).encode())
    run = store.create(RunConfig().replace({"run.executor": "ray", "run.address": address}))
    run.set_status(state="running", job="j", submitted=time.time())
    assert launcher_of(run).status(run).state == "interrupted"
    stack = 'Thread 0x1:\n  File "/mine.py", line 5 in hang\n  File "/guard.py", line 99 in called\n'
    run.log_path.write_text(f"Timeout (0:01:00)!\n{stack}")
    told = launcher_of(run).status(run)
    assert (told.state, told.error.partition(": ")[0]) == ("failed", "/mine.py:5")
    assert run.status() == told


def test_run_says_that_no_cluster_answers_and_local_runs_go_on(store, launcher, wait_for):
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}"
    far = [store.create(RunConfig().replace({"run.executor": "ray", "run.address": closed})) for _ in range(2)]
    with pytest.raises(ClusterError, match="does not answer"):
        submit_all(far)
    assert [run.status().state for run in far] == ["failed", "failed"]
    assert all(closed in run.status().error for run in far)
    near = store.create(RunConfig().replace({"train.max_steps": 3}))
    launcher_of(near).submit(near)
    wait_for(lambda: near.status().state == "finished")


def test_snapshot_names_the_cluster_that_does_not_answer(store, silent, monkeypatch):
    assert snapshots(store) == []
    monkeypatch.setenv("RAY_API_SERVER_ADDRESS", silent)
    [seen] = snapshots(store)
    assert seen.address == silent
    assert "does not answer" in seen.problem


def test_web_server_that_is_no_cluster_is_called_so(serve):
    address, _ = serve(200, b"<html>hello</html>")
    with pytest.raises(ClusterError, match="not the dashboard of a Ray cluster"):
        Cluster(address).nodes()
    address, _ = serve(500, b"Traceback\n  somewhere\nValueError: too much\n")
    with pytest.raises(ClusterError, match="says 500 ValueError: too much"):
        Cluster(address).jobs()


def test_token_is_read_as_ray_reads_it_and_never_follows_a_redirect(serve, tmp_path, monkeypatch):
    other, stolen = serve(200, b"[]")
    address, asked = serve(302, b"", Location=other)
    (tmp_path / "token").write_text("secret\n")
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "token"))
    for mode, sent in (("", None), ("token", "Bearer secret")):
        monkeypatch.setenv("RAY_AUTH_MODE", mode)
        with pytest.raises(ClusterError, match="says 302"):
            Cluster(address).jobs()
        assert asked[-1].get("Authorization") == sent
    assert not stolen


def test_missing_token_is_named(monkeypatch, tmp_path, silent):
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "none"))
    with pytest.raises(ClusterError, match="RAY_AUTH_TOKEN is not set"):
        Cluster(silent).jobs()


@pytest.mark.parametrize("address", ["head:8265", "ftp://head", "http://", "http://head:eighty"])
def test_wrong_address_is_refused_before_any_call(address, monkeypatch):
    with pytest.raises(ValueError, match=r"must be like http://head:8265"):
        RunConfig().replace({"run.address": address})
    monkeypatch.setenv("RAY_API_SERVER_ADDRESS", address)
    with pytest.raises(RunError, match="RAY_API_SERVER_ADDRESS is"):
        Cluster()


def test_cluster_without_an_address_asks_for_one(monkeypatch, store):
    monkeypatch.delenv("RAY_API_SERVER_ADDRESS", raising=False)
    run = store.create(RunConfig().replace({"run.executor": "ray"}))
    with pytest.raises(RunError, match=r"set run\.address"):
        launcher_of(run).submit(run)
    assert run.status().state == "failed"


def test_run_with_an_unreadable_configuration_is_still_stopped_here(store, run):
    (run.dir / "config.json").write_text("{")
    assert isinstance(launcher_of(store.get(run.id)), LocalLauncher)


def test_a_job_gets_the_methods_that_its_submitter_opened_and_none_that_a_run_names(run, monkeypatch):
    run.set_status(environment={"LAB_METHODS": "/brought/along"})
    monkeypatch.delenv("LAB_METHODS", raising=False)
    assert "LAB_METHODS" not in variables(run)
    monkeypatch.setenv("LAB_METHODS", "/opened/here")
    assert variables(run)["LAB_METHODS"] == "/opened/here"
