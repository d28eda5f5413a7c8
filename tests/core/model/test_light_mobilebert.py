"""A light model behaves like any other: made, saved, loaded elsewhere, adapted, exported."""

from __future__ import annotations

import copy
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoModelForSequenceClassification, MobileBertForMaskedLM, MobileBertModel

from core.model.light_mobilebert import (
    LightMobileBertConfig,
    LightMobileBertForSequenceClassification,
    LightMobileBertModel,
    choose_layers,
)

from_mobilebert = LightMobileBertForSequenceClassification.from_mobilebert
PIECES = torch.arange(30).view(3, 10)
PADDING = (torch.arange(10)[None] < torch.tensor([10, 6, 3])[:, None]).long()


def logits(model, mask=None):
    with torch.no_grad():
        return model(input_ids=PIECES, attention_mask=mask).logits


@pytest.mark.parametrize("layers", [1, 3, 4])
def test_bottom_layers_without_decomposition_equal_a_truncated_mobilebert(tiny_model, layers):
    model = tiny_model()
    light = from_mobilebert(model, layers=layers, rank=0)
    cut = copy.deepcopy(model)
    cut.mobilebert.encoder.layer = cut.mobilebert.encoder.layer[:layers]
    assert torch.equal(logits(light), logits(cut))
    assert light.config.kept_layers == list(range(layers))
    assert light.config.attention_errors is None


MASKS = {
    "none": None,
    "2d": PADDING,
    "2d of booleans": PADDING.bool(),
    "2d of floats": PADDING.float(),
    "4d of booleans": PADDING[:, None, None].expand(3, 1, 10, 10).bool(),
    # Of the model's own type: torch 2.13 takes a float32 mask beside float64 queries and answers wrongly on AVX2.
    "4d added": (1 - PADDING[:, None, None].expand(3, 1, 10, 10).double()) * torch.finfo(torch.float64).min,
    "4d triangle": torch.ones(3, 1, 10, 10).tril().bool(),
}


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_full_rank_keeps_the_function_under_every_mask(tiny_model, mask, implementation):
    model = tiny_model().double()
    light = from_mobilebert(model, layers=4, rank=32)
    for each in (model, light):
        each.set_attn_implementation(implementation)
    torch.testing.assert_close(logits(light, MASKS[mask]), logits(model, MASKS[mask]), rtol=1e-5, atol=1e-5)


def test_mask_that_mobilebert_refuses_is_refused_alike(tiny_model):
    model = tiny_model()
    for each in (model, from_mobilebert(model, layers=4, rank=32)):
        with pytest.raises((ValueError, RuntimeError)):
            logits(each, PADDING[:, None].expand(3, 10, 10))


def test_attentions_and_hidden_states_are_those_of_mobilebert(tiny_model):
    model = tiny_model().double()
    light = from_mobilebert(model, layers=4, rank=32)
    outputs = []
    for each in (model, light):
        each.set_attn_implementation("eager")
        with torch.no_grad():
            outputs.append(each(input_ids=PIECES, output_attentions=True, output_hidden_states=True))
    assert [len(o.attentions) for o in outputs] == [4, 4]
    assert [len(o.hidden_states) for o in outputs] == [5, 5]
    for ours, theirs in zip(outputs[1].attentions, outputs[0].attentions, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("rank", [0, 1, 7, 32, 50])
def test_saved_and_loaded_by_the_auto_classes_to_equal_bits(tiny_model, tmp_path, rank):
    light = from_mobilebert(tiny_model(), layers=2, rank=rank)
    light.save_pretrained(tmp_path)
    loaded, info = AutoModelForSequenceClassification.from_pretrained(tmp_path, output_loading_info=True)
    assert type(loaded) is LightMobileBertForSequenceClassification
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    assert torch.equal(logits(loaded, PADDING), logits(light, PADDING))
    assert loaded.config.attention_errors == light.config.attention_errors
    bare = AutoModel.from_pretrained(tmp_path)
    assert type(bare) is LightMobileBertModel
    with torch.no_grad():
        assert torch.equal(bare(PIECES).last_hidden_state, light.mobilebert(PIECES).last_hidden_state)


def test_loads_in_a_fresh_process_that_imports_only_this_module(tiny_model, tmp_path):
    light = from_mobilebert(tiny_model(), layers=2, rank=9)
    light.save_pretrained(tmp_path / "saved")
    save_file({"logits": logits(light, PADDING), "ids": PIECES, "mask": PADDING}, tmp_path / "here.safetensors")
    script = (
        "import sys, core.model.light_mobilebert\n"
        "from transformers import AutoModelForSequenceClassification as Auto\n"
        "from safetensors.torch import load_file, save_file\n"
        "import torch\n"
        "here = load_file(sys.argv[1] + '/here.safetensors')\n"
        "model = Auto.from_pretrained(sys.argv[1] + '/saved')\n"
        "with torch.no_grad(): out = model(input_ids=here['ids'], attention_mask=here['mask']).logits\n"
        "save_file({'logits': out}, sys.argv[1] + '/there.safetensors')\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, timeout=120)
    assert torch.equal(load_file(tmp_path / "there.safetensors")["logits"], logits(light, PADDING))


def test_bare_and_headed_models_are_taken_and_made(tiny_model, tiny_config):
    headed = tiny_model()
    bare = headed.mobilebert
    from_headed = LightMobileBertModel.from_mobilebert(headed, layers=2, rank=8)
    from_bare = LightMobileBertModel.from_mobilebert(bare, layers=2, rank=8)
    given_a_head = from_mobilebert(bare, layers=2, rank=8)
    with torch.no_grad():
        expected = from_headed(PIECES).last_hidden_state
        assert torch.equal(from_bare(PIECES).last_hidden_state, expected)
        assert torch.equal(given_a_head.mobilebert(PIECES).last_hidden_state, expected)
    masked = MobileBertForMaskedLM(tiny_config())
    assert from_mobilebert(masked, layers=2, rank=8).config.num_hidden_layers == 2
    assert isinstance(bare, MobileBertModel)


def test_original_is_left_as_it_was(tiny_model):
    model = tiny_model()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    light = from_mobilebert(model, layers=2, rank=8)
    for parameter in light.parameters():
        parameter.data.zero_()
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_theseus_keeps_one_of_every_two_and_depends_on_the_seed():
    drawn = {tuple(choose_layers(24, 12, "theseus", seed)) for seed in range(20)}
    assert len(drawn) > 10
    assert all([layer // 2 for layer in chosen] == list(range(12)) for chosen in drawn)
    assert choose_layers(24, 12, "theseus", 3) == choose_layers(24, 12, "theseus", 3)


@pytest.mark.parametrize("available", [1, 2, 5, 24])
def test_any_number_of_layers_can_be_kept(available):
    for layers in range(1, available + 1):
        for keep in ("bottom", "theseus"):
            chosen = choose_layers(available, layers, keep, 1)
            assert len(set(chosen)) == layers
            assert chosen == sorted(chosen)
            assert set(chosen) <= set(range(available))


def test_impossible_surgery_names_what_is_possible(tiny_model):
    model = tiny_model()
    with pytest.raises(ValueError, match="this model has 4"):
        from_mobilebert(model, layers=5)
    with pytest.raises(ValueError, match=r"unknown model.keep 'top'; choose from \['bottom', 'theseus'\]"):
        from_mobilebert(model, layers=2, keep="top")
    with pytest.raises(ValueError, match="rank is -1"):
        from_mobilebert(model, layers=2, rank=-1)
    with pytest.raises(ValueError, match="takes a MobileBERT"):
        from_mobilebert(from_mobilebert(model, layers=2, rank=4), layers=1)


def test_progress_counts_every_layer(tiny_model):
    seen = []
    from_mobilebert(tiny_model(), layers=3, rank=8, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_gradient_checkpointing_gives_the_same_gradients_to_every_parameter(tiny_model):
    model = from_mobilebert(tiny_model(attention_probs_dropout_prob=0.0), layers=3, rank=8).train()

    def gradients():
        model.zero_grad()
        model(input_ids=PIECES, attention_mask=PADDING, labels=torch.tensor([0, 1, 1])).loss.backward()
        return {name: p.grad.clone() for name, p in model.named_parameters()}

    plain = gradients()
    model.gradient_checkpointing_enable()
    checkpointed = gradients()
    assert all(torch.equal(plain[name], checkpointed[name]) for name in plain)


def test_bf16_strays_no_further_than_mobilebert_does(tiny_model):
    model = tiny_model()
    strays = []
    for each in (model, from_mobilebert(model, layers=4, rank=32)):
        exact = logits(each, PADDING)
        half = logits(copy.deepcopy(each).bfloat16(), PADDING)
        assert half.dtype == torch.bfloat16
        strays.append(float((half.float() - exact).norm() / exact.norm()))
    assert strays[1] < max(0.05, 2 * strays[0])


def test_regression_head_trains_on_squared_error(tiny_model):
    light = from_mobilebert(tiny_model(num_labels=1, problem_type="regression"), layers=2, rank=8)
    targets = torch.tensor([0.5, 1.0, -2.0])
    output = light(input_ids=PIECES, labels=targets)
    assert output.loss.item() == pytest.approx(((output.logits.squeeze() - targets) ** 2).mean().item(), rel=1e-6)


def test_every_tensor_of_a_new_model_is_initialised():
    torch.manual_seed(0)
    config = LightMobileBertConfig(vocab_size=40, num_hidden_layers=2, classifier_activation=False, attention_rank=5)
    model = LightMobileBertForSequenceClassification(config)
    attention = model.mobilebert.encoder.layer[1].attention.self
    assert torch.equal(attention.mixing, torch.ones(4, 5))
    assert attention.query.weight.std().item() == pytest.approx(0.02, rel=0.15)


@pytest.fixture
def dynamic():
    # three pieces and more: MobileBERT's own trigram embedding makes export treat shorter texts as special
    sides = {0: torch.export.Dim("batch", min=1, max=64), 1: torch.export.Dim("length", min=3, max=64)}
    return {"input_ids": sides, "attention_mask": sides}


OTHER = {"input_ids": torch.arange(35).view(5, 7) % 30, "attention_mask": torch.ones(5, 7, dtype=torch.long)}
OTHER["attention_mask"][0, 3:] = 0


def test_torch_export_takes_it_with_dynamic_batch_and_length(tiny_model, dynamic):
    light = from_mobilebert(tiny_model(), layers=2, rank=8)
    example = {"input_ids": PIECES, "attention_mask": PADDING}
    program = torch.export.export(light, (), example, dynamic_shapes=dynamic)
    with torch.no_grad():
        torch.testing.assert_close(program.module()(**OTHER).logits, light(**OTHER).logits)


def test_onnx_runs_it_with_dynamic_batch_and_length(tiny_model, dynamic, tmp_path):
    runtime = pytest.importorskip("onnxruntime")
    light = from_mobilebert(tiny_model(), layers=1, rank=8)

    class Logits(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = light

        def forward(self, input_ids, attention_mask):
            return self.model(input_ids=input_ids, attention_mask=attention_mask).logits

    torch.onnx.export(
        Logits(),
        (PIECES, PADDING),
        tmp_path / "light.onnx",
        dynamo=True,
        input_names=list(dynamic),
        output_names=["logits"],
        dynamic_shapes=tuple(dynamic.values()),
        verbose=False,
    )
    session = runtime.InferenceSession(tmp_path / "light.onnx")
    (found,) = session.run(None, {name: tensor.numpy() for name, tensor in OTHER.items()})
    with torch.no_grad():
        torch.testing.assert_close(torch.tensor(found), light(**OTHER).logits, rtol=1e-4, atol=1e-4)
