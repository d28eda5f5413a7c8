"""A forecast times steps as a worker would take them."""

from __future__ import annotations

import json
import os

from core.config import RunConfig
from core.data.sources import load_corpus
from core.plan import forecast
from core.plan.speed import Speed
from core.runs.folder.store import Store
from core.train.steps import count_steps


def test_steps_are_timed_with_the_threads_that_a_worker_takes(run_root, tmp_path, monkeypatch):
    large = tmp_path / "large"
    large.mkdir()
    (large / "config.json").write_text(json.dumps({"model_type": "mobilebert", "hidden_size": 512}))
    asked = []

    def measure(questions, threads):
        asked.append(([question.config.model for question in questions], threads))
        return [Speed(0, 1, 0, "measured")] * len(questions)

    monkeypatch.setattr(forecast, "measure", measure)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(4)))
    monkeypatch.delenv("OMP_NUM_THREADS")
    configs = [RunConfig(task="demo-intents"), RunConfig(task="demo-intents", model=str(large))]
    corpora = {forecast.data_key(config): load_corpus(config) for config in configs}
    store = Store()
    store.root.mkdir()
    assert forecast.forecast(configs, corpora, [count_steps(config.train, 2400) for config in configs], store).timed
    # Four cores, two slots: two threads for the full-size model, one for the small one.
    assert sorted(asked, key=lambda one: one[1]) == [(["demo"], 1), ([str(large)], 2)]
