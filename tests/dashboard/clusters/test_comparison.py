"""Which runs are compared by themselves, and what is said of them."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.runs.folder.store import Run, RunInfo, Status
from dashboard.clusters import comparison


def info(name: str, loss: str, created: float, **changes: object) -> RunInfo:
    config = RunConfig().replace({"train.loss": loss, **changes})
    return RunInfo(name, None, "finished", Status(created=created), config)  # type: ignore[arg-type]


def test_pair_is_the_newest_joint_run_with_its_nearest_partner():
    infos = [info("ce-late", "ce", 900), info("joint", "joint", 101), info("ce", "ce", 100), info("old", "joint", 1)]
    assert comparison.fair_pair(infos) == ["ce", "joint"]


def test_other_seed_makes_no_pair():
    assert comparison.fair_pair([info("ce", "ce", 1, seed=1), info("joint", "joint", 2)]) == []


def test_lone_choice_is_completed_to_its_pair_and_two_are_left_alone():
    infos = [info("joint", "joint", 3), info("ce", "ce", 2), info("sentiment", "ce", 1, task="demo-sentiment")]
    assert comparison.proposed(infos, ["ce"]) == ["ce", "joint"]
    assert comparison.proposed(infos, ["sentiment"]) == ["sentiment"]
    assert comparison.proposed(infos, ["sentiment", "ce"]) == ["sentiment", "ce"]
    assert comparison.proposed(infos, []) == ["ce", "joint"]


@pytest.mark.parametrize(
    ("colouring", "expected"), [("class", ["a", "b"]), ("prediction", ["a", "a"]), ("error", ["right", "wrong"])]
)
def test_rows_are_grouped_by_what_colours_them(colouring, expected, tmp_path):
    import numpy as np

    labels, predicted = np.array([0, 1]), np.array([0, 0])
    view = comparison.View("run", 1, np.zeros((2, 2)), labels, predicted, np.arange(2), None, 0.5)
    assert comparison.groups(view, {0: "a", 1: "b"}, colouring) == expected


def test_run_is_shown_at_its_last_kept_step_before_the_slider(run_root):
    import numpy as np

    from core.runs.folder.store import Store

    runs: list[Run] = []
    for steps in ((0, 10), (0, 20)):
        run = Store().create(RunConfig())
        for step in steps:
            pooled = np.random.default_rng(step).normal(size=(12, 4))
            run.save_embeddings(step, pooled, np.eye(2)[[0, 1] * 6], [0, 1] * 6, range(12))
        runs.append(run)
    assert comparison.steps_of(runs) == [0, 10, 20]
    drawn = comparison.views(runs, 15, "pca")
    assert [view.step for view in drawn] == [10, 0]
    assert "steps trained so far" in comparison.judge(runs, drawn).keys
