"""A head that guesses masked words is known by its tensors: one that transformers would draw anew is none."""

from __future__ import annotations

import json
import shutil

import pytest

from core.analysis.preview import guesser_lack
from core.augment.methods.context import ContextModel
from core.config import RunConfig
from core.demo import DEMO_MODEL_DIR
from core.model.encoders import ENCODERS
from core.model.masked_head import _MOBILEBERT, _own_weights, lacks_masked_head
from core.model.source import read_config, resolve_model
from tests.tiny_encoders import make_encoder


@pytest.mark.parametrize("kind", ENCODERS)
def test_every_kind_has_the_head_where_it_was_saved_with_it_and_lacks_it_as_body_and_as_classifier(kind, tmp_path):
    from transformers import AutoConfig, AutoModelForMaskedLM

    classifier = make_encoder(kind, tmp_path / "classifier")
    body = make_encoder(kind, tmp_path / "body", body_only=True)
    whole = tmp_path / "whole"
    shutil.copytree(body, whole)
    AutoModelForMaskedLM.from_config(AutoConfig.from_pretrained(body)).save_pretrained(whole)
    assert lacks_masked_head(resolve_model(str(whole))) == ""
    for folder in (classifier, body):
        assert "no masked-language-model head" in lacks_masked_head(resolve_model(str(folder)))
        with pytest.raises(ValueError, match="no masked-language-model head"):  # as where it comes from the hub
            ContextModel.load(folder)


def test_the_demo_has_it_by_the_names_that_its_class_says():
    assert lacks_masked_head(resolve_model("demo")) == ""
    assert _own_weights(json.dumps(read_config(DEMO_MODEL_DIR), sort_keys=True)) == _MOBILEBERT


def test_it_is_asked_for_by_the_methods_that_guess_alone(tmp_path):
    config = RunConfig(model=str(make_encoder("bert", tmp_path, body_only=True)))
    source = resolve_model(config.model)
    guesses = config.replace({"augment.methods": "swap,context"})
    assert "leave the method out" in guesser_lack(guesses, source)
    assert guesser_lack(config, source) == guesser_lack(guesses.replace({"augment.mode": "none"}), source) == ""
    (tmp_path / "model.safetensors").unlink()
    assert "has no weights" in guesser_lack(guesses, resolve_model(config.model))
