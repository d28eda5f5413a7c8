"""Settings as people say them: one name, one unit."""

from __future__ import annotations

import pytest

from core import wording
from core.config import keys, types


def test_every_key_and_choice_that_has_a_name_is_there():
    named = {*wording.NAMES, *wording.CHOICES, *wording.NOTHING, *wording.UNITS}
    assert named <= set(keys())
    for key, titles in wording.CHOICES.items():
        assert set(titles) <= set(types()[key].choices), key


def test_no_two_settings_have_one_name():
    names = [wording.name(key) for key in keys()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_a_folder_is_called_by_as_much_of_its_path_as_tells_it_apart():
    called = wording.models(
        ["demo", "google/bert", "/data/one/bert", "/data/two/bert", "/data/two/tiny", "/data/tiny/"]
    )
    assert called == {
        "demo": "demo",
        "google/bert": "google/bert",
        "/data/one/bert": "one/bert",
        "/data/two/bert": "two/bert",
        "/data/two/tiny": "two/tiny",
        "/data/tiny/": "data/tiny",
    }
    assert wording.models(["/data/one/bert", "demo"])["/data/one/bert"] == "bert"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("augment.fraction", 0.1, "rows augmented 10 %"),
        ("train.loss", "ce", "loss cross-entropy"),
        ("data.max_train_rows", None, "training rows all"),
        ("data.max_train_rows", 1200, "training rows 1,200"),
        ("data.eval_file", "/srv/runs/.uploads/0ab363be13c1/held out.csv", "evaluation file held out.csv"),
        ("train.batch_size", 32, "batch size 32"),
        ("lora.enabled", False, "LoRA off"),
        ("augment.methods", ["swap", "typo"], "methods swap+typo"),
        ("train.lr", 0.002, "peak learning rate 0.002"),
        ("augment.weights", [], "method weights the task's"),
        ("augment.weights", [1.0, 0.5], "method weights 1+0.5"),
    ],
)
def test_a_setting_is_said_in_words(key, value, said):
    assert wording.said(key, value) == said


def test_axes_have_units():
    assert wording.axis("augment.fraction") == "rows augmented (%)"
    assert wording.axis("lora.r") == "LoRA rank"


@pytest.mark.parametrize(("stored", "entered"), [("0.1", "10"), ("0", "0"), ("0.07", "7"), ("1", "100")])
def test_shares_are_entered_in_percent(stored, entered):
    assert wording.as_entered("augment.fraction", stored) == entered
    assert wording.from_entered("augment.fraction", entered) == stored
    assert wording.from_entered("train.epochs", entered) == entered


def test_what_is_no_number_is_left_as_it_is():
    assert wording.from_entered("augment.fraction", "some") == "some"


def test_a_sentence_begins_with_a_capital_but_for_a_word_that_has_its_own():
    said = [wording.capital(text) for text in ("three rows", "t-SNE needs 8", "Ärger", "öl", "")]
    assert said == ["Three rows", "t-SNE needs 8", "Ärger", "Öl", ""]
