"""Slow methods of augmentation are timed before a run, and its forecast has them in."""

from __future__ import annotations

import pytest

from core.augment.guard import OwnMethodError
from core.config import RunConfig
from core.data.sources import load_corpus
from core.plan.augmenting import epoch_seconds
from core.plan.forecast import data_key, forecast
from core.plan.speed import Speed
from core.runs.folder.store import Store
from core.train.steps import Steps

SETTINGS = {"data.max_train_rows": 200, "augment.fraction": 0.5, "augment.weights": "3,1"}


@pytest.fixture
def method(tmp_path, monkeypatch):
    """A file of methods, opened: one that takes its time, one that fails."""
    file = tmp_path / "mine.py"
    file.write_text(
        "import time\n\n\ndef slow(text, rng):\n    time.sleep(0.02)\n    return text + ' so'\n\n\n"
        "def wrong(text, rng):\n    return text + 1\n"
    )
    monkeypatch.setenv("LAB_METHODS", str(tmp_path))
    return lambda name: f"typo,{file}:{name}"


def test_a_slow_method_is_timed_by_its_rows(method):
    config = RunConfig(task="demo-intents").replace({**SETTINGS, "augment.methods": method("slow")})
    expected = 200 * 0.5 * 1 / 4 * 0.02  # a quarter of the rows that an epoch changes
    assert expected <= epoch_seconds(config, load_corpus(config)) < 2 * expected + 0.2
    assert not epoch_seconds(config.replace({"augment.mode": "none"}), load_corpus(config))


def test_the_labs_own_methods_add_nothing():
    config = RunConfig(task="demo-intents")
    assert epoch_seconds(config, load_corpus(config)) == 0.0


def test_what_a_method_does_wrong_is_said_with_its_line(method):
    config = RunConfig(task="demo-intents").replace({**SETTINGS, "augment.methods": method("wrong")})
    with pytest.raises(OwnMethodError, match=r"mine.py:10: TypeError"):
        epoch_seconds(config, load_corpus(config))


def test_a_forecast_holds_an_epochs_augmentation_once_an_epoch(method, run_root, monkeypatch):
    monkeypatch.setattr("core.plan.forecast.measure", lambda asked, threads: [Speed(0, 0, 0, "measured")] * len(asked))
    config = RunConfig(task="demo-intents").replace({**SETTINGS, "augment.methods": method("slow")})
    plain = config.replace({"augment.mode": "none"})
    corpora = {data_key(config): load_corpus(config)}
    Store().root.mkdir()
    with_it, without = (forecast([one], corpora, [Steps(7, 18, 3)], Store()).seconds for one in (config, plain))
    assert with_it - without == pytest.approx(3 * epoch_seconds(config, corpora[data_key(config)]))  # 7, 7 and 4 steps
