"""Which runs are compared by themselves, and what is said of them."""

from __future__ import annotations

import numpy as np

from core.config import RunConfig
from core.runs.folder.store import Run, RunInfo, Status, Store
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


def saved(steps: tuple[int, ...], seed: int = 13, loss: str = "ce", rows: int = 12) -> Run:
    run = Store().create(RunConfig().replace({"seed": seed, "train.loss": loss}))
    run.set_status(state="finished", step=steps[-1], of=steps[-1])
    for step in steps:
        pooled = np.random.default_rng(step).normal(size=(rows, 4))
        labels = ([0, 1] * rows)[:rows]
        run.save_embeddings(step, pooled, np.eye(2)[labels], labels, range(rows))
    run.save_eval_rows([{"row": i, "text": f"text {i}", "label": i % 2} for i in range(rows)])
    return run


def test_run_is_shown_at_its_last_kept_step_before_the_slider(run_root):
    runs = [saved((0, 10)), saved((0, 20))]
    assert comparison.steps_of(runs) == [0, 10, 20]
    assert list(comparison.at_step(runs, 15).values()) == [10, 0]


def test_best_evaluation_ends_what_is_shown_of_each_run(run_root):
    runs = [saved((0, 10, 20)), saved((0, 10, 20)), saved((0, 10, 20))]
    runs[0].set_status(best={"step": 10, "accuracy": 0.9})
    runs[1].set_status(best={"step": 20, "accuracy": 0.9})
    assert list(comparison.at_step(runs, 20, "best").values()) == [10, 20, 20]  # the third has none
    assert list(comparison.at_step(runs, 5, "best").values()) == [0, 0, 0]
    assert list(comparison.at_step(runs, 20).values()) == [20, 20, 20]


def test_runs_on_other_rows_are_set_apart(run_root):
    first, second, third = saved((0,)), saved((0,), loss="joint"), saved((0,), rows=10)
    assert comparison.of_one_kind([first, second, third]) == ([first, second], [third])


def test_a_seed_on_other_rows_is_no_sibling(run_root):
    first = saved((0,), seed=1)
    saved((0,), rows=10, seed=2)
    assert [run.id for run in comparison.siblings([first], Store().list())] == [first.id]


def test_rows_are_read_once_until_they_change(run_root, monkeypatch):
    runs, read = [saved((0,)), saved((0,), loss="joint")], []
    load = Run.load_eval_rows
    monkeypatch.setattr(Run, "load_eval_rows", lambda run: read.append(run.id) or load(run))
    for _ in range(3):
        assert comparison.of_one_kind(runs) == (runs, [])
        assert comparison.texts(runs[0])[3] == "text 3"
    assert len(read) == 3  # both to compare them, the first for its texts
    other = [{"row": i, "text": "another", "label": i % 2} for i in range(12)]
    runs[0].save_eval_rows(other)
    assert comparison.texts(runs[0])[3] == "another"
    assert comparison.of_one_kind(runs) == ([runs[0]], [runs[1]])
