"""Every difference that can explain a figure is found, and nothing that cannot is called one."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis import fairness
from core.analysis.fairness import without_seed
from core.config import RunConfig
from core.runs.folder.store import Run, Store


@pytest.fixture
def make(run_root):
    def make_run(state: str = "finished", step: int = 40, texts: int = 12, suffix: str = "", **changes: object) -> Run:
        run = Store().create(RunConfig().replace(changes))
        run.set_status(state=state, step=step, of=40)
        run.save_eval_rows([{"row": i, "text": f"text {i}{suffix}", "label": i % 2} for i in range(texts)])
        for kept in range(0, step + 1, 10):
            run.save_embeddings(kept, np.zeros((texts, 3)), np.eye(2)[[0, 1] * (texts // 2)], [0, 1] * (texts // 2),
                                range(texts))  # fmt: skip
        return run

    return make_run


def test_pair_that_differs_in_the_loss_alone_is_fair(make):
    judged = fairness.judge([make(), make(**{"train.loss": "joint", "run.name": "other", "run.cpus": 2})])
    assert judged.fair
    assert "fair comparison" in judged.sentence()


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [("seed", 14, "13 and 14"), ("train.epochs", 4, "by the number of rows and 4.0"), ("lora.r", 4, "8 and 4")],
)
def test_other_settings_are_named_with_their_values(make, key, value, shown):
    judged = fairness.judge([make(), make(**{"train.loss": "joint", key: value})])
    assert judged.keys == [key]
    assert f"{key} ({shown})" in judged.sentence()


def test_what_changes_no_number_is_no_difference(make):
    assert fairness.judge([make(), make(**{"train.keep_checkpoints": 3, "train.checkpoint_every": 7})]).fair


def test_stopped_run_beside_a_finished_one_is_not_fair(make):
    judged = fairness.judge([make(), make("stopped", step=20)])
    assert judged.keys == [fairness.STEPS, fairness.STATE]
    assert "stopped at step 20 of 40" in judged.sentence()


def test_step_that_both_have_passed_is_fair_even_where_one_was_stopped_later(make):
    first, second = make(), make("stopped", step=20)
    assert fairness.judge([first, second], steps={first.id: 10, second.id: 10}).fair
    assert not fairness.judge([first, second], steps={first.id: 20, second.id: 20}).fair


def test_steps_that_were_chosen_are_not_called_the_steps_trained(make):
    first, second = make(), make(**{"train.loss": "joint"})
    judged = fairness.judge([first, second], steps={first.id: 20, second.id: 40})
    assert "differ in the steps shown (20 and 40)" in judged.sentence()


def test_same_row_numbers_with_other_texts_are_other_rows(make):
    assert fairness.judge([make(), make(suffix="!")]).keys == [fairness.ROWS]
    assert fairness.judge([make(), make(texts=8)]).keys == [fairness.ROWS]


def test_three_runs_are_compared_with_each_other(make):
    assert fairness.judge([make(), make(), make(seed=1)]).keys == ["seed"]


def test_what_runs_computed_with_is_compared_where_both_tell():
    one = {"computed": {"threads": 1, "versions": {"torch": "2.13.0"}, "dictionary": "a1"}}
    two = {"computed": {"threads": 2, "versions": {"torch": "2.13.0"}, "dictionary": "b2"}}
    assert [found.key for found in fairness.computed([one, two, {}])] == ["threads", "dictionary"]
    assert fairness.computed([one, {}]) == []
    three = {"computed": {**one["computed"], "versions": {"torch": "2.14.0"}}}
    assert [found.text for found in fairness.computed([one, three])] == ["versions torch (2.13.0 and 2.14.0)"]


def test_sweep_is_judged_seed_by_seed_in_what_it_does_not_vary(make):
    runs = [make(**{"augment.fraction": f, "seed": s}) for s in (0, 1) for f in (0.0, 0.1)]
    infos = [info for info in Store().list() if info.id in {run.id for run in runs}]
    assert fairness.of_sweep(infos, ["augment.fraction"], Store()).fair
    assert fairness.of_sweep(infos, ["lora.r"], Store()).keys == ["augment.fraction"]


@pytest.mark.parametrize(("parts", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_lists_read_as_people_say_them(parts, text):
    assert fairness.listed(parts) == text


def test_settings_of_what_is_switched_off_tell_nothing_apart():
    off = RunConfig(seed=4).replace({"augment.mode": "none", "lora.enabled": False, "run.name": "one"})
    other = off.replace({"augment.fraction": 0.4, "lora.r": 2, "model.rank": 3, "seed": 5})
    assert without_seed(off) == without_seed(other)
    on = RunConfig()
    for changes in ({"augment.fraction": 0.4}, {"lora.r": 2}, {"model.variant": "light"}, {"augment.mode": "none"}):
        assert without_seed(on) != without_seed(on.replace(changes))
    flat = off.to_dict()
    assert fairness.in_words(flat, ["augment.mode", "augment.fraction", "lora.r", "train.loss"]) == (
        "augmentation not at all, loss cross-entropy"
    )
