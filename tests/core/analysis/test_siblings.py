"""The other seeds of what is compared: all that each configuration has on the same rows, and nothing else."""

from __future__ import annotations

import shutil

import numpy as np

from core.analysis.siblings import siblings
from core.config import RunConfig
from core.runs.folder.store import Run, Store


def saved(seed: int = 13, loss: str = "ce", rows: int = 12) -> Run:
    run = Store().create(RunConfig().replace({"seed": seed, "train.loss": loss}))
    run.set_status(state="finished", step=1, of=1)
    labels = ([0, 1] * rows)[:rows]
    run.save_embeddings(1, np.zeros((rows, 4)), np.eye(2)[labels], labels, range(rows))
    run.save_eval_rows([{"row": i, "text": f"text {i}", "label": i % 2} for i in range(rows)])
    return run


def test_siblings_are_all_seeds_of_what_is_compared_and_nothing_else(run_root):
    first, second, other = saved(seed=1), saved(seed=2), saved(seed=1, loss="joint")
    found = siblings([first], Store().list(), Store())
    assert [run.id for run in found] == [first.id, second.id]
    assert other.id not in {run.id for run in found}


def test_a_seed_on_other_rows_is_no_sibling(run_root):
    first = saved(seed=1)
    saved(rows=10, seed=2)
    assert [run.id for run in siblings([first], Store().list(), Store())] == [first.id]


def test_only_seeds_that_every_configuration_has_join_a_comparison(run_root):
    """A further seed of one loss, which nobody chose, made a fair pair an unfair one."""
    ce = [saved(seed=seed) for seed in (1, 2, 3)]
    joint = [saved(seed=seed, loss="joint") for seed in (1, 3)]
    found = siblings([ce[0], joint[0]], Store().list(), Store())
    assert [run.id for run in found] == [run.id for run in (ce[0], ce[2], *joint)]


def test_a_seed_without_embeddings_is_no_sibling(run_root):
    first, bare = saved(seed=1), saved(seed=2)
    shutil.rmtree(bare.dir / "embeddings")
    assert [run.id for run in siblings([first], Store().list(), Store())] == [first.id]


def test_chosen_run_stands_for_its_seed_where_that_was_run_twice(run_root):
    chosen, again = saved(seed=1), saved(seed=1)
    assert [run.id for run in siblings([chosen], Store().list(), Store())] == [chosen.id]
    assert [run.id for run in siblings([again], Store().list(), Store())] == [again.id]
