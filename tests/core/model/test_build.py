"""From a configuration to a model: what is trained, what is random, and that the seed decides it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer

from core.config import RunConfig
from core.model.build import build_model
from core.model.light_mobilebert import LightMobileBertForSequenceClassification
from core.model.source import ModelError, resolve_model
from core.model.tokenizer import load_tokenizer


def config(folder, **changes):
    small = {"model.layers": 2, "model.rank": 8}
    return RunConfig().replace({"model": str(folder), **small, **{k.replace("__", "."): v for k, v in changes.items()}})


def tensors(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def same(left, right):
    left, right = tensors(left), tensors(right)
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


def remove_weights(folder):
    (folder / "model.safetensors").unlink()
    return folder


@pytest.mark.parametrize("variant", ["base", "light"])
@pytest.mark.parametrize("lora", [True, False])
@pytest.mark.parametrize("weights", [True, False])
def test_same_seed_same_model_and_the_callers_randomness_is_left_alone(folder, variant, lora, weights):
    if not weights:
        remove_weights(folder)
    settings = config(folder, model__variant=variant, lora__enabled=lora)
    torch.manual_seed(99)
    before = torch.get_rng_state()
    first = build_model(settings, 3)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(5)
    assert same(first, build_model(settings, 3))
    assert not same(first, build_model(settings.replace({"seed": 14}), 3))
    assert first.training


def test_lora_trains_adapters_on_query_and_value_and_the_head(folder):
    model = build_model(config(folder, lora__r=2), 3)
    trained = {name for name, p in model.named_parameters() if p.requires_grad}
    assert all("lora_" in name or "classifier.modules_to_save" in name for name in trained)
    # per layer r x ((in + out) of query) + r x ((in + out) of value); head: hidden x labels + labels
    expected = 4 * 2 * ((32 + 32) + (48 + 32)) + 48 * 3 + 3
    assert sum(p.numel() for p in model.parameters() if p.requires_grad) == expected
    settings = model.peft_config["default"]
    assert (settings.lora_alpha, settings.lora_dropout, settings.bias) == (32, 0.1, "none")


def test_lora_on_a_light_model_adapts_the_shared_query_and_learns(folder):
    model = build_model(config(folder, model__variant="light", lora__r=2), 2)
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    assert sum(p.numel() for p in trained.values()) == 2 * 2 * ((32 + 8) + (48 + 32)) + 48 * 2 + 2
    assert any("attention.self.query.lora_A" in name for name in trained)
    model.eval()
    ids, labels = torch.arange(20).view(2, 10), torch.tensor([0, 1])
    optimizer = torch.optim.SGD(trained.values(), lr=1e-3)
    losses = []
    for _ in range(5):
        loss = model(input_ids=ids, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def test_merged_light_adapter_is_saved_and_loaded_as_a_plain_light_model(folder, tmp_path):
    model = build_model(config(folder, model__variant="light"), 2).eval()
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data.normal_()
    ids = torch.arange(20).view(2, 10)
    with torch.no_grad():
        adapted = model(input_ids=ids).logits
        merged = model.merge_and_unload()
        torch.testing.assert_close(merged(input_ids=ids).logits, adapted, rtol=1e-3, atol=1e-3)
        merged.save_pretrained(tmp_path / "merged")
        again = LightMobileBertForSequenceClassification.from_pretrained(tmp_path / "merged").eval()
        assert torch.equal(again(input_ids=ids).logits, merged(input_ids=ids).logits)


def test_run_continues_from_a_saved_light_folder(folder, tmp_path):
    light = build_model(config(folder, model__variant="light", lora__enabled=False), 2)
    AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path / "light")
    light.save_pretrained(tmp_path / "light")
    again = build_model(config(tmp_path / "light", lora__enabled=False), 2)
    assert same(light, again)
    assert same(light, build_model(config(tmp_path / "light", model__variant="light", lora__enabled=False), 2))
    with pytest.raises(ValueError, match="already, with 2 layers at rank 8"):
        build_model(config(tmp_path / "light", model__variant="light", model__layers=1), 2)
    assert load_tokenizer(resolve_model(str(tmp_path / "light"))).tokenize("GOOD film") == ["good", "film"]


def test_base_and_light_start_from_the_same_head(folder):
    base = build_model(config(folder, lora__enabled=False), 5)
    light = build_model(config(folder, lora__enabled=False, model__variant="light"), 5)
    assert base.classifier.weight.shape == (5, 48)
    assert torch.equal(base.classifier.weight, light.classifier.weight)


def test_half_precision_weights_are_trained_in_float32(folder):
    file = folder / "model.safetensors"
    save_file({name: tensor.half() for name, tensor in load_file(file).items()}, file, metadata={"format": "pt"})
    model = build_model(config(folder, lora__enabled=False), 2)
    assert {p.dtype for p in model.parameters()} == {torch.float32}


def test_labels_and_regression_reach_the_models_own_configuration(folder):
    model = build_model(config(folder, lora__enabled=False), 2, label_names=["bad", "good"])
    assert model.config.id2label == {0: "bad", 1: "good"}
    assert model.config.problem_type == "single_label_classification"
    regression = build_model(config(folder, lora__enabled=False), 1, regression=True)
    assert (regression.config.num_labels, regression.config.problem_type) == (1, "regression")
    with pytest.raises(ValueError, match="3 label names for 2 labels"):
        build_model(config(folder), 2, label_names=["a", "b", "c"])


def test_pooler_without_activation_is_kept_and_assumed(folder):
    text = (folder / "config.json").read_text()
    assert '"classifier_activation": false' in text
    (folder / "config.json").write_text(text.replace('"classifier_activation": false,', ""))
    model = build_model(config(folder, lora__enabled=False), 2)
    assert model.config.classifier_activation is False
    assert not hasattr(model.mobilebert.pooler, "dense")


def test_impossible_settings_name_the_choices(folder):
    with pytest.raises(ValueError, match="this model has 4"):
        build_model(config(folder, model__variant="light", model__layers=12), 2)
    with pytest.raises(ValueError, match=r"unknown lora.targets 'queries'; did you mean 'query'.*\[.*'query'.*'value'"):
        build_model(config(folder, lora__targets="queries,value"), 2)


def test_weights_that_do_not_fit_are_refused_not_replaced_by_random_ones(folder):
    file = folder / "model.safetensors"
    whole = load_file(file)
    save_file({k: v for k, v in whole.items() if ".layer.2." not in k}, file, metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"of this model's tensors, first mobilebert.encoder.layer.2"):
        build_model(config(folder), 2)
    whole["mobilebert.embeddings.word_embeddings.weight"] = torch.zeros(7, 16)
    save_file(whole, file, metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"other shapes than its config.json says"):
        build_model(config(folder), 2)
    file.write_bytes(b"damaged")
    with pytest.raises(ModelError, match="cannot be loaded"):
        build_model(config(folder), 2)


def test_tokenizer_lower_cases_without_its_configuration_and_knows_the_models_length(folder):
    (folder / "tokenizer_config.json").unlink()
    tokenizer = load_tokenizer(resolve_model(str(folder)))
    assert tokenizer.tokenize("Good FILM") == ["good", "film"]
    assert tokenizer.model_max_length == 64
    (folder / "tokenizer.json").write_text("{")
    (folder / "vocab.txt").unlink()
    with pytest.raises(ModelError, match=r"tokenizer in .* cannot be read"):
        load_tokenizer(resolve_model(str(folder)))


@pytest.mark.real_data
def test_real_configuration_gives_the_papers_counts_and_lower_cases():
    if not os.environ.get("LAB_DATA"):
        pytest.skip("LAB_DATA is not set")
    real = Path(os.environ["LAB_DATA"]) / "mobilebert-uncased"
    source = resolve_model(str(real))
    assert not source.has_weights
    assert "random weights" in source.note
    model = build_model(RunConfig(model=str(real)), 2)
    assert sum(p.numel() for p in model.parameters()) == 24_755_972
    assert sum(p.numel() for p in model.parameters() if p.requires_grad) == 173_058
    tokenizer = load_tokenizer(source)
    assert tokenizer.tokenize("Hello Berlin") == ["hello", "berlin"]
    assert tokenizer.model_max_length == 512
