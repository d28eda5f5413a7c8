"""Reporting elsewhere: off by default, through the Trainer's own integrations, and a plain word where it cannot be."""

from __future__ import annotations

import importlib.util

import pytest

from core.runs.folder.store import Store
from core.train import tracking
from core.train.fit import fit
from tests.core.train.tiny_runs import config_for, story


def needs(library):
    return pytest.mark.skipif(importlib.util.find_spec(library) is None, reason=f"{library} is not installed")


def test_off_by_default(run_root, tiny_model_dir):
    config = config_for(tiny_model_dir)
    assert config.train.report_to == "none"
    assert tracking.tracking_callbacks(Store().create(config), "none") == []


@pytest.mark.parametrize("library", ["tensorboard", "mlflow"])
def test_missing_library_is_said_with_the_command_that_brings_it(library, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install -r requirements-tracking\.txt"):
        tracking.check_tracker(library)


def test_mlflow_without_a_server_is_said(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(ValueError, match="MLFLOW_TRACKING_URI"):
        tracking.check_tracker("mlflow")


@needs("tensorboard")
def test_tensorboard_holds_the_same_curve_as_the_run_folder(run_root, tiny_model_dir):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = Store().create(config_for(tiny_model_dir, train__report_to="tensorboard"))
    assert fit(run) == "finished"
    events = EventAccumulator(str(run.dir / "tensorboard")).Reload()
    rows = story(run)
    for tag, column in (("eval/accuracy", "eval_accuracy"), ("train/learning_rate", "lr")):
        seen = [(event.step, event.value) for event in events.Scalars(tag)]
        assert seen == [(row["step"], pytest.approx(row[column], rel=1e-6)) for row in rows if column in row]


@needs("mlflow")
def test_mlflow_holds_the_same_curve_as_the_run_folder(run_root, tiny_model_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")  # a server's part, for the test
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"file://{tmp_path}/mlflow")
    run = Store().create(config_for(tiny_model_dir, train__report_to="mlflow"))
    assert fit(run) == "finished"
    from mlflow import MlflowClient

    client = MlflowClient(f"file://{tmp_path}/mlflow")
    (kept,) = client.search_runs(["0"])
    assert kept.info.run_name == run.id
    expected = [(row["step"], row["eval_accuracy"]) for row in story(run) if "eval_accuracy" in row]
    assert [(point.step, point.value) for point in client.get_metric_history(kept.info.run_id, "eval_accuracy")] == (
        expected
    )
