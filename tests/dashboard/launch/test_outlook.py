"""What a configuration will do, said before it is done."""

from __future__ import annotations

import time

import pytest

from core.config import RunConfig
from core.plan.check import step_count
from core.plan.recipes import RECIPES
from dashboard.launch import outlook
from dashboard.shared.background import Answer


def settled(config: RunConfig) -> outlook.Plan:
    deadline = time.monotonic() + 10
    plan = outlook.plan(config)
    while plan.waiting and time.monotonic() < deadline:
        time.sleep(0.05)
        plan = outlook.plan(config)
    return plan


@pytest.mark.parametrize(
    ("changes", "steps"),
    [
        ({}, 9),
        ({"train.max_steps": 5}, 5),
        ({"train.epochs": 0.5}, 2),
        ({"train.batch_size": 1000}, 3),
        ({"train.epochs": 0.01}, 1),
    ],
)
def test_steps_of_seventy_rows(changes, steps):
    # 70 rows in batches of 32 are 3 steps an epoch; the default is 3 epochs.
    assert step_count(RunConfig().replace(changes), 70) == steps


def test_demo_needs_nothing_else(no_data):
    plan = settled(RunConfig(task="demo-sentiment"))
    assert plan.possible
    assert plan.train_rows > 2000
    assert plan.task.num_labels == 2


def test_limits_on_rows_are_counted(no_data):
    plan = settled(RunConfig().replace({"data.max_train_rows": 64, "data.max_eval_rows": 50}))
    assert (plan.train_rows, plan.eval_rows, plan.steps) == (64, {"dev": 50}, 6)


def test_unknown_task_lists_the_choices(no_data):
    assert "choose from" in settled(RunConfig(task="nothing")).errors["task"]


def test_hub_task_without_hub_names_the_ways_out(no_data):
    plan = settled(RunConfig(task="RTE"))
    assert not plan.possible
    assert "LAB_DATA" in plan.errors["task"]


def test_folder_without_weights_is_told(no_data, tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "mobilebert"}')
    (tmp_path / "vocab.txt").write_text("[PAD]\n")
    plan = settled(RunConfig(model=str(tmp_path)))
    assert plan.possible
    assert "andom weights" in plan.notes[0]


def test_missing_file_is_said_at_the_file(no_data):
    assert set(settled(RunConfig(task="file")).errors) == {"data.file"}
    gone = settled(RunConfig(task="file").replace({"data.file": "/no/such.csv"}))
    assert "does not exist" in gone.errors["data.file"]


def test_changes_hold_for_all_runs_of_a_recipe_but_not_for_what_tells_them_apart():
    pair = RECIPES["ce-joint"].configs
    runs = outlook.variants(pair[0].replace({"train.epochs": 1, "train.loss": "joint"}), pair)
    assert [run.train.loss for run in runs] == ["ce", "supcon_textbook"]
    assert [run.train.epochs for run in runs] == [1, 1]
    assert outlook.varied_keys(runs) == ["train.loss"]


def test_single_recipe_is_what_the_form_says():
    base = RunConfig().replace({"train.loss": "joint"})
    assert outlook.variants(base, RECIPES["quick-demo"].configs) == [base]


def forecast_of(*configs: RunConfig) -> tuple[outlook.Plan, Answer]:
    deadline = time.monotonic() + 60
    plan, ahead = outlook.plan_all(configs)
    while not ahead.ready and time.monotonic() < deadline:
        time.sleep(0.2)
        plan, ahead = outlook.plan_all(configs)
    return plan, ahead


@pytest.mark.timeout(120)
def test_time_memory_and_trainable_parameters_are_said_before_the_click(no_data, run_root):
    config = RunConfig().replace({"data.max_train_rows": 64, "train.max_steps": 2})
    plan, ahead = forecast_of(config)
    assert ahead.value.seconds > 0
    figures = {label: (value, remark) for label, value, remark in outlook.plan_figures(plan, [config], ahead)}
    # Six layers, r 8, on query (64 + 64) and value (128 + 64), and a head of 6 x 129.
    assert figures["trainable parameters"][0] == f"{6 * 8 * (128 + 192) + 6 * 129:,}"
    assert figures["time, about"][0].endswith(" s")
    assert "MiB" in figures["memory, about"][0]


def test_run_that_cannot_fit_is_refused_with_what_lowers_it(no_data, run_root, monkeypatch):
    from core.plan import check

    monkeypatch.setattr(check, "machine_memory", lambda: (2**29, 2**28))
    plan, ahead = forecast_of(RunConfig().replace({"train.batch_size": 64}))
    (said,) = outlook.problems({}, plan, ahead)
    assert "does not fit into this machine" in said
    assert "0.5 GiB are there" in said
    assert "train.batch_size=32" in said


def test_every_run_of_a_set_is_looked_at(no_data, run_root):
    plan, ahead = forecast_of(RunConfig(), RunConfig(task="nothing"))
    assert "choose from" in plan.errors["task"]
    assert ahead.value is None
