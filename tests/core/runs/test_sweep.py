import statistics

import pandas as pd
import pytest

from core.config import RunConfig
from core.runs.folder.store import RunError, Store
from core.runs.sweep import (
    Arm,
    create_sweep,
    expand,
    find_sweep,
    grid_arms,
    list_sweeps,
    parse_grid,
    parse_seeds,
    stop_sweep,
)
from core.runs.sweep_results import cell_order, curve_frame, paired_differences, sweep_frame

GRID = {"augment.fraction": ["0", "0.2"], "train.loss": ["ce", "joint"]}


def test_every_combination_comes_seed_by_seed():
    configs = expand(RunConfig(), grid_arms(GRID), [5, 7])
    assert [(c.seed, c.augment.fraction, c.train.loss) for c in configs] == [
        (seed, fraction, loss) for seed in (5, 7) for fraction in (0, 0.2) for loss in ("ce", "joint")
    ]


def test_runs_of_a_seed_differ_in_nothing_but_the_grid():
    first, *others = expand(RunConfig(), grid_arms(GRID), [5])
    for other in others:
        assert set(first.differences(other)) <= set(GRID)


@pytest.mark.parametrize(
    ("grid", "seeds", "message"),
    [
        ({"train.batch_size": [str(n) for n in range(1, 102)]}, [0, 1], "202 runs; 200"),
        ({"no.key": ["1"]}, [0], "unknown key"),
        ({"train.loss": []}, [0], "no value"),
        ({"train.loss": ["ce"]}, [], "at least one seed"),
        ({"train.loss": ["ce", "ce"]}, [0], "twice"),
        ({"train.loss": ["ce"]}, [1, 1], "twice"),
        ({"seed": ["1"]}, [1], "seeds"),
        ({"train.loss": ["scl"]}, [0], "unknown train.loss"),
        ({"lora.r": ["1"] * 10**6, "train.epochs": ["1"] * 10**6}, [0], "1,000,000,000,000 runs"),
    ],
)
def test_bad_grid_says_why(grid, seeds, message):
    with pytest.raises(ValueError, match=message):
        expand(RunConfig(), grid_arms(grid), seeds)


def test_grid_and_seeds_are_read_as_typed():
    grid = parse_grid(["augment.fraction=0, 0.1", "augment.methods=synonym+swap,typo", "task=RTE"])
    assert grid == {"augment.fraction": ["0", "0.1"], "augment.methods": ["synonym,swap", "typo"], "task": ["RTE"]}
    assert expand(RunConfig(), grid_arms(grid), [0])[0].augment.methods == ("synonym", "swap")
    for bad in (["a"], ["task=RTE", "task=CoLA"]):
        with pytest.raises(ValueError, match=r"KEY=VALUE|twice"):
            parse_grid(bad)
    assert parse_seeds(" 3, 1,") == [3, 1]
    with pytest.raises(RunError, match="whole numbers"):
        parse_seeds("1, two")


def finished(store, arms, seeds, score, metric="accuracy"):
    """A sweep whose runs have finished, but for the last one; `score(config)` is what each reached."""
    sweep = create_sweep(store, RunConfig(), arms, seeds, name="ratio")
    for run in sweep.runs[:-1]:
        run.set_status(state="finished", metrics={metric: score(run.config())})
    return find_sweep(store, sweep.id)


def test_results_have_mean_and_spread_over_seeds(store):
    scores = {}

    def score(config):
        value = 0.5 + 0.01 * (config.seed + 3 * config.augment.fraction) ** 2 + 0.1 * (config.train.loss == "joint")
        scores.setdefault((config.augment.fraction, config.train.loss), []).append(value)
        return value

    sweep = finished(store, grid_arms(GRID), [1, 2, 3], score)
    assert len(sweep.runs) == 12
    assert sweep.states == {"finished": 11, "queued": 1}
    assert sweep.is_active
    assert "-ratio-" in sweep.id
    assert sweep.runs[-1].name == "ratio: rows augmented 20 %, loss joint, seed 3"
    frame = sweep_frame(sweep)
    cells = [(0.0, "ce"), (0.0, "joint"), (0.2, "ce"), (0.2, "joint")]
    assert cell_order(sweep) == cells == list(zip(frame["augment.fraction"], frame["train.loss"], strict=True))
    for line in frame.to_dict("records"):
        expected = scores[line["augment.fraction"], line["train.loss"]]
        assert line["n"] == len(expected)
        assert line["seeds"] == [1, 2, 3][: len(expected)]
        assert line["mean"] == pytest.approx(statistics.mean(expected))
        assert line["spread"] == pytest.approx(statistics.stdev(expected))
        assert (line["low"], line["high"]) == (min(expected), max(expected))


def test_long_name_is_cut_before_what_tells_its_runs_apart_and_in_the_folder_after_a_word(store):
    name = (
        "losses and shares at many fractions of rows, as they were tried before the summer, again and again and again"
    )
    sweep = create_sweep(store, RunConfig(), [Arm({}, "as it was")], [1, 2], name=name)
    for seed, run in enumerate(sweep.runs, 1):
        assert run.meta().name.startswith("losses and shares at many fractions of rows")
        assert run.meta().name.endswith(f": as it was, seed {seed}")
        assert len(run.meta().name) == 120
    assert "-tried-before-the-summer-" in sweep.id


def test_named_arms_keep_their_names_and_the_first_is_compared_seed_by_seed(store):
    arms = [Arm({"train.loss": "joint"}, "whole"), Arm({"train.loss": "ce"}, "cross-entropy alone")]
    reached = {("joint", 1): 0.8, ("ce", 1): 0.7, ("joint", 2): 0.9, ("ce", 2): 0.6, ("joint", 3): 0.5}
    sweep = finished(store, arms, [1, 2, 3], lambda c: reached[c.train.loss, c.seed])
    assert sweep.keys == ("arm",)
    (line,) = paired_differences(sweep, "accuracy").to_dict("records")
    # Seed 3 has one run only and is no pair: (0.1 + 0.3) / 2, and their deviation from 0.2 is 0.1 each.
    assert (line["arm"], line["n"]) == ("cross-entropy alone", 2)
    assert line["difference"] == pytest.approx(0.2)
    assert line["spread"] == pytest.approx((0.1**2 + 0.1**2) ** 0.5)


def test_curves_are_means_over_the_seeds_that_have_got_there(store):
    sweep = finished(store, grid_arms({"lora.targets": ["query", "query,value"]}), [1, 2], lambda c: 0.5)
    frames = {
        info.id: pd.DataFrame([{"step": step, "loss": 1.0, "eval_accuracy": 0.1 * step + number} for step in (0, 5)])
        for number, info in enumerate(sweep.runs)
    }
    frames[sweep.runs[3].id].loc[1, "eval_accuracy"] = float("nan")
    frame = curve_frame(sweep, frames, "eval_accuracy")
    assert frame["lora.targets"].tolist() == ["query", "query", "query+value", "query+value"]
    assert frame["step"].tolist() == [0, 5, 0, 5]
    assert frame["n"].tolist() == [2, 2, 2, 1]
    # Runs 0 and 2 are of the first cell, 1 and 3 of the second; run 3 has not reached step 5.
    assert frame["mean"].tolist() == pytest.approx([1.0, 1.5, 2.0, 1.5])
    assert curve_frame(sweep, {}, "eval_accuracy").empty


def test_sweep_without_results_has_an_empty_table(store):
    sweep = find_sweep(store, create_sweep(store, RunConfig(), grid_arms({"train.lr": ["none", "1e-3"]}), [0]).id)
    assert sweep_frame(sweep).empty
    assert paired_differences(sweep, "accuracy").empty
    assert cell_order(sweep) == [("none",), (0.001,)]


def test_sweeps_are_listed_newest_first_and_by_their_own_runs(store):
    store.create(RunConfig())
    ids = [create_sweep(store, RunConfig(), grid_arms({"lora.r": ["2", "4"]}), [seed]).id for seed in (0, 1)]
    assert [sweep.id for sweep in list_sweeps(store.list())] == ids[::-1]
    with pytest.raises(RunError, match="no sweep 'other'"):
        find_sweep(store, "other")


def test_stopping_a_sweep_ends_what_waits_and_leaves_what_is_over(store):
    sweep = create_sweep(store, RunConfig(), grid_arms({"lora.r": ["2", "4", "8"]}), [0])
    sweep.runs[0].set_status(state="finished")
    stop_sweep(store, find_sweep(store, sweep.id))
    assert find_sweep(store, sweep.id).states == {"finished": 1, "stopped": 2}


def test_sweep_that_does_not_fit_leaves_no_runs(small_disk, fill):
    store = Store(small_disk)
    seeds = list(range(100))  # four small files each: the disk holds 200 files
    with pytest.raises(RunError, match="disk is full"):
        create_sweep(store, RunConfig(), grid_arms({"train.loss": ["ce"]}), seeds)
    assert store.list() == []
