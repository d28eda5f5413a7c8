"""What None means: the rate of a run that names none, and that one's own file learns with it the first time."""

from __future__ import annotations

import json
import shutil

import pytest

from core.config import RunConfig
from core.data.rows import Corpus, Rows
from core.data.sources import load_corpus
from core.runs.folder.store import Store
from core.sections import TrainConfig
from core.tasks import get_task
from core.train.defaults import encoder_lr, resolved
from core.train.fit import fit
from core.train.steps import count_steps


def rate(task, model, rows=2000, **changes):
    config = RunConfig(task=task, model=str(model)).replace({k.replace("__", "."): v for k, v in changes.items()})
    corpus = Corpus(get_task(task), Rows(["a"] * rows, None, [0] * rows))
    return resolved(config, corpus)["train.lr"]


@pytest.fixture
def wide(tiny_model_dir, tmp_path):
    """`wide(512)`: a folder whose config.json says so; its weights do not matter."""

    def folder(width):
        made = shutil.copytree(tiny_model_dir, tmp_path / str(width))
        values = json.loads((made / "config.json").read_text())
        (made / "config.json").write_text(json.dumps({**values, "hidden_size": width}))
        return made

    return folder


def test_the_papers_rates_stand_for_the_published_size(wide):
    published = wide(512)
    assert rate("BoolQ", published) == 5e-4
    assert rate("RTE", published) == 7e-5
    assert rate("CoLA", published) == 1e-4
    assert rate("demo-intents", published) == 1e-4
    assert rate("RTE", published, rows=64) == 7e-5


def test_small_models_take_higher_rates_adapters_with_few_steps_the_highest(wide):
    assert rate("demo-intents", "demo") == 2e-3
    assert rate("CoLA", "demo") == 2e-3
    assert rate("RTE", "demo") == pytest.approx(1.4e-3)
    assert rate("demo-intents", "demo", rows=192) == 4e-3  # 18 steps
    assert rate("demo-intents", "demo", rows=192, train__epochs=8) == 2e-3  # 48
    assert rate("demo-intents", "demo", rows=192, lora__enabled=False) == 1e-3
    assert rate("BoolQ", "demo", lora__enabled=False) == 1e-3
    assert rate("BoolQ", "demo") == 4e-3
    # Half way between 128 and 512 on a logarithmic scale: the square root of 20.
    assert rate("demo-intents", wide(256)) == pytest.approx(1e-4 * 20**0.5, rel=0.02)


def test_a_named_rate_is_taken_as_it_is():
    assert rate("demo-intents", "demo", train__lr=3e-5) == 3e-5


def test_steps_and_evaluations_are_counted():
    config = RunConfig().replace({"train.epochs": 2.5, "train.batch_size": 30})
    found = resolved(config, Corpus(get_task("demo-intents"), Rows(["a"] * 100, None, [0] * 100)))
    assert found["train.max_steps"] == 10  # 4 an epoch
    assert (found["train.eval_every"], found["train.epochs"]) == (2, 2.5)


def test_a_file_of_192_rows_learns_the_first_time(run_root, tmp_path):
    """With nothing set but the epochs: 192 rows of demo-intents as somebody's own CSV."""
    corpus = load_corpus(RunConfig())
    path = tmp_path / "own.csv"
    rows = zip(corpus.train.texts[:192], corpus.train.labels[:192], strict=True)
    lines = ['"' + text.replace('"', '""') + f'",{corpus.task.labels[label]}' for text, label in rows]
    path.write_text("\n".join(["text,label", *lines]))
    run = Store().create(RunConfig(task=str(path)).replace({"train.epochs": 8}))
    assert fit(run) == "finished"
    assert run.status().verdict.startswith("learned: accuracy")
    assert run.status().metrics["accuracy"] > 0.7


def test_an_encoder_of_another_kind_has_rates_of_its_own():
    """2e-3 with adapters and 1e-4 without at 384 wide, half of that at 768, twice for few steps."""
    assert encoder_lr(True, 384, 100) == 2e-3
    assert encoder_lr(True, 384, 39) == 4e-3
    assert encoder_lr(True, 768, 100) == 1e-3
    assert encoder_lr(False, 384, 39) == 2e-4
    assert encoder_lr(False, 384, 100) == 1e-4
    assert encoder_lr(False, 768, 100) == 5e-5


@pytest.mark.parametrize(("rows", "epochs"), [(40, 16), (120, 16), (220, 9), (500, 4), (640, 3), (50_000, 3)])
def test_a_small_own_file_is_passed_over_until_some_1920_examples_were_seen(rows, epochs):
    assert count_steps(TrainConfig(), rows, own=True).total == epochs * -(-rows // 32)
    assert count_steps(TrainConfig(), rows).total == 3 * -(-rows // 32)
    assert count_steps(TrainConfig(epochs=2), rows, own=True).total == 2 * -(-rows // 32)
