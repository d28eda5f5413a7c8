"""How fast a run will be: as a like one was, or as a few steps are."""

from __future__ import annotations

import pytest
import torch

from core.config import RunConfig
from core.data.rows import Corpus, Rows
from core.plan.check import check
from core.plan.speed import Speed, SpeedQuestion, _timed, known_speed, measure, question, run_seconds, speed_key
from core.runs.folder.store import Store
from core.sections import TrainConfig
from core.tasks import get_task
from core.train.steps import count_steps

SMALL = {"data.max_train_rows": 64, "data.max_eval_rows": 32, "train.batch_size": 16}


@pytest.fixture
def like_run(run_root):
    """A finished run of 8 steps at 40 rows a second, 3 s from start to first step, evaluations of 0.5 s."""
    store = Store()
    run = store.create(RunConfig().replace(SMALL))
    began = 1_000_000.0
    clock = began + 3
    run.append_metrics({"step": 0, "epoch": 0.0, "eval_loss": 1.0, "time": clock})
    for step in range(1, 9):
        clock += 0.4
        run.append_metrics({"step": step, "epoch": 0.0, "loss": 1.0, "examples_per_s": 40.0, "time": clock})
        if step % 4 == 0:
            clock += 0.5
            run.append_metrics({"step": step, "epoch": 0.0, "eval_loss": 1.0, "time": clock})
    run.set_status(state="finished", started=began, ended=clock + 1)
    return run


def test_seconds_add_up():
    speed = Speed(start_s=5, step_s=0.5, eval_s=2, source="measured")
    # 100 rows in batches of 32 are 4 steps an epoch, 12 in three; every second step is evaluated: 6 times; 1 s to save.
    assert run_seconds(speed, count_steps(TrainConfig(), 100)) == 5 + 12 * 0.5 + 6 * 2 + 1
    assert run_seconds(speed, count_steps(TrainConfig(max_steps=3, eval_every=2), 100)) == 5 + 3 * 0.5 + 2 * 2 + 1


def test_slow_steps_count_but_not_the_first_and_not_a_night_asleep(run_root):
    store, clock = Store(), 1_000_003.0
    run = store.create(RunConfig().replace(SMALL))
    for step, seconds in enumerate((9.0, 0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 36_000.0), start=1):
        clock += seconds
        run.append_metrics({"step": step, "epoch": 0.0, "loss": 1.0, "examples_per_s": 16 / seconds, "time": clock})
    run.append_metrics({"step": 8, "epoch": 0.0, "eval_loss": 1.0, "time": clock + 0.5})
    run.set_status(state="finished", started=1_000_000.0, ended=clock + 1)
    speed = known_speed(run.config(), store.list(), store)
    assert speed is not None
    assert speed.step_s == pytest.approx((4 * 0.25 + 2 * 0.75 + 10 * 0.25) / 7)


def test_like_run_tells_the_pace(like_run):
    store = Store()
    config = RunConfig().replace({**SMALL, "train.loss": "joint", "seed": 99, "data.max_train_rows": 640})
    speed = known_speed(config, store.list(), store)
    assert speed == Speed(pytest.approx(3), pytest.approx(0.4), pytest.approx(0.5), f"run {like_run.id}")
    slower = config.replace({"train.batch_size": 32})
    assert speed_key(slower) != speed_key(config)
    assert known_speed(slower, store.list(), store) is None


def test_forecast_from_like_runs_shares_them_out_over_the_slots(like_run):
    config = RunConfig().replace(SMALL)
    (store := Store()).root.mkdir(exist_ok=True)
    from core.runs.local.launcher import LocalLauncher

    LocalLauncher(store).slots = 1
    one, two = (check(runs, store).time for runs in ([config], [config, config.replace({"seed": 14})]))
    # 4 steps an epoch, 12 in all, evaluated every second one.
    assert one.seconds == pytest.approx(3 + 12 * 0.4 + 6 * 0.5 + 1)
    assert two.seconds == pytest.approx(2 * one.seconds)
    assert not one.timed
    LocalLauncher(store).slots = 2
    assert check([config, config.replace({"seed": 14})], store).time.seconds == pytest.approx(one.seconds)


def test_unlike_run_is_timed_with_the_real_model(run_root, tiny_model_dir):
    from core.data.sources import load_corpus

    config = RunConfig(model=str(tiny_model_dir)).replace(SMALL)
    (speed,) = measure([question(config, load_corpus(config), 4)], threads=1)
    assert speed.source == "measured"
    assert 0 < speed.step_s < speed.start_s
    assert speed.eval_s > 0
    ahead = check([config], Store()).time  # asked once only: now known
    assert ahead.timed
    assert ahead.seconds == pytest.approx(run_seconds(speed, count_steps(config.train, 64)))


def test_an_evaluation_is_timed_in_fp32_as_it_is_computed_whatever_a_run_trains_in(tiny_model_dir):
    seen = set()

    def look(module, _inputs):
        if type(module).__name__.endswith("ForSequenceClassification"):
            seen.add(("training" if module.training else "evaluation", torch.is_autocast_enabled("cpu")))

    config = RunConfig(model=str(tiny_model_dir)).replace({**SMALL, "train.precision": "bf16"})
    hook = torch.nn.modules.module.register_module_forward_pre_hook(look)
    try:
        _timed(SpeedQuestion(config, 2, 8, 8, 4))
    finally:
        hook.remove()
    assert seen == {("training", True), ("evaluation", False)}


def test_measure_that_fails_says_why(run_root, tmp_path):
    with pytest.raises(ValueError, match=r"config\.json"):
        measure([SpeedQuestion(RunConfig(model=str(tmp_path)), 2, 8, 8, 32)], threads=1)


def test_a_token_budget_is_timed_in_batches_of_the_size_it_makes():
    rows = Rows(["a b c d e f g h"] * 90 + ["a " * 78] * 10, None, [0, 1] * 50)  # 12 and 96 pieces, about
    corpus = Corpus(get_task("demo-intents"), rows, {"dev": rows})
    asked = question(RunConfig().replace({"train.token_budget": 192}), corpus, 11)
    assert (asked.batch, asked.pieces) == (9, 21)  # 100 rows in 11 batches; 9 of 21 pieces fill 192
