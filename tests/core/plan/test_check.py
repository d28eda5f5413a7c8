"""What a model does not have is told before the run, in the words that the run itself would use."""

from __future__ import annotations

import shutil

import pytest

from core.config import RunConfig
from core.demo import DEMO_MODEL_DIR
from core.model.build import build_model
from core.model.limits import model_problems
from core.plan.check import check
from core.runs.folder.store import Store

LIGHT = {"model.variant": "light", "model.layers": 2, "model.rank": 4}


@pytest.mark.parametrize("changes", [{}, LIGHT, LIGHT | {"model.rank": 0}])
def test_targets_that_lora_can_adapt_are_those_of_the_built_model(changes):
    config = RunConfig().replace({**changes, "lora.targets": "quary"})
    with pytest.raises(ValueError, match="quary") as said:
        build_model(config, 2)
    assert model_problems(config) == {"lora.targets": str(said.value)}
    adaptable = str(said.value).partition("hoose from ")[2].strip("[]").replace("'", "").replace(" ", "")
    assert model_problems(config.replace({"lora.targets": adaptable})) == {}
    assert build_model(config.replace({"lora.targets": adaptable}), 2)


def test_more_layers_than_the_model_has_are_refused_before_the_run():
    config = RunConfig().replace({"task": "demo-intents", **LIGHT, "model.layers": 7})
    with pytest.raises(ValueError, match="7 layers asked for; this model has 6") as built:
        build_model(config, 2)
    plan = check([config], Store(), thorough=False)
    assert plan.errors == {"model.layers": str(built.value)}
    assert model_problems(config.replace({"model.variant": "base"})) == {}
    assert model_problems(config.replace({"model.layers": 6})) == {}


def test_targets_do_not_matter_without_lora():
    assert model_problems(RunConfig().replace({"lora.enabled": False, "lora.targets": "quary"})) == {}


def test_one_answer_holds_rows_steps_parameters_memory_and_time(run_root, no_data):
    config = RunConfig().replace({"data.max_train_rows": 70, "data.max_eval_rows": 40})
    plan = check([config], Store())
    assert plan.ok
    said = plan.to_dict()
    assert said["rows"] == {"train": 70, "dev": 40}
    assert said["steps"] == 9  # 3 epochs of 3 batches
    # Six layers, r 8, on query (64 + 64) and value (128 + 64), and a head of 6 x 129.
    assert said["parameters"]["trainable"] == 6 * 8 * (128 + 192) + 6 * 129
    assert said["time_s"] > 0
    assert said["memory_mb"] > 500
    assert said["data"]["kind"] == "classes"
    assert len(said["data"]["classes"]) == 6
    # Adapters with fewer than 40 steps take twice the demo's rate; careful methods change these shares of a text.
    strengths = {"swap": 0.05, "synonym": 0.05, "typo": 0.01}
    steps = {"train.lr": 4e-3, "train.epochs": 3, "train.max_steps": 9, "train.eval_every": 1}
    assert said["resolved"] == {**steps, "augment.strength": strengths}


def test_every_run_of_a_set_is_looked_at_and_each_fault_stands_at_its_key(run_root, no_data):
    runs = [
        RunConfig(),
        RunConfig().replace({"lora.targets": "quary", "train.loss": "joint", "train.batch_size": 1}),
        RunConfig(task="demo-intentss"),
        RunConfig(task="nowhere.csv"),
        RunConfig(model="/no/such/folder"),
        RunConfig().replace({"train.report_to": "mlflow"}),
    ]
    plan = check(runs, Store())
    assert plan.time is None
    assert set(plan.errors) >= {"lora.targets", "task", "model", "train.report_to", "data.file"}
    assert any("always zero" in note for note in plan.notes)


def test_a_run_that_cannot_fit_is_refused_with_what_lowers_it(run_root, no_data, monkeypatch):
    from core.plan import check as module

    monkeypatch.setattr(module, "machine_memory", lambda: (2**29, 2**28))
    said = check([RunConfig().replace({"train.batch_size": 64})], Store(), thorough=False).errors["train.batch_size"]
    assert "does not fit into this machine" in said
    assert "0.5 GiB are there" in said
    assert "train.batch_size=32" in said
    monkeypatch.setattr(module, "machine_memory", lambda: (2**40, 2**28))
    plan = check([RunConfig()], Store(), thorough=False)
    assert plan.ok
    assert any("beside what is open now" in note for note in plan.notes)


def test_a_score_with_a_contrastive_loss_is_said_to_fall_back(run_root, no_data, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("text,score\n" + "".join(f"text number {i},{i / 7:.3f}\n" for i in range(60)))
    config = RunConfig().replace({"data.file": str(path), "task": "file", "train.loss": "joint"})
    plan = check([config], Store(), thorough=False)
    assert any("squared error" in note for note in plan.notes)


def test_texts_longer_than_the_models_positions_are_refused_before_the_run(run_root, no_data, tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "mobilebert", "max_position_embeddings": 16}')
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n")
    plan = check([RunConfig(model=str(tmp_path))], Store(), thorough=False)
    assert plan.errors == {"data.max_length": "data.max_length is 128; this model has 16 positions"}


def test_a_method_that_guesses_is_refused_before_the_run_where_the_model_cannot(run_root, no_data, tmp_path):
    shutil.copytree(DEMO_MODEL_DIR, tmp_path, dirs_exist_ok=True)
    config = RunConfig(model=str(tmp_path)).replace({"augment.methods": "context"})
    assert check([config], Store(), thorough=False).ok
    for name in ("model.safetensors", "digests.json"):
        (tmp_path / name).unlink()
    assert "augment.methods" in check([config], Store(), thorough=False).errors
