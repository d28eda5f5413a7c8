"""The configuration: checked on construction, and one thing in JSON, in --set and in code."""

from __future__ import annotations

import json

import pytest

from core.config import RunConfig, keys, parse_assignments
from core.fields import ConfigError
from core.tasks import get_task


def test_json_round_trip_gives_an_equal_value():
    config = RunConfig(task="RTE", seed=7).replace({"lora.targets": "query,key", "train.lr": "7e-5"})
    assert RunConfig.from_json(config.to_json()) == config


def test_model_is_both_a_key_and_a_section():
    values = json.loads(RunConfig(model="some/hub-id").replace({"model.rank": 32}).to_json())
    assert values["model"] == "some/hub-id"
    assert values["model.rank"] == 32


def test_nested_sections_are_read_too():
    config = RunConfig.from_dict({"task": "CoLA", "lora": {"r": 4}, "train": {"loss": "joint"}})
    assert (config.lora.r, config.train.loss) == (4, "joint")


def test_a_configuration_with_the_old_names_of_columns_still_loads():
    old = RunConfig.from_json('{"task": "file", "data.text_column": "a", "data": {"label_column": "b"}}')
    assert (old.data.text, old.data.label, old.data.pair) == ("a", "b", None)
    assert RunConfig().replace({"data.pair_column": "c"}).data.pair == "c"


@pytest.mark.parametrize(
    ("typed", "task"),
    [("sst2", "SST-2"), ("STS B", "STS-B"), ("glue/cola", "CoLA"), ("Demo Intents", "demo-intents"), ("mnli-m", "MNLI"),
     ("mnli_mm", "MNLI-mismatched"), ("my/file.csv", "my/file.csv"), ("cola.csv", "cola.csv"), ("nosuch", "nosuch")],
)  # fmt: skip
def test_a_task_is_kept_by_the_tables_name_however_it_is_typed(typed, task):
    assert RunConfig(task=typed).task == task
    assert RunConfig.from_dict({"task": typed}) == RunConfig(task=task)


def test_the_evaluation_split_that_a_name_means_stays_the_first():
    assert get_task(RunConfig(task="mnli-mm").task).evals == ("mismatched", "matched")


@pytest.mark.parametrize("entry", ["a", "=b", "a=", " = "])
def test_a_fold_that_names_no_two_classes_is_refused(entry):
    with pytest.raises(ValueError, match=r"data.fold holds .*; write each as old=new"):
        RunConfig().replace({"data.fold": [entry]})


def test_defaults_are_those_of_the_command_line_reference():
    flat = RunConfig().to_dict()
    expected = {
        "model": "demo",
        "seed": 13,
        "data.max_length": 128,
        "augment.mode": "dynamic",
        "augment.fraction": 0.1,
        "augment.methods": ["synonym", "swap", "typo"],
        "augment.style": "careful",
        "model.variant": "base",
        "model.layers": 12,
        "model.keep": "bottom",
        "model.rank": 64,
        "lora.enabled": True,
        "lora.r": 8,
        "lora.alpha": 32,
        "lora.dropout": 0.1,
        "lora.targets": ["query", "value"],
        "train.loss": "ce",
        "train.optimizer": "lmbert_adam",
        "train.schedule": "third",
        "train.epochs": None,  # which is 3, and more for a small own file: `core.train.steps.default_epochs`
        "train.batch_size": 32,
        "train.weight_decay": 0.01,
        "train.precision": "auto",
        "run.executor": "local",
        "run.address": "",
        "run.cpus": 1,
        "run.gpus": 0,
        "run.workers": 1,
    }
    assert {key: flat[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("lora.r", "16", 16),
        ("train.lr", "1e-4", 1e-4),
        ("train.lr", "none", None),
        ("lora.enabled", "false", False),
        ("augment.methods", "swap, typo", ("swap", "typo")),
        ("train.epochs", "0.5", 0.5),
        ("data.max_train_rows", "128", 128),
    ],
)
def test_text_is_read_as_the_type_of_its_key(key, text, value):
    config = RunConfig().replace({key: text})
    stored = config.to_dict()[key]
    assert (tuple(stored) if isinstance(stored, list) else stored) == value


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"train.los": "ce"}, "unknown key 'train.los'; did you mean 'train.loss'"),
        ({"train.loss": "scl"}, r"unknown train.loss 'scl'; choose from \['ce', 'joint'"),
        ({"lora.r": "many"}, "lora.r is 'many'; it must be a whole number"),
        ({"lora.r": "2.5"}, "must be a whole number"),
        ({"lora.r": 0}, "lora.r is 0; it must lie between 1"),
        ({"train.lr": "nan"}, "must be a number"),
        ({"augment.fraction": 1.5}, "augment.fraction is 1.5"),
        ({"augment.methods": ""}, "augment.methods is empty"),
        ({"augment.methods": "swap,swap"}, "names a method twice"),
        ({"augment.weights": "1,2"}, "has 2 numbers for 3 methods"),
        ({"data.max_length": 1000}, "512 positions"),
        ({"augment.weights": "nan,1,1"}, "must be a list of numbers, with commas between"),
        ({"seed": -1}, "seed is -1; it must lie between 0 and 4294967295$"),
        ({"task": " "}, "task is empty"),
    ],
)
def test_a_bad_value_is_named_with_its_key(changes, said):
    with pytest.raises(ConfigError, match=said) as refused:
        RunConfig().replace(changes)
    assert [refused.value.key] == list(changes)


def test_broken_json_is_said_to_be_broken():
    with pytest.raises(ValueError, match="is not JSON"):
        RunConfig.from_json("{")
    with pytest.raises(ValueError, match="must be a JSON object"):
        RunConfig.from_json("[1]")


def test_differences_name_both_values():
    ce, joint = RunConfig(), RunConfig().replace({"train.loss": "joint"})
    assert ce.differences(joint) == {"train.loss": ("ce", "joint")}


def test_every_key_is_documented():
    assert all(text.strip() for text in keys().values())
    assert set(keys()) == set(RunConfig().to_dict())


def test_an_assignment_needs_an_equals_sign():
    assert parse_assignments(["a=b=c", " d = 1 "]) == {"a": "b=c", "d": "1"}
    with pytest.raises(ValueError, match="'oops' is not KEY=VALUE"):
        parse_assignments(["oops"])
