"""Names that lead to a model, and one plain line for those that do not."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from transformers import MobileBertConfig

from core.model.hub import hub_reachable
from core.model.source import FULL_SIZE, ModelError, find_config, resolve_model


@pytest.fixture(autouse=True)
def _no_hub_settings(monkeypatch, tmp_path):
    for key in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def endpoint(monkeypatch):
    """Serves HTTP with the status it is given and sets HF_ENDPOINT to it."""
    servers = []

    def serve(status):
        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def refused(name):
    with pytest.raises(ModelError) as caught:
        resolve_model(str(name))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_folder_with_weights(folder):
    source = resolve_model(f" {folder} ")
    assert (source.kind, source.path_or_id, source.has_weights, source.note) == ("folder", str(folder), True, "")


def test_folder_without_weights_says_that_they_are_random(folder):
    (folder / "model.safetensors").unlink()
    source = resolve_model(str(folder))
    assert not source.has_weights
    assert source.note == f"random weights: {folder} holds no model.safetensors"


def test_demo_is_a_folder_of_this_package():
    source = resolve_model("demo")
    assert (source.kind, source.has_weights) == ("demo", True)


def test_folder_lacking_a_part_names_it(folder, tmp_path):
    assert "holds no config.json" in refused(tmp_path)
    for file in folder.glob("*"):
        if file.name.startswith(("vocab", "tokenizer")):
            file.unlink()
    assert "holds no tokenizer" in refused(folder)
    (folder / "config.json").write_text("{ not json")
    assert "cannot be read as JSON" in refused(folder)
    (folder / "config.json").write_text("[]")
    assert "model_type None" in refused(folder)


def test_adapter_folder_is_recognised(tmp_path):
    (tmp_path / "adapter_config.json").write_text("{}")
    assert "an adapter without its base" in refused(tmp_path)


def test_a_run_without_a_model_is_recognised(tmp_path):
    (tmp_path / "status.json").write_text("{}")
    (tmp_path / "config.json").write_text("{}")
    assert "a run that has saved no model" in refused(tmp_path)


def test_other_architectures_are_refused(folder):
    values = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(values | {"model_type": "gpt2"}))
    assert "model_type 'gpt2'; taken are mobilebert" in refused(folder)


def test_pickle_is_never_taken(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    message = refused(folder)
    assert "pytorch_model.bin, a pickle, which is never loaded" in message


def test_sharded_weights_must_be_complete(folder):
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "lacks 1 of 2 weight shards, first model-00002-of-00002.safetensors" in refused(folder)
    (folder / "model-00002-of-00002.safetensors").touch()
    assert resolve_model(str(folder)).has_weights
    (folder / "model.safetensors.index.json").write_text("{}")
    assert "cannot be read as a list of shards" in refused(folder)


def test_file_and_missing_folder_are_told_apart_from_hub_ids(folder):
    assert "is a file" in refused(folder / "config.json")
    assert "no folder /nowhere/at/all" in refused("/nowhere/at/all")
    assert "no folder" in refused("./nowhere")


@pytest.mark.parametrize("name", ["a" * 5000, "~no_such_user_here/model", "model\0"])
def test_name_that_no_folder_can_have_is_refused(name):
    with pytest.raises(ModelError, match="cannot be looked into"):
        find_config(name)


def test_hub_that_does_not_answer_is_said_within_three_seconds(monkeypatch, tmp_path):
    """A listening socket that never accepts: the connection stands, and no byte comes back."""
    silent = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
    began = time.monotonic()
    message = refused("nobody/nothing-of-that-name")
    assert time.monotonic() - began < 3
    assert "the model hub does not answer" in message
    assert "choose the model demo" in message
    silent.close()


@pytest.mark.parametrize(("status", "reachable"), [(200, True), (403, True), (503, False)])
def test_hub_is_reachable_when_it_answers(endpoint, status, reachable):
    endpoint(status)
    assert hub_reachable() is reachable


def test_offline_setting_is_honoured_without_a_probe(endpoint, monkeypatch):
    endpoint(200)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert not hub_reachable()
    assert "HF_HUB_OFFLINE is set" in refused("nobody/nothing-of-that-name")


def test_configuration_alone_needs_neither_weights_nor_tokenizer(folder):
    (folder / "model.safetensors").unlink()
    assert find_config(str(folder))["hidden_size"] == 48


def test_resolving_imports_no_torch(folder):
    script = (
        "import sys; from core.model.source import resolve_model; "
        f"resolve_model({str(folder)!r}); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=200).returncode == 0


def test_full_size_architecture_needs_no_file_and_no_hub(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    published = MobileBertConfig(classifier_activation=False).to_dict()
    assert all(published[key] == value for key, value in find_config(FULL_SIZE).items())
    source = resolve_model(FULL_SIZE, tokenizer=False)
    assert (source.kind, source.has_weights) == ("architecture", False)
    assert source.note == "random weights: mobilebert is the architecture alone"
    assert "the architecture alone: it can be counted and cut, not trained" in refused(FULL_SIZE)


def test_folder_of_weights_without_tokenizer_will_do_where_none_is_needed(folder):
    for name in ("vocab.txt", "tokenizer.json"):
        (folder / name).unlink()
    assert resolve_model(str(folder), tokenizer=False).has_weights
    assert "holds no tokenizer" in refused(folder)


@pytest.mark.real_data
def test_architecture_is_the_published_one():
    if not os.environ.get("LAB_DATA"):
        pytest.skip("LAB_DATA is not set")
    real = find_config(str(Path(os.environ["LAB_DATA"]) / "mobilebert-uncased"))
    assert {key: real[key] for key in find_config(FULL_SIZE)} == find_config(FULL_SIZE)
