"""A sweep's cells are said to compare fairly, or why not."""

from __future__ import annotations

from core.config import RunConfig
from core.runs.folder.store import Store
from core.runs.sweep import Arm, create_sweep, grid_arms, list_sweeps
from dashboard.sweeps import panels


def finished(arms: list[Arm], seeds: list[int]):
    sweep = create_sweep(Store(), RunConfig(), arms, seeds)
    for run in sweep.runs:
        run.set_status(state="finished", step=10, of=10)
        run.save_eval_rows([{"row": 0, "text": "same", "label": 0}])
    return sweep


def test_cells_that_differ_in_what_is_swept_alone_are_fair(run_root):
    finished(grid_arms({"lora.r": ["4", "8"], "train.loss": ["ce", "joint"]}), [1, 2])
    assert panels.fairness_note(list_sweeps(Store().list())[0]) == ""


def test_cells_on_other_texts_are_not(run_root):
    sweep = finished(grid_arms({"lora.r": ["4", "8"]}), [1])
    sweep.runs[1].save_eval_rows([{"row": 0, "text": "another", "label": 0}])
    assert "the evaluation rows" in panels.fairness_note(list_sweeps(Store().list())[0])


def test_named_arms_are_judged_by_everything_but_their_settings(run_root):
    sweep = finished([Arm({"train.loss": "joint", "lora.r": "4"}, "whole"), Arm({"train.loss": "ce"}, "plain")], [1])
    assert panels.fairness_note(list_sweeps(Store().list())[0]) == ""
    sweep.runs[0].save_eval_rows([{"row": 0, "text": "another", "label": 0}])
    assert "the evaluation rows" in panels.fairness_note(list_sweeps(Store().list())[0])


def test_a_sweep_is_called_as_its_runs_are(run_root):
    arms = grid_arms({"train.loss": ["ce", "joint"], "augment.fraction": ["0.4"]})
    create_sweep(Store(), RunConfig(), arms, [1, 2], name="Losses, 40 % augmented")
    assert panels.title(list_sweeps(Store().list())[0]).startswith("Losses, 40 % augmented: demo-intents, 4 runs, ")


def test_a_sweep_without_a_name_is_called_by_its_task(run_root):
    create_sweep(Store(), RunConfig(), grid_arms({"train.loss": ["ce", "joint"]}), [1])
    assert panels.title(list_sweeps(Store().list())[0]).startswith("demo intents: demo-intents, 2 runs, ")
