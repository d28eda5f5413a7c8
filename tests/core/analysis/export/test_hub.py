"""Pushing an export, against a local stand-in of the hub's HTTP interface."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.analysis.export.hub import check_push, push

TOKEN = "hf_" + "x" * 20


class Hub(BaseHTTPRequestHandler):
    """Makes repositories, says that safetensors go to the large-file store, and takes commits."""

    def do_POST(self) -> None:
        server = self.server
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        server.seen.append((self.path, self.headers.get("authorization")))
        here = f"http://127.0.0.1:{server.server_port}"
        if server.refuses:
            self.reply({"error": "You may not write here"}, server.refuses)
        elif self.path == "/api/repos/create":
            server.made = json.loads(body)
            self.reply({"url": f"{here}/me/mine", "name": "me/mine", "id": "1"}, server.creates)
        elif "/preupload/" in self.path:
            large = {True: "lfs", False: "regular"}
            files = [entry["path"] for entry in json.loads(body)["files"]]
            self.reply({"files": [{"path": one, "uploadMode": large[one.endswith(".safetensors")],
                                   "shouldIgnore": False, "oid": None} for one in files]})  # fmt: skip
        elif self.path.endswith("/info/lfs/objects/batch"):
            objects = [{**one, "actions": {"upload": {"href": f"{here}/store/{one['oid']}"}}}
                       for one in json.loads(body)["objects"]]  # fmt: skip
            self.reply({"transfer": "basic", "objects": objects})
        else:
            server.commit = [json.loads(line) for line in body.splitlines()]
            self.reply({"commitUrl": f"{here}/me/mine/commit/abc", "commitOid": "abc", "success": True})

    def do_GET(self) -> None:
        self.reply({"error": "You may not look here"}, self.server.refuses or 404)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.stored[self.path.rpartition("/")[2]] = body
        self.reply({})

    def reply(self, answer: dict, status: int = 200) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.seen, server.stored, server.refuses, server.creates = [], {}, 0, 200
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.delenv("TRANSFORMERS_OFFLINE", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)  # the newer store is not stood in for
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "README.md").write_text("# A card\n")
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    return tmp_path


def test_all_files_go_up_in_one_commit_of_a_private_repository(hub, folder):
    address = push(folder, "me/mine")
    assert address == f"http://127.0.0.1:{hub.server_port}/me/mine"
    assert (hub.made["name"], hub.made["organization"], hub.made["visibility"]) == ("mine", "me", "private")
    files = {entry["value"]["path"]: entry for entry in hub.commit if entry["key"] != "header"}
    assert set(files) == {"README.md", "model.safetensors"}
    assert base64.b64decode(files["README.md"]["value"]["content"]) == b"# A card\n"
    assert hub.stored[files["model.safetensors"]["value"]["oid"]] == b"weights"
    assert {token for path, token in hub.seen if path.startswith("/api/")} == {f"Bearer {TOKEN}"}


def test_a_public_one_is_asked_for(hub, folder):
    push(folder, "me/mine", public=True)
    assert hub.made["visibility"] == "public"


def test_a_repository_that_is_there_takes_the_files_as_well(hub, folder):
    hub.creates = 409
    assert push(folder, "me/mine") == f"http://127.0.0.1:{hub.server_port}/me/mine"
    assert len(hub.commit) == 3


@pytest.mark.parametrize(
    ("status", "said"), [(403, "You may not"), (401, "it does not accept this token .*You may not")]
)
def test_a_refusal_is_said_in_a_line_without_the_token(hub, folder, status, said):
    hub.refuses = status
    with pytest.raises(ValueError, match=f"the hub did not take me/mine: {said}") as caught:
        push(folder, "me/mine")
    assert "\n" not in str(caught.value)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("repo", ["mine", "a/b/c", "me/..", "me/mi ne"])
def test_what_is_no_repository_is_refused_before_anything_is_sent(hub, repo):
    with pytest.raises(ValueError, match=r"repository|owner"):
        check_push(repo)
    assert not hub.seen


def test_without_a_token_or_offline_nothing_is_pushed(hub, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    with pytest.raises(ValueError, match="set HF_TOKEN"):
        check_push("me/mine")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ValueError, match="HF_HUB_OFFLINE is set"):
        check_push("me/mine")
    assert not hub.seen
