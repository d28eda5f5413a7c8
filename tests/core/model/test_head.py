"""A head taken over knows its classes by name; a head of other classes is drawn anew; and which it was is said."""

from __future__ import annotations

import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from core.config import RunConfig
from core.model.build import build_model
from core.model.build_notes import build_notes_of


@pytest.fixture
def finished(tiny_model_dir, tmp_path):
    """A model trained for three classes, as a folder, and its head."""
    names = {0: "good", 1: "bad", 2: "neither"}
    model = AutoModelForSequenceClassification.from_pretrained(
        tiny_model_dir, id2label=names, label2id={v: k for k, v in names.items()}, ignore_mismatched_sizes=True
    )
    model.save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(tiny_model_dir).save_pretrained(tmp_path)
    return tmp_path, model.classifier.weight.detach().clone()


def built(folder, names, lora=False):
    return build_model(RunConfig(model=str(folder)).replace({"lora.enabled": lora}), len(names), label_names=names)


def test_the_same_classes_go_on(finished):
    folder, head = finished
    model = built(folder, ["good", "bad", "neither"])
    assert torch.equal(model.classifier.weight, head)
    assert "own head goes on: it has these classes" in build_notes_of(model)


@pytest.mark.parametrize("lora", [True, False])
def test_classes_in_another_order_are_matched_by_name(finished, lora):
    folder, head = finished
    model = built(folder, ["bad", "good", "neither"], lora)
    weight = model.get_base_model().classifier.original_module.weight if lora else model.classifier.weight
    assert torch.equal(weight, head[[1, 0, 2]])
    assert "matched by name" in build_notes_of(model)
    assert model.config.id2label == {0: "bad", 1: "good", 2: "neither"}


def test_other_classes_in_equal_number_get_a_new_head_by_the_seed(finished):
    folder, head = finished
    model, again = (built(folder, ["refund", "booking", "other"]) for _ in range(2))
    for row in model.classifier.weight:
        assert not any(torch.equal(row, old) for old in head)
    assert torch.equal(model.classifier.weight, again.classifier.weight)
    assert "a new head: the model's own is for other classes (good, bad, neither)" in build_notes_of(model)


def test_a_head_without_names_is_no_head_for_named_classes(tiny_model_dir):
    head = AutoModelForSequenceClassification.from_pretrained(tiny_model_dir).classifier.weight
    assert not torch.equal(built(tiny_model_dir, ["no", "yes"]).classifier.weight, head)
