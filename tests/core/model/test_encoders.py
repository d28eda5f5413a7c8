"""Encoders of other kinds as starting models: built, adapted, counted and refused as MobileBERT is."""

from __future__ import annotations

import json
from functools import cache

import pytest
import torch

from core.config import RunConfig
from core.fields import ConfigError
from core.model.build import build_model, load_model
from core.model.build_notes import build_notes_of
from core.model.encoder_parts import layers_of
from core.model.encoders import ENCODERS, own_targets
from core.model.expected_notes import expected_notes
from core.model.files import check_files
from core.model.limits import model_problems, target_note
from core.model.memory import count, saved_bytes
from core.model.parameters import count_parameters
from core.model.pieces import load_pieces
from core.model.source import ModelError, resolve_model
from core.model.tokenizer import load_tokenizer
from core.model.variant import Structure
from core.train.evaluate import pooled_output
from tests.tiny_encoders import TEXTS, make_encoder

NAMES = {"distilbert": {"q_lin", "v_lin"}, "deberta-v2": {"query_proj", "value_proj"}, "deberta": {"in_proj"},
         "mpnet": {"q", "v"}, "modernbert": {"Wqkv"}}  # fmt: skip
"""What LoRA must sit on where a kind does not call it query and value."""
HEADS = {"distilbert": {"pre_classifier", "classifier"}, "deberta": {"pooler", "classifier"},
         "deberta-v2": {"pooler", "classifier"}, "modernbert": {"head", "classifier"}}  # fmt: skip


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    root = tmp_path_factory.mktemp("encoders")
    return cache(lambda kind: make_encoder(kind, root / kind))


def config_of(folder, **changes):
    short = {"data.max_length": 32}
    return RunConfig(model=str(folder)).replace({**short, **{k.replace("__", "."): v for k, v in changes.items()}})


@pytest.mark.parametrize("kind", ENCODERS)
def test_every_kind_is_adapted_at_query_and_value_and_answers_whatever_stands_beside(encoder, kind):
    config = config_of(encoder(kind))
    source = resolve_model(config.model)
    check_files(source)
    assert model_problems(config) == {}
    model = build_model(config, 3).eval()
    adapted = {name.split(".")[-4] for name, _ in model.named_parameters() if ".lora_A." in name}
    assert adapted == NAMES.get(kind, {"query", "value"})
    saved = {name.split(".")[2] for name, _ in model.named_parameters() if ".modules_to_save." in name}
    assert saved == HEADS.get(kind, {"classifier"})
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert count(config, 3)[1] == trainable
    report = count_parameters(Structure(config.model, "lora", labels=3))
    assert (report.trainable, report.total) == (trainable, sum(p.numel() for p in model.parameters()))

    tokenizer = load_tokenizer(source)
    short, long = TEXTS[1][:20], " ".join(TEXTS)
    with torch.inference_mode(), pooled_output(model) as seen:
        alone = model(**tokenizer([short], return_tensors="pt")).logits
        together = model(**tokenizer([short, long], truncation=True, padding=True, return_tensors="pt")).logits
    assert seen.pooled.shape == (2, 32)
    torch.testing.assert_close(alone[0], together[0], atol=1e-5, rtol=1e-4)
    assert not torch.equal(together[0], together[1])


@pytest.mark.parametrize("kind", ["bert", "distilbert", "roberta", "electra", "deberta-v2"])
def test_a_run_can_be_stopped_between_the_layers(encoder, kind):
    assert len(layers_of(build_model(config_of(encoder(kind)), 2))) == 2


@pytest.mark.parametrize("kind", ["bert", "distilbert", "roberta", "deberta-v2"])
def test_a_body_without_a_head_gets_one_and_trains(tmp_path, kind):
    folder = make_encoder(kind, tmp_path / "body", body_only=True)
    config = config_of(folder)
    check_files(resolve_model(config.model))
    model = build_model(config, 6)
    loss = model(**load_tokenizer(resolve_model(config.model))(TEXTS[:1], return_tensors="pt")).logits.square().sum()
    loss.backward()
    assert all(p.grad is not None for p in model.parameters() if p.requires_grad)


def test_pieces_and_the_rules_that_join_them_are_a_tokenizer_together(tmp_path):
    folder = make_encoder("roberta", tmp_path / "roberta")
    whole = load_tokenizer(resolve_model(str(folder)))
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    whole.backend_tokenizer.model.save(str(folder))
    merges = (folder / "merges.txt").rename(tmp_path / "merges.txt")
    with pytest.raises(ModelError, match=r"vocab\.json with merges\.txt; vocab\.json alone is not read"):
        resolve_model(str(folder))
    merges.rename(folder / "merges.txt")
    found = load_tokenizer(resolve_model(str(folder)))
    one, other = (whole(text, add_special_tokens=False)["input_ids"] for text in ("cancel my Order", "<mask> now"))
    start, end = found.cls_token_id, found.sep_token_id
    assert found("cancel my Order", "<mask> now")["input_ids"] == [start, *one, end, end, *other, end]
    assert load_pieces(str(folder)).lengths(["cancel my Order"], ["<mask> now"]) == [len(one) + len(other) + 4]
    assert build_model(config_of(folder), 2).config.pad_token_id == whole.pad_token_id


def test_a_pooler_that_masked_words_left_out_is_trained_and_said(tmp_path):
    from transformers import BertConfig, BertForMaskedLM

    from tests.tiny_encoders import sizes, tokenizer_of

    tokenizer = tokenizer_of("bert")
    BertForMaskedLM(BertConfig(**sizes("bert", tokenizer))).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    source = resolve_model(str(tmp_path))
    check_files(source)
    model = build_model(config_of(tmp_path), 2)
    assert "pooler is not among the weights" in build_notes_of(model)
    assert expected_notes(source, ("a", "b"), False) in build_notes_of(model)
    assert model.base_model.model.bert.pooler.modules_to_save.default.dense.weight.requires_grad


def test_what_needs_a_mobilebert_and_layers_that_are_not_there_are_said_before_a_run(encoder):
    folder = encoder("distilbert")
    assert "cut from a MobileBERT" in model_problems(config_of(folder, model__variant="light"))["model.variant"]
    assert "ffn" in model_problems(config_of(folder, lora__targets="ffn"))["lora.targets"]
    assert "q_lin, v_lin" in target_note(config_of(folder))
    assert target_note(RunConfig()) == ""
    assert "64 positions" in model_problems(config_of(encoder("roberta"), data__max_length=65))["data.max_length"]
    with pytest.raises(ConfigError, match="choose from"):
        build_model(config_of(folder, lora__targets="ffn"), 2)
    with pytest.raises(ValueError, match="cut from a MobileBERT"):
        count_parameters(Structure(str(folder), "light", layers=1, rank=0))


def test_a_decoder_and_a_wrong_vocabulary_are_refused_in_a_line(tmp_path, encoder):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    with pytest.raises(ModelError, match=r"'gpt2'; taken are mobilebert, .* bert"):
        resolve_model(str(tmp_path))
    wrong = make_encoder("roberta", tmp_path / "wrong")
    path = wrong / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"pad_token_id": 0}))
    with pytest.raises(ModelError, match="padding piece at 1, the model at 0"):
        load_tokenizer(resolve_model(str(wrong)))


def test_a_missing_tensor_is_named_before_a_run(tmp_path):
    from safetensors.torch import load_file, save_file

    folder = make_encoder("electra", tmp_path / "cut")
    tensors = load_file(folder / "model.safetensors")
    del tensors["electra.encoder.layer.1.attention.self.key.bias"]
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(ModelError, match=r"lack 1 .* encoder\.layer\.1\.attention\.self\.key\.bias"):
        check_files(resolve_model(str(folder)))


def test_a_type_that_is_another_models_is_said_before_a_run(tmp_path):
    folder = make_encoder("bert", tmp_path / "renamed")
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"model_type": "roberta"}))
    with pytest.raises(ModelError, match="are named for 'bert'; a model of type 'roberta' has 'roberta' there"):
        check_files(resolve_model(str(folder)))
    with pytest.raises(ModelError):  # as the run itself would
        load_model(resolve_model(str(folder)), 2)


def test_roles_are_a_models_own_names_and_other_names_stay():
    assert own_targets(("query", "value"), {"q", "k", "v", "o"}) == (["q", "v"], [])
    assert own_targets(("query", "value"), {"Wqkv", "Wo"}) == (["Wqkv"], [])
    assert own_targets(("query", "dense", "x"), {"query", "q", "dense"}) == (["query", "dense"], ["x"])


@pytest.mark.parametrize("lora", [True, False])
def test_memory_kept_for_the_backward_pass_is_about_what_autograd_keeps(tmp_path, lora):
    """Against saved-tensor hooks of the real class, weights left out."""
    folder = make_encoder("bert", tmp_path / "bert")
    values = json.loads((folder / "config.json").read_text())
    values |= {"hidden_size": 128, "intermediate_size": 512}
    (folder / "config.json").write_text(json.dumps(values))
    (folder / "model.safetensors").unlink()
    config = config_of(folder, lora__enabled=lora)
    model = build_model(config, 2)
    weights, kept = {p.data_ptr() for p in model.parameters()}, {}

    def keep(tensor):
        if tensor.data_ptr() not in weights:
            kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model(input_ids=torch.randint(5, 100, (8, 32))).logits.sum()
    assert 0.7 < 8 * saved_bytes(config, 32, bf16=False) / sum(kept.values()) < 1.5


@pytest.mark.parametrize(("kind", "said"), [("bert", "roberta"), ("roberta", "bert")])
def test_a_body_saved_bare_under_another_models_type_is_refused(kind, said, tmp_path):
    folder = make_encoder(kind, tmp_path / "bare", body_only=True)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": said}))
    with pytest.raises(ModelError, match=f"model_type says '{said}' where that is '{kind}'"):
        check_files(resolve_model(str(folder)))
