"""What a configuration will do, said before it is done."""

from __future__ import annotations

import time

import pytest

from core.config import RunConfig
from core.recipes import RECIPES
from dashboard import launching


def settled(config: RunConfig) -> launching.Plan:
    deadline = time.monotonic() + 10
    plan = launching.plan(config)
    while plan.waiting and time.monotonic() < deadline:
        time.sleep(0.05)
        plan = launching.plan(config)
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
    assert launching.step_count(RunConfig().replace(changes), 70) == steps


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
    runs = launching.variants(pair[0].replace({"train.epochs": 1, "train.loss": "supcon_textbook"}), pair)
    assert [run.train.loss for run in runs] == ["ce", "joint"]
    assert [run.train.epochs for run in runs] == [1, 1]
    assert launching.varied_keys(runs) == ["train.loss"]


def test_single_recipe_is_what_the_form_says():
    base = RunConfig().replace({"train.loss": "joint"})
    assert launching.variants(base, RECIPES["quick-demo"].configs) == [base]
