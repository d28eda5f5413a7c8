"""With LAB_PUBLIC=1 visitors reach the run root, the data folder and their uploads, and learn of nothing else."""

from __future__ import annotations

import os
import re

import pytest

from core.augment.votes import read_accepted
from core.config import RunConfig
from core.data import own_file
from core.data.rows import DataError
from core.data.sources import load_corpus
from core.fields import ConfigError
from core.files import open_to_visitors
from core.model.source import ModelError, find_config, resolve_model
from core.runs.folder.store import RunError, Store
from core.runs.remote.ray_api import Cluster

ROWS = b"text,label\na fine film,1\na poor film,0\n"


@pytest.fixture
def public(run_root, tmp_path, monkeypatch):
    run_root.mkdir()
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LAB_PUBLIC", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "secret").mkdir()
    return tmp_path


def said(read, path):
    """What a visitor is told, without the path that was typed."""
    with pytest.raises((DataError, ModelError)) as caught:
        read(path)
    return re.sub(re.escape(str(path)), "PATH", str(caught.value))


@pytest.mark.parametrize("place", ["secret/{}.csv", "runs/../secret/{}.csv", "runs-beside/{}.csv", "runs/link/{}.csv"])
def test_file_outside_is_neither_read_nor_told_from_a_missing_one(public, place):
    (public / "runs-beside").mkdir()
    (public / "runs" / "link").symlink_to(public / "secret")
    there, missing = (public / place.format(name) for name in ("there", "missing"))
    there.write_bytes(ROWS)
    there.chmod(0)
    assert said(own_file.read_table, there) == said(own_file.read_table, missing)
    assert "not open to visitors" in said(own_file.read_table, there)


def test_the_home_of_the_server_is_not_told(public, monkeypatch):
    monkeypatch.setenv("HOME", str(public / "home-of-somebody"))
    with pytest.raises(DataError) as caught:
        load_corpus(RunConfig(task="file").replace({"data.file": "~/notes.csv"}))
    assert "not open to visitors" in str(caught.value)
    assert "somebody" not in str(caught.value)


@pytest.mark.parametrize("path", ["/etc/passwd", "~/notes.csv", "core/demo", ".", "..", "/", "/etc/hostname.csv"])
def test_model_outside_is_neither_read_nor_told_from_a_missing_one(public, path):
    for read in (resolve_model, find_config):
        told = said(read, path)
        assert told == said(read, path + "-that-is-not-there") or path == "core/demo"
        assert "is a file" not in told


def test_folder_here_is_not_told_by_a_name_of_the_hub(public, monkeypatch):
    monkeypatch.chdir(public)
    (public / "secret" / "there").mkdir()
    assert said(resolve_model, "secret/there") == said(resolve_model, "secret/gone")


def test_ballots_outside_are_neither_read_nor_told_from_missing_ones(public):
    there, missing = public / "secret" / "there.jsonl", public / "secret" / "missing.jsonl"
    there.write_text("root:x:0:0", encoding="utf-8")
    told = []
    for path in (there, missing):
        with pytest.raises(ConfigError, match="not open to visitors") as caught:
            read_accepted(path)
        told.append(str(caught.value).replace(str(path), "PATH"))
    assert told[0] == told[1]


def test_visitors_cannot_make_the_server_call_an_address(public, monkeypatch):
    monkeypatch.setenv("RAY_API_SERVER_ADDRESS", "http://head.example:8265/")
    assert Cluster().address == Cluster("http://head.example:8265").address == "http://head.example:8265"
    for address in ("http://169.254.169.254", "http://127.0.0.1:6379", "http://head.example:80"):
        with pytest.raises(RunError, match="only the cluster"):
            Cluster(address)


def test_run_root_data_folder_uploads_and_demos_are_open(public):
    kept = Store().save_upload("mine.csv", ROWS)
    inside = public / "data" / "rows.csv"
    inside.write_bytes(ROWS)
    assert len(own_file.read_table(kept).frame) == len(own_file.read_table(inside).frame) == 2
    assert find_config("demo")["num_hidden_layers"] == 6
    with pytest.raises(DataError, match="does not exist"):
        own_file.read_table(public / "data" / "gone.csv")


def test_nothing_outside_is_touched_to_answer(public, monkeypatch):
    touched, look = [], os.lstat
    monkeypatch.setattr(os, "lstat", lambda path, **more: touched.append(str(path)) or look(path, **more))
    assert not open_to_visitors(public / "secret" / "there.csv")
    assert touched
    assert not [path for path in touched if "secret" in path]


def test_one_s_own_machine_is_open(public, monkeypatch):
    monkeypatch.delenv("LAB_PUBLIC")
    (public / "secret" / "rows.csv").write_bytes(ROWS)
    assert len(own_file.read_table(public / "secret" / "rows.csv").frame) == 2
