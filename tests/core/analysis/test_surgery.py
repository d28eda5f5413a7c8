"""A sentence through a whole and a cut model: against transformers' own passes, and where nothing may change."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.analysis.surgery_models import of_model, of_run
from core.config import RunConfig
from core.fields import ConfigError
from core.model.build import build_model
from core.model.source import ModelError, resolve_model
from core.model.tokenizer import load_tokenizer
from core.runs.folder.store import Store
from core.train.fit import fit
from tests.core.train.tiny_runs import config_for
from tests.tiny_encoders import make_encoder

TEXT = "please cancel my order and send the money back"


@pytest.fixture(scope="module")
def demo():
    return of_model("demo")


@pytest.fixture(scope="module")
def lora_run(tmp_path_factory, tiny_model_dir):
    run = Store(tmp_path_factory.mktemp("runs")).create(config_for(tiny_model_dir, train__max_steps=4, train__lr=0.01))
    run.set_status(state=fit(run))
    return run


def test_all_layers_at_the_full_rank_change_nothing(demo):
    found = demo.cut(TEXT, 6, 64, masked=3)
    np.testing.assert_allclose(found.after.attention, found.before.attention, atol=2e-5)
    assert found.moved.max() < 1e-4
    assert [one.cosine for one in found.drift] == pytest.approx([1] * 6, abs=1e-5)
    assert [one.norm for one in found.drift] == pytest.approx([1] * 6, abs=1e-4)
    assert found.after.answer == pytest.approx(found.before.answer, abs=1e-4)


def test_a_sentence_takes_one_thread_and_gives_the_others_back(demo):
    seen, before = [], torch.get_num_threads()
    torch.set_num_threads(2)
    hook = demo.encoder.encoder.layer[0].register_forward_hook(lambda *_: seen.append(torch.get_num_threads()))
    try:
        demo.cut(TEXT, 3, 16)
        assert (seen, torch.get_num_threads()) == ([1, 1], 2)
    finally:
        hook.remove()
        torch.set_num_threads(before)


def test_what_is_seen_is_what_transformers_computes_of_the_model_that_a_run_would_cut(tiny_model_dir):
    """Attention, states and their drift, against `build_model` of the same layers, rank and seed."""
    config = RunConfig(model=str(tiny_model_dir)).replace({"lora.enabled": False})
    light = {"model.variant": "light", "model.layers": 1, "model.rank": 8}
    found = of_model(str(tiny_model_dir)).cut(TEXT, 1, 8)
    ids = load_tokenizer(resolve_model(str(tiny_model_dir)))(TEXT, return_tensors="pt")["input_ids"]
    passes = []
    for changed in ({}, light):
        model = build_model(config.replace(changed), 2).eval()
        model.set_attn_implementation("eager")
        with torch.inference_mode():
            passes.append(model.mobilebert(ids, output_attentions=True, output_hidden_states=True))
    whole, cut = passes
    np.testing.assert_allclose(found.before.attention, torch.cat(whole.attentions).numpy(), atol=1e-5)
    np.testing.assert_allclose(found.after.attention, torch.cat(cut.attentions).numpy(), atol=1e-5)
    old, new = whole.hidden_states[1][0], cut.hidden_states[1][0]
    cosine = torch.nn.functional.cosine_similarity(old, new, dim=-1).mean()
    assert found.drift[0].cosine == pytest.approx(float(cosine), abs=1e-5)
    assert found.drift[0].norm == pytest.approx(float((new.norm(dim=-1) / old.norm(dim=-1)).mean()), abs=1e-5)
    assert len(found.pieces) == ids.shape[1]


def test_the_model_is_whole_again_after_a_cut(demo):
    first = demo.cut(TEXT, 6, 0, masked=2)
    demo.cut(TEXT, 2, 16, masked=2)
    again = demo.cut(TEXT, 6, 0, masked=2)
    np.testing.assert_array_equal(first.after.outputs, again.after.outputs)
    np.testing.assert_array_equal(again.before.outputs, again.after.outputs)


def test_as_one_drags_the_whole_model_is_passed_once_for_each_sentence_and_masked_word():
    subject, passes = of_model("demo"), []
    subject.encoder.register_forward_hook(lambda *_: passes.append(len(subject.encoder.encoder.layer)))
    dragged = [subject.cut(TEXT, layers, 0, masked=2) for layers in (5, 4, 3)]
    other = subject.cut(TEXT, 3, 0, masked=3)
    assert passes == [6, 5, 4, 3, 6, 3]
    assert all(one.before is dragged[0].before for one in dragged)
    assert other.before.answer != dragged[0].before.answer


def test_a_masked_word_is_guessed_by_the_models_own_head(demo):
    """The likeliest pieces, against MobileBertForMaskedLM on the sentence with one [MASK]."""
    from transformers import MobileBertForMaskedLM

    words = [word.text for word in demo.words(TEXT)]
    found = demo.cut(TEXT, 6, 0, masked=words.index("order"))
    assert found.pieces.count("[MASK]") == 1
    assert "order" not in found.pieces
    model = MobileBertForMaskedLM.from_pretrained(resolve_model("demo").path_or_id).eval()
    ids = torch.tensor([demo.tokenizer.convert_tokens_to_ids(found.pieces)])
    with torch.inference_mode():
        odds = model(ids).logits[0, found.pieces.index("[MASK]")].softmax(-1)
    best = demo.tokenizer.convert_ids_to_tokens(odds.topk(5).indices)
    assert list(found.before.answer) == best
    assert sum(found.before.answer.values()) == pytest.approx(float(odds.topk(5).values.sum()), abs=1e-4)


def test_typed_markers_are_cut_into_signs_and_long_sentences_are_cut_and_said(demo):
    assert "[MASK]" not in demo.cut("a [MASK] and a [SEP]", 1, 0).pieces
    found = demo.cut("order " * 100, 1, 0)
    assert len(found.pieces) == 48
    assert found.cut_off == 54  # 100 words, [CLS] and [SEP]


def test_a_finished_run_answers_with_its_classes_and_its_adapters_are_measured(lora_run):
    """Adapters against the product of their own matrices on what goes into the layer."""
    from core.analysis.predict import load_trained, predict

    subject, trained = of_run(lora_run), load_trained(lora_run)
    found = subject.cut(TEXT, 2, 0)
    (answer,), _ms = predict(trained, [TEXT])
    assert found.before.answer == pytest.approx(answer.probabilities, abs=1e-4)
    seen = {}
    layer = trained.model.base_model.model.mobilebert.encoder.layer[1].attention.self.value
    layer.register_forward_hook(lambda _module, inputs, _output: seen.update(x=inputs[0][0]))
    ids = trained.tokenizer(TEXT, return_tensors="pt")
    with torch.inference_mode():
        trained.model(**ids)
        added = 4 * seen["x"] @ layer.lora_A["default"].weight.T @ layer.lora_B["default"].weight.T  # alpha / r = 4
        share = (added.norm(dim=-1) / layer.base_layer(seen["x"]).norm(dim=-1)).mean()
    moved = {(one.layer, one.target): one for one in subject.adapters(TEXT)}
    assert set(moved) == {(layer, target) for layer in (0, 1) for target in ("query", "value")}
    assert float(share) > 0.001
    assert moved[1, "value"].share == pytest.approx(float(share), rel=1e-3)


def test_decomposing_ahead_ends_in_time_and_says_when_it_is_done(tiny_model_dir, own_cache):
    subject = of_model(str(tiny_model_dir))
    assert subject.warm(2, [4, 8], seconds=0.0) in (True, False)
    assert not subject.warm(2, [3, 5], seconds=60, awaited=lambda: True)
    assert subject.warm(2, [4, 8], seconds=60)
    assert subject.warm(2, [8], seconds=0.0)


def test_what_cannot_be_cut_is_refused(demo, tmp_path):
    with pytest.raises(ConfigError, match="this model has 6"):
        demo.cut(TEXT, 7, 0)
    with pytest.raises(ModelError, match="only a MobileBERT can"):
        of_model(str(make_encoder("bert", tmp_path / "bert")))
