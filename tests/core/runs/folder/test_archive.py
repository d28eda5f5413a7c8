"""Runs packed into one file and opened elsewhere: the same, or nothing."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from core.__main__ import main
from core.config import RunConfig
from core.runs.folder.archive import open_runs, pack_runs
from core.runs.folder.files import RunError
from core.runs.folder.store import Store


@pytest.fixture
def finished(store):
    run = store.create(RunConfig().replace({"run.name": "mine"}))
    run.append_metrics({"step": 1, "eval_accuracy": 0.5})
    run.save_embeddings(1, np.ones((2, 3)), np.eye(2), np.arange(2), np.arange(2))
    (run.dir / "model").mkdir()
    (run.dir / "model" / "model.safetensors").write_bytes(b"weights")
    (run.dir / "checkpoints").mkdir()
    (run.dir / "checkpoints" / "large").write_bytes(b"x")
    run.set_status(state="finished", metrics={"accuracy": 0.5})
    return run


def test_a_bundle_opens_elsewhere_as_the_same_run_without_its_checkpoints(finished, tmp_path, capsys):
    out, away = tmp_path / "class.zip", tmp_path / "away"
    assert main(["bundle", finished.id, "--out", str(out), "--runs", str(finished.dir.parent), "--json"]) == 0
    assert f'"{finished.id}"' in capsys.readouterr().out
    assert main(["bundle", "--open", str(out), "--runs", str(away)]) == 0
    (info,) = Store(away).list()
    again = Store(away).get(finished.id)
    assert (info.state, info.name) == ("finished", "mine")
    assert again.metrics()[0] == finished.metrics()[0]
    np.testing.assert_array_equal(again.load_embeddings(1)["logits"], np.eye(2))
    assert (again.dir / "model" / "model.safetensors").read_bytes() == b"weights"
    assert not (again.dir / "checkpoints").exists()
    Store(away).delete(finished.id)  # it is claimed and deleted as any other


def test_a_bundle_says_that_a_method_of_ones_own_does_not_come_along(store, tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("LAB_METHODS", raising=False)
    (tmp_path / "mine.py").touch()
    own = store.create(RunConfig().replace({"augment.methods": (f"{tmp_path}/mine.py:slang", "typo")}))
    own.set_status(state="finished")
    out, away = str(tmp_path / "class.zip"), str(tmp_path / "away")
    assert main(["bundle", own.id, "--out", out, "--runs", str(store.root)]) == 0
    assert f"{own.id}: {tmp_path}/mine.py:slang is not in it" in capsys.readouterr().out
    assert main(["bundle", "--open", out, "--runs", away]) == 0
    assert f"{own.id}: {tmp_path}/mine.py:slang is not open here" in capsys.readouterr().out
    monkeypatch.setenv("LAB_METHODS", str(tmp_path))
    assert main(["bundle", "--open", out, "--runs", f"{away}2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notes"] == []


def test_a_run_that_is_there_is_never_written_over(finished, store, tmp_path):
    pack_runs([finished], tmp_path / "class.zip")
    before = sorted(path.name for path in store.root.iterdir())
    with pytest.raises(RunError, match="is there already; nothing was opened"):
        open_runs(store, tmp_path / "class.zip")
    assert sorted(path.name for path in store.root.iterdir()) == before


def test_a_run_that_goes_on_is_refused(run, tmp_path):
    with pytest.raises(RunError, match="is not over"):
        pack_runs([run], tmp_path / "class.zip")
    assert not list(tmp_path.glob("*.zip"))


@pytest.mark.parametrize(
    "name", ["../out.txt", "/etc/x", "20260101-0000-a-aaaa/../../x", "x", "no id at all/x", "a\\b/x"]
)
def test_names_that_lead_elsewhere_are_refused(store, tmp_path, name):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as file:
        file.writestr(name, "x")
    with pytest.raises(ValueError, match=r"no bundle|run id|not a run"):
        open_runs(store, tmp_path / "bad.zip")
    assert not store.root.exists() or not list(store.root.iterdir())


def test_links_other_files_and_broken_ones_are_refused(store, finished, tmp_path):
    pack_runs([finished], tmp_path / "good.zip")
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as file:
        entry = zipfile.ZipInfo(f"{finished.id}/config.json")
        entry.external_attr = 0o120777 << 16
        file.writestr(entry, "/etc/passwd")
    away = Store(tmp_path / "away")
    with pytest.raises(RunError, match="no bundle"):
        open_runs(away, tmp_path / "link.zip")
    (tmp_path / "cut.zip").write_bytes((tmp_path / "good.zip").read_bytes()[:-30])
    with pytest.raises(RunError, match="no whole zip"):
        open_runs(away, tmp_path / "cut.zip")
    with pytest.raises(RunError, match="missing"):
        open_runs(away, tmp_path / "nowhere.zip")
    assert not away.list()
