"""A saved model: right by itself, by its own folder alone, and never other answers without a word."""

from __future__ import annotations

import copy
import json
import random
import shutil

import pytest
import torch
from peft import AutoPeftModelForSequenceClassification, PeftModel
from transformers import AutoModelForSequenceClassification

from core.analysis.export import formats
from core.analysis.predict import TrainedModel
from core.config import RunConfig
from core.data.rows import Corpus, Rows
from core.model.build import build_model
from core.model.build_notes import build_notes_of
from core.model.files import check_files
from core.model.saved import load_saved, save_model
from core.model.source import ModelError, resolve_model
from core.model.tokenizer import load_tokenizer
from core.tasks import get_task
from core.train.fingerprints import fingerprints_of
from tests.core.test_digests import flip

NAMES = ["bad", "good", "neither"]
CUTS = {
    "base": {},
    "bottom": {"model.variant": "light", "model.layers": 1, "model.rank": 8},
    "theseus": {"model.variant": "light", "model.layers": 1, "model.rank": 0, "model.keep": "theseus"},
}


def trained(folder, tiny_model_dir, lora=True, **changes):
    """A model whose adapters do something, saved; with its tokenizer and inputs."""
    config = RunConfig(model=str(tiny_model_dir)).replace({"lora.enabled": lora, **changes})
    tokenizer = load_tokenizer(resolve_model(config.model))
    model = build_model(config, 3, label_names=NAMES).eval()
    torch.manual_seed(1)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data.normal_(std=0.1)
    folder.mkdir()
    save_model(model, tokenizer, folder, {"model": config.model})
    return model, tokenizer(["where is my parcel", "no"], padding=True, return_tensors="pt")


def logits(model, batch):
    with torch.no_grad():
        return model(**batch).logits


def write_export(model, folder):
    """The same model as an exported adapter."""
    folder.mkdir()
    tokenizer = load_tokenizer(resolve_model(str(folder.parent / "model" / "base")))
    task = get_task("demo-intents")
    formats.write(TrainedModel(model, tokenizer, task, max_length=64, batch_size=2), "a-run", "adapter", folder)
    return folder


@pytest.mark.parametrize("lora", [True, False])
@pytest.mark.parametrize("cut", CUTS)
def test_it_answers_as_it_did_with_nothing_but_its_folder(tmp_path, tiny_model_dir, cut, lora):
    source = shutil.copytree(tiny_model_dir, tmp_path / "source")
    model, batch = trained(tmp_path / "model", source, lora, **CUTS[cut])
    shutil.rmtree(source)
    again = load_saved(tmp_path / "model")
    assert torch.equal(logits(again, batch), logits(model, batch))
    assert again.config.id2label == dict(enumerate(NAMES))
    assert again.config.label2id == {"bad": 0, "good": 1, "neither": 2}


def test_peft_by_itself_finds_the_base_and_its_class_names(tmp_path, tiny_model_dir):
    model, batch = trained(tmp_path / "model", tiny_model_dir)
    again = AutoPeftModelForSequenceClassification.from_pretrained(tmp_path / "model").eval()
    assert torch.equal(logits(again, batch), logits(model, batch))
    assert again.config.id2label == dict(enumerate(NAMES))
    about = json.loads((tmp_path / "model" / "base" / "made_from.json").read_text())
    assert about["model"] == str(tiny_model_dir)


@pytest.mark.parametrize("cut", ["bottom", "theseus"])
def test_the_adapter_of_a_cut_model_is_refused_on_the_whole_one(tmp_path, tiny_model_dir, cut):
    model, _ = trained(tmp_path / "model", tiny_model_dir, **CUTS[cut])
    exported = write_export(model, tmp_path / "export")
    whole = AutoModelForSequenceClassification.from_pretrained(
        tiny_model_dir, num_labels=3, ignore_mismatched_sizes=True
    )
    for folder in (tmp_path / "model", exported):
        with pytest.raises((ValueError, RuntimeError)):
            PeftModel.from_pretrained(copy.deepcopy(whole), folder)


@pytest.mark.parametrize("lora", [True, False])
def test_a_flipped_bit_in_any_of_its_files_is_refused_by_name(tmp_path, tiny_model_dir, lora):
    trained(tmp_path / "model", tiny_model_dir, lora)
    files = [path for path in sorted((tmp_path / "model").rglob("*")) if path.is_file()]
    assert len(files) >= (10 if lora else 5)
    for number, path in enumerate(files):
        whole = path.read_bytes()
        flip(path, random.Random(number))
        with pytest.raises(ModelError, match="damaged"):
            load_saved(tmp_path / "model")
        path.write_bytes(whole)
    load_saved(tmp_path / "model")


@pytest.mark.parametrize("cut", CUTS)
def test_a_run_with_lora_can_be_gone_on_from(tmp_path, tiny_model_dir, cut):
    source = shutil.copytree(tiny_model_dir, tmp_path / "source")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "status.json").write_text("{}")
    model, batch = trained(tmp_path / "run" / "model", source, **CUTS[cut])
    shutil.rmtree(source)
    for name in ("run/model", "run"):
        config = RunConfig(model=str(tmp_path / name)).replace({"lora.enabled": False, **CUTS[cut]})
        check_files(resolve_model(config.model))
        again = build_model(config, 3, label_names=NAMES[::-1]).eval()
        # The adapter is added into the weights, and the head's rows follow their class names.
        torch.testing.assert_close(logits(again, batch).flip(-1), logits(model, batch), atol=1e-4, rtol=1e-4)
        assert again.config.id2label == dict(enumerate(NAMES[::-1]))
        assert "matched by name" in build_notes_of(again)
    fresh = build_model(config, 2, label_names=["yes", "no"])
    assert fresh.classifier.out_features == 2
    assert "a new head" in build_notes_of(fresh)


def test_what_lies_below_an_adapter_is_checked_and_fingerprinted(tmp_path, tiny_model_dir):
    trained(tmp_path / "model", tiny_model_dir)
    corpus = Corpus(get_task("RTE"), Rows([], [], []), {}, "nowhere")
    plain = RunConfig().replace({"augment.mode": "none"})
    before = fingerprints_of(plain, corpus, tmp_path / "model")["model"]
    flip(tmp_path / "model" / "base" / "model.safetensors", random.Random(3))
    assert fingerprints_of(plain, corpus, tmp_path / "model")["model"] != before
    with pytest.raises(ModelError, match="damaged"):
        build_model(RunConfig(model=str(tmp_path / "model")), 3, label_names=NAMES)
    (tmp_path / "model" / "adapter_model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"without its weights"):
        resolve_model(str(tmp_path / "model"))
