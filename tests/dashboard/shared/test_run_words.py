"""The list of runs: filtered, told of live, and taken away as a file."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pandas as pd
import pytest

from core.config import RunConfig
from core.runs.folder.store import RunInfo, Status, Store
from dashboard.runs import export
from dashboard.shared import run_table, run_words


@pytest.fixture
def infos(run_root):
    store = Store()
    joint = store.create(RunConfig(task="RTE").replace({"train.loss": "joint", "lora.targets": "query,key"}))
    joint.set_meta(name="First try", tags=["paper b", "draft"], notes='said "yes",\nthen no')
    store.create(RunConfig(task="demo-intents").replace({"seed": 7}))
    return store.list()


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("", 2),
        ("rte", 1),
        ("RTE first", 1),
        ("rte seed", 0),
        ("draft", 1),
        ("loss joint", 1),
        ("queued", 2),
        ("yes", 1),
    ],
)
def test_filter_wants_every_word_somewhere(infos, words, count):
    assert len(run_words.matching(infos, words)) == count


@pytest.mark.parametrize(
    ("best", "said"),
    [
        ({"step": 18, "accuracy": 0.9, "macro_f1": 0.91}, "last accuracy 0.890, best 0.900 at step 18, step 26 of 26"),
        ({"step": 26, "accuracy": 0.89}, "last accuracy 0.890, step 26 of 26"),
        ({}, "last accuracy 0.890, step 26 of 26"),
    ],
)
def test_a_score_is_said_to_be_the_last_with_a_better_one_beside(infos, best, said):
    status = Status(state="finished", step=26, of=26, metrics={"accuracy": 0.89, "macro_f1": 0.895}, best=best)
    info = replace(infos[0], state="finished", status=status)
    assert run_words.progress_line(info) == said
    (row,) = run_table.rows([info], {}, {}, {}, {}, 0.0)
    assert (row["score"], row["best"]) == ("Accuracy 0.890", "best 0.900 at step 18" if best.get("step") == 18 else "")


def test_csv_holds_scores_and_settings_and_survives_quotes(infos):
    rows = list(csv.DictReader(io.StringIO(export.table_csv(infos))))
    first = next(row for row in rows if row["name"] == "First try")
    assert (first["train.loss"], first["lora.targets"], first["tags"]) == ("joint", "query+key", "paper b+draft")
    assert first["notes"] == 'said "yes",\nthen no'


def test_json_can_start_the_run_again(infos):
    document = json.loads(export.table_json(infos))
    assert [RunConfig.from_dict(entry["config"]) for entry in document] == [info.config for info in infos]


def test_curves_name_their_run():
    frames = {"a": pd.DataFrame({"step": [1, 2], "loss": [0.5, 0.25]}), "b": pd.DataFrame({"step": [1], "lr": [0.1]})}
    rows = list(csv.DictReader(io.StringIO(export.curves_csv(frames))))
    assert [(row["run"], row["step"], row["loss"]) for row in rows] == [
        ("a", "1", "0.5"),
        ("a", "2", "0.25"),
        ("b", "1", ""),
    ]


def test_live_line_tells_what_the_newest_step_measured(tmp_path):
    now = {"loss": 0.41234, "lr": 1e-3, "grad_norm": None, "examples_per_s": 310.4, "cpu_percent": 180}
    running = RunInfo("a", tmp_path, "running", Status(state="running", now=now))
    assert run_words.live_line(running) == "loss 0.412 · learning rate 0.00100 · 310 examples/s · processor 180 %"
    assert run_words.live_line(replace(running, state="interrupted")) == ""


def test_seeds_of_a_setting_are_taken_together_under_the_first(run_root):
    store = Store()
    for seed in (1, 2):
        store.create(RunConfig(seed=seed).replace({"run.name": f"number {seed}"}))
    other = store.create(RunConfig(seed=1).replace({"train.loss": "joint"}))
    infos = store.list()
    ids = {info.config.seed: info.id for info in infos if info.id != other.id}
    first = next(info.id for info in infos if info.id != other.id)
    found = run_words.folded(infos)
    assert set(found) == {first, other.id}
    assert set(found[first]) == {ids[1], ids[2]}
    assert found[first][0] == first


def test_a_stopped_run_does_not_speak_for_the_finished_ones_of_its_setting(tmp_path):
    def run(name: str, state: str, seed: int, score: float) -> RunInfo:
        return RunInfo(name, tmp_path, state, Status(state, metrics={"accuracy": score}), RunConfig(seed=seed))

    infos = [run("stopped", "stopped", 1, 0.1), run("b", "finished", 1, 0.8), run("a", "finished", 2, 0.9)]
    assert run_words.folded(infos) == {"b": ["b", "a", "stopped"]}
    assert set(run_words.means(infos).values()) == {"Accuracy 0.850 ± 0.071"}  # sqrt(0.05² + 0.05²)
    assert set(run_words.means(infos)) == {"stopped", "b", "a"}
    at_work = run("c", "running", 3, 0.2)
    assert next(iter(run_words.folded([*infos, at_work]))) == "c"
