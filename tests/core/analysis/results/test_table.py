"""Results: which runs make a row, what stands beside it, and claims with their intervals."""

from __future__ import annotations

import json
import math
import statistics
import time

import pytest

from core.__main__ import main
from core.analysis.results.methods import method_a, method_b
from core.analysis.results.printed import LIGHT, PAPER_A, PAPER_B_GAINS
from core.analysis.results.table import Gain, gains, results
from core.config import RunConfig
from core.plan.recipes import ablations

FULL = {"lora.enabled": False, "augment.mode": "none"}


@pytest.fixture
def finish(store):
    def make(score, state="finished", **changes):
        run = store.create(RunConfig().replace({key.replace("__", "."): value for key, value in changes.items()}))
        metrics = score if isinstance(score, dict) else {"accuracy": score, "macro_f1": score / 2}
        run.set_status(state=state, metrics=metrics, started=time.time(), ended=time.time())
        return run

    return make


def test_seeds_of_one_configuration_make_one_row_with_mean_and_spread(store, finish):
    for seed, score in enumerate((0.90, 0.92, 0.97)):
        finish(score, seed=seed, run__name=f"another name {seed}")
    finish(0.5, seed=3, state="stopped")
    rows = {row.metric: row for row in results(store.list())}
    assert rows["accuracy"].mean == pytest.approx(93)
    assert rows["accuracy"].sd == pytest.approx(statistics.stdev([90, 92, 97]))
    assert rows["accuracy"].seeds == (0, 1, 2)
    assert rows["macro_f1"].mean == pytest.approx(46.5)


def test_a_seed_run_twice_counts_once_and_the_newest_holds(store, finish):
    finish(0.8, seed=1).set_status(created=100.0)
    newest = finish(0.9, seed=1)
    row = results(store.list())[0]
    assert (row.scores, row.sd, row.runs) == ((pytest.approx(90),), None, (newest.id,))


def test_runs_that_differ_in_more_than_the_seed_are_never_folded(store, finish):
    finish(0.9, seed=0)
    finish(0.8, seed=1, train__lr=1e-3)
    rows = [row for row in results(store.list()) if row.metric == "accuracy"]
    assert {(row.method, len(row.seeds)) for row in rows} == {
        ("peak learning rate the task's", 1),
        ("peak learning rate 0.001", 1),
    }


def test_runs_are_called_by_what_tells_them_from_those_of_their_own_task(store, finish):
    finish(0.9, task="demo-intents")
    finish(0.8, task="demo-intents", train__loss="joint")
    finish(0.7, task="demo-sentiment", train__lr=1e-3)
    light = {"model__variant": "light", "model__rank": 32, "lora__enabled": False, "train__epochs": 1.0}
    finish(0.5, task="demo-paraphrase", **light)
    finish(0.6, task="demo-paraphrase")
    assert {(row.task, row.method) for row in results(store.list())} == {
        ("demo-intents", "loss cross-entropy"),
        ("demo-intents", "loss joint"),
        ("demo-sentiment", "the only setting here"),  # nothing to tell it from, whatever the other tasks' runs are
        ("demo-paraphrase", "architecture LightMobileBERT, CP rank 32, LoRA off, epochs 1"),
        ("demo-paraphrase", "the defaults"),
    }


def test_runs_that_were_evaluated_on_other_files_are_told_apart_by_these(store, finish):
    for other in ("/a/spring.csv", "/a/autumn.csv", None):
        finish(0.9, task="/a/own.csv", data__eval_file=other)
    rows = {row.method for row in results(store.list())}
    assert rows == {"evaluation file spring.csv", "evaluation file autumn.csv", "evaluation file none"}


def test_a_model_in_a_folder_is_called_by_its_name(store, finish):
    finish(0.9, model="/somewhere/on/this/machine/tiny")
    finish(0.8)
    assert {row.method for row in results(store.list())} == {"model tiny", "model demo"}


def test_settings_of_one_of_a_papers_methods_are_told_apart(store, finish):
    for fraction in (0.1, 0.4):
        finish(0.9, task="SST-2", augment__fraction=fraction)
    finish(0.9, task="CoLA")
    rows = [row for row in results(store.list(), "a") if row.metric == "accuracy"]
    assert {(row.task, row.method) for row in rows} == {(task, rows[0].method) for task in ("SST-2", "CoLA")}
    assert {(row.task, row.setting) for row in rows} == {
        ("SST-2", "rows augmented 10 %"),
        ("SST-2", "rows augmented 40 %"),
        ("CoLA", ""),
    }


def test_paper_a_has_its_values_beside_the_tasks_own_metric_alone(store, finish):
    finish({"mcc": 0.4, "accuracy": 0.8}, task="CoLA", seed=0)
    finish({"mcc": 0.3, "accuracy": 0.7}, task="CoLA", seed=0, **{key.replace(".", "__"): v for key, v in FULL.items()})
    rows = {(row.method, row.metric): row for row in results(store.list(), "a")}
    own = rows["augmented MobileBERT + LoRA", "mcc"]
    assert own.printed.value == 70.98
    assert own.printed.metric == "macro F1"
    assert "notebook" in own.printed.remark
    assert rows["augmented MobileBERT + LoRA", "accuracy"].printed is None
    assert rows["MobileBERT", "mcc"].printed.value == 50.5


def test_every_arm_of_the_ablations_is_recognised_by_its_configuration():
    for arm in ablations("demo"):
        assert method_b(RunConfig().replace({**FULL, **arm.changes})) == arm.name
    assert method_b(RunConfig()) is None
    assert method_a(RunConfig()) == "augmented MobileBERT + LoRA"
    assert method_a(RunConfig().replace({"augment.fraction": 0})) == "MobileBERT + LoRA"
    assert method_a(RunConfig().replace({"train.loss": "joint"})) is None


def test_gains_are_paired_by_task_and_seed(store, finish):
    arms = {arm.name: arm.changes for arm in ablations("demo")}
    scores = {LIGHT: (0.90, 0.94, 0.92), "cross-entropy alone": (0.89, 0.90, 0.90), "Bert_Adam": (0.95, 0.80)}
    for name, values in scores.items():
        for seed, score in enumerate(values):
            changes = {**FULL, **arms[name], "seed": seed}
            finish(score, **{key.replace(".", "__"): value for key, value in changes.items()})
    found = {gain.arm: gain for gain in gains(results(store.list(), "b"))}
    alone = found["cross-entropy alone"]
    gaps = [1, 4, 2]
    half = 4.302652729911275 * statistics.stdev(gaps) / 3**0.5  # Student's t with two degrees of freedom
    assert (alone.pairs, alone.mean) == (3, pytest.approx(7 / 3))
    assert (alone.low, alone.high) == (pytest.approx(7 / 3 - half), pytest.approx(7 / 3 + half))
    assert alone.sentence() == "no difference beyond chance"
    assert alone.beside == "; printed +0.85, average over seven GLUE corpora, table 5"
    assert found["Bert_Adam"].pairs == 2


@pytest.mark.parametrize(
    ("low", "pairs", "points", "said"),
    [
        (math.nan, 1, "+4.00", "one pair tells nothing of chance"),
        (math.nan, 2, "+4.00", "2 pairs that differ alike tell nothing of chance"),
        (0.5, 2, "+4.00 (0.50 to 7.50)", "ahead, beyond chance"),
    ],
)
def test_a_gain_without_an_interval_says_why(low, pairs, points, said):
    gain = Gain("without CP", pairs, ("demo-sentiment",), 4.0, low, 8 - low, None)
    assert (gain.points, gain.sentence()) == (points, said)


def test_gains_of_several_settings_stand_beside_their_own(store, finish):
    arms = {arm.name: arm.changes for arm in ablations("demo")}
    for rank, (ours, alone) in {64: (0.90, 0.80), 32: (0.70, 0.67), 16: (0.1, None)}.items():
        for name, score in ((LIGHT, ours), ("cross-entropy alone", alone)):
            changes = {**FULL, **arms[name], "model.rank": rank}
            if score is not None:
                finish(score, **{key.replace(".", "__"): value for key, value in changes.items()})
    [gain] = gains(results(store.list(), "b"))
    assert (gain.pairs, gain.mean) == (2, pytest.approx((10 + 3) / 2))  # rank 16 has nobody beside it


def test_printed_tables_are_whole():
    assert all(len(row) == 9 for row in PAPER_A.values())
    # As its abstract of table 4 says: 2.06 over MobileBERT, on average.
    assert PAPER_B_GAINS["MobileBERT"].value == 2.06


def test_command_line_prints_rows_in_every_form(store, finish, capsys):
    finish({"accuracy": 0.9}, seed=0, task="SST-2")
    root = str(store.root)
    assert main(["results", "--paper", "a", "--runs", root, "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)["rows"]
    assert (row["mean"], row["sd"], row["seeds"], row["printed"]) == (90.0, None, [0], 90.57)
    for form, mark in (("csv", "method,task"), ("markdown", "| Method |"), ("latex", r"\begin{tabular}")):
        assert main(["results", "--format", form, "--runs", root]) == 0
        assert mark in capsys.readouterr().out
    assert main(["results", "--paper", "c", "--runs", root]) == 2


def test_no_runs_is_said(store, capsys):
    assert main(["results", "--runs", str(store.root)]) == 0
    assert "no finished run" in capsys.readouterr().err
