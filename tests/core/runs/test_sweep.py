import statistics

import pytest

from core.config import RunConfig
from core.runs.store import RunError
from core.runs.sweep import PRESETS, count_runs, create_sweep, expand_grid, parse_grid, sweep_frame

GRID = {"augment.fraction": ["0", "0.2"], "train.loss": ["ce", "joint"]}


def test_every_combination_comes_seed_by_seed():
    configs = expand_grid(RunConfig(), GRID, [5, 7])
    assert [(c.seed, c.augment.fraction, c.train.loss) for c in configs] == [
        (seed, fraction, loss) for seed in (5, 7) for fraction in (0, 0.2) for loss in ("ce", "joint")
    ]
    assert count_runs(GRID, [5, 7]) == 8


def test_runs_of_a_seed_differ_in_nothing_but_the_grid():
    first, *others = expand_grid(RunConfig(), GRID, [5])
    for other in others:
        assert set(first.differences(other)) <= set(GRID)


def test_presets_are_grids():
    for grid in PRESETS.values():
        assert expand_grid(RunConfig(), grid, [0, 1])


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
        ({f"{key}": ["1"] * 10**6 for key in ("seed2", "lora.r")}, [0], "unknown key"),
        ({"lora.r": ["1"] * 10**6, "train.epochs": ["1"] * 10**6}, [0], "1,000,000,000,000 runs"),
    ],
)
def test_bad_grid_says_why(grid, seeds, message):
    with pytest.raises(ValueError, match=message):
        expand_grid(RunConfig(), grid, seeds)


def test_grid_is_read_off_the_command_line():
    grid = parse_grid(["augment.fraction=0, 0.1", "augment.methods=synonym+swap,typo", "task=RTE"])
    assert grid == {"augment.fraction": ["0", "0.1"], "augment.methods": ["synonym,swap", "typo"], "task": ["RTE"]}
    assert expand_grid(RunConfig(), grid, [0])[0].augment.methods == ("synonym", "swap")
    for bad in (["a"], ["task=RTE", "task=CoLA"]):
        with pytest.raises(ValueError, match=r"KEY=VALUE|twice"):
            parse_grid(bad)


def test_results_have_mean_and_spread_over_seeds(store):
    sweep = create_sweep(store, RunConfig(), GRID, [1, 2, 3], name="ratio")
    assert len(sweep.runs) == 12
    scores = {}
    for number, run in enumerate(sweep.runs[:-1]):  # the last one has not finished
        config = run.config()
        score = 0.5 + 0.01 * number**2
        scores.setdefault((config.augment.fraction, config.train.loss), []).append(score)
        run.set_status(state="finished", score={"accuracy": score})
    infos = store.list()
    assert {info.meta.sweep for info in infos} == {sweep.id}
    assert any(info.name == "ratio fraction=0.2 loss=joint seed=3" for info in infos)
    frame = sweep_frame(infos, sweep.id)
    assert len(frame) == 4
    for line in frame.to_dict("records"):
        expected = scores[line["augment.fraction"], line["train.loss"]]
        assert line["n"] == len(expected)
        assert line["mean"] == pytest.approx(statistics.mean(expected))
        assert line["spread"] == pytest.approx(statistics.stdev(expected))
        assert (line["low"], line["high"]) == (min(expected), max(expected))
    assert sweep_frame(infos, "another").empty


def test_sweep_that_does_not_fit_leaves_no_runs(small_disk, fill):
    from core.runs.store import Store

    store = Store(small_disk)
    seeds = list(range(100))  # four small files each: the disk holds 200 files
    with pytest.raises(RunError, match="disk is full"):
        create_sweep(store, RunConfig(), {"train.loss": ["ce"]}, seeds)
    assert store.list() == []
