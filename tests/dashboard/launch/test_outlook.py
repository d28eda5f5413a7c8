"""What a configuration will do, said before it is done."""

from __future__ import annotations

import time

import pytest

from core.config import RunConfig
from core.plan.recipes import RECIPES
from dashboard.launch import form_layout, forms, outlook


def settled(*configs: RunConfig, timed: bool = False) -> outlook.Outlook:
    deadline = time.monotonic() + 100
    known = outlook.look(configs)
    while (known.open if timed else known.waiting) and time.monotonic() < deadline:
        time.sleep(0.05)
        known = outlook.look(configs)
    return known


def test_demo_needs_nothing_else(no_data):
    known = settled(RunConfig(task="demo-sentiment"))
    plan = known.plan
    assert known.possible
    assert plan.train_rows > 2000
    assert plan.task.num_labels == 2


def test_limits_on_rows_are_counted(no_data):
    plan = settled(RunConfig().replace({"data.max_train_rows": 64, "data.max_eval_rows": 50})).plan
    assert (plan.train_rows, plan.eval_rows, plan.steps.total) == (64, {"dev": 50}, 6)


def test_unknown_task_lists_the_choices(no_data):
    assert "choose from" in settled(RunConfig(task="nothing")).plan.errors["task"]


def test_hub_task_without_hub_names_the_ways_out(no_data):
    known = settled(RunConfig(task="RTE"))
    assert not known.possible
    assert "LAB_DATA" in known.plan.errors["task"]
    assert outlook.needs_hub(known, RunConfig(task="RTE"))
    assert not outlook.needs_hub(settled(RunConfig(task="RTEE")), RunConfig(task="RTEE"))
    assert settled(outlook.on_demo(RunConfig(task="RTE").replace({"model.variant": "light"}))).possible


def test_folder_without_weights_is_told(no_data, tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "mobilebert"}')
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n")
    known = settled(RunConfig(model=str(tmp_path)))
    assert known.possible
    assert "andom weights" in outlook.remarks(known)[0]


def test_missing_file_is_said_at_the_file(no_data):
    assert set(settled(RunConfig(task="file")).plan.errors) == {"data.file"}
    gone = settled(RunConfig(task="file").replace({"data.file": "/no/such.csv"})).plan
    assert "does not exist" in gone.errors["data.file"]


def test_changes_hold_for_all_runs_of_a_recipe_but_not_for_what_tells_them_apart():
    pair = RECIPES["ce-joint"].configs
    runs = outlook.variants(pair[0].replace({"train.epochs": 1, "train.loss": "joint", "run.name": ""}), pair)
    assert [run.train.loss for run in runs] == ["ce", "supcon_textbook"]
    assert [run.train.epochs for run in runs] == [1, 1]
    assert [run.run.name for run in runs] == ["demo-intents / cross-entropy", "demo-intents / contrastive"]
    assert outlook.varied_keys(runs) == ["train.loss"]


def test_name_that_is_typed_holds_for_every_run_and_an_own_file_names_them():
    pair = RECIPES["ce-joint"].configs
    named = outlook.variants(RunConfig().replace({"run.name": "mine"}), pair)
    assert [run.run.name for run in named] == ["mine / cross-entropy", "mine / contrastive"]
    own = outlook.variants(RunConfig(task="file").replace({"data.file": "/a/b/reviews.csv"}), pair)
    assert [run.run.name for run in own] == ["reviews / cross-entropy", "reviews / contrastive"]


def test_single_recipe_is_what_the_form_says():
    base = RunConfig().replace({"train.loss": "joint"})
    assert outlook.variants(base, RECIPES["quick-demo"].configs) == [base]


@pytest.mark.timeout(150)
def test_time_memory_and_trainable_parameters_are_said_before_the_click(no_data, run_root):
    config = RunConfig().replace({"data.max_train_rows": 64, "train.max_steps": 2})
    known = settled(config, timed=True)
    assert known.plan.time.seconds > 0
    figures = {label: (value, remark) for label, value, remark in outlook.plan_figures(known, [config])}
    # Six layers, r 8, on query (64 + 64) and value (128 + 64), and a head of 6 x 129.
    assert figures["trainable parameters"][0] == f"{6 * 8 * (128 + 192) + 6 * 129:,}"
    assert figures["estimated time"][0].endswith(" s")
    assert "MiB" in figures["estimated memory"][0]


def test_what_stands_in_the_way_is_said_with_its_fields_name(no_data, run_root):
    known = settled(RunConfig(), RunConfig(task="nothing"))
    (said,) = outlook.problems({}, known)
    assert said.startswith("Task: unknown task")
    assert outlook.problems({"": "the grid is empty"}, outlook.Outlook()) == ["the grid is empty"]


def test_what_is_wrong_names_the_field_as_the_form_does():
    config, wrong = forms.check({**RunConfig().to_dict(), "data.max_length": 100_000})
    assert config is None
    (said,) = outlook.problems(wrong, outlook.Outlook())
    assert said.startswith("“Word pieces, at most” is 100000; it must lie between")
    typed = "unknown key 'train.los'; did you mean 'train.loss'?"
    assert outlook.problems({"": typed}, outlook.Outlook()) == [typed]  # who types keys is answered with keys
    assert form_layout.for_people("train.loss=ce has no data.text.csv") == "“Loss” = ce has no data.text.csv"
    shares = "data.hold_out=0.4 (was 0.2), train.lr=0.4; augment.fraction is 3.0; it must lie between 0 and 1"
    assert form_layout.for_people(shares) == (
        "“Share held out (%)” = 40 (was 20), “Peak learning rate” = 0.4; “Share of rows (%)” is 300 %; it must lie "
        "between 0 and 100 %"
    )


def test_a_finding_stands_with_its_figures():
    found = {"why": "training rows of each class", "example": "pos: 19, neg: 21"}
    assert outlook.finding_told(found) == "Training rows of each class: pos: 19, neg: 21"
    assert outlook.finding_told({**found, "example": ""}) == "Training rows of each class"
