"""The fast path is the same function as the model it was folded from, gradients included; it says what it cannot."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.model.build import add_lora, seeded
from core.model.encoder_parts import layers_of
from core.model.folded import fold_for_training, folded, unfoldable
from core.model.folded_rows import FEWEST
from core.model.folding import Drop
from core.model.light_mobilebert import LightMobileBertForSequenceClassification
from core.sections import LoraConfig
from core.train.fast_path import choose_path
from core.train.interrupt import Interrupted, interruptible

ALL = ("dense", "embedding_transformation", "key", "query", "value")
MASKS = {
    "none": None,
    "full": [[1] * 7] * 4,
    "padded": [[1] * 7, [1] * 3 + [0] * 4, [1] + [0] * 6, [1] * 6 + [0]],
    "on the left": [[1] * 7, [0] * 4 + [1] * 3, [0] * 6 + [1], [0] + [1] * 6],
    "with holes": [[1, 0, 1, 0, 1, 1, 0], [0, 0, 1, 0, 0, 0, 1], [1] * 7, [1, 1, 0, 0, 0, 1, 1]],
}


def adapted(tiny_model, light=False, targets=("query", "value"), dropout=0.1, **shape):
    """With LoRA, or to be trained in full where there are no `targets`.

    In float64, where no rounding hides a mistake and no ReLU falls on another side; norms that do something."""
    model = tiny_model(**shape)
    draw = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "LayerNorm.weight" in name:
                parameter.copy_(torch.randn(parameter.shape, generator=draw) / 2 + 0.5)  # negative ones too
            elif "LayerNorm.bias" in name or name.endswith(".bias"):
                parameter.copy_(3 * torch.randn(parameter.shape, generator=draw))
            elif "query" in name or "key" in name:
                parameter.mul_(0.03)  # attention that chooses hard has a gradient of rounding alone
    if light:
        model = LightMobileBertForSequenceClassification.from_mobilebert(model, layers=2, rank=8)
    with seeded(2):
        model = (add_lora(model, LoraConfig(targets=targets, dropout=dropout)) if targets else model.train()).double()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.copy_(torch.randn(parameter.shape, generator=draw) / 10)
    return model


def batch(mask="padded"):
    pieces = torch.randint(3, 9, (4, 7), generator=torch.Generator().manual_seed(1))
    found = {"input_ids": pieces, "token_type_ids": (torch.arange(28).view(4, 7) % 7 > 3).long()}
    return found if MASKS[mask] is None else {**found, "attention_mask": torch.tensor(MASKS[mask])}


def answers(model, inputs):
    """Logits, and the gradient of every parameter that has one."""
    model.zero_grad()
    logits = model(**inputs).logits
    torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1, 1, 0])).backward()
    return logits.detach(), {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


def assert_same(found, expected):
    (logits, gradients), (own_logits, own_gradients) = found, expected
    assert float((logits - own_logits).norm()) <= 1e-8 * float(own_logits.norm())
    assert gradients.keys() == own_gradients.keys()
    whole = float(torch.cat([gradient.flatten() for gradient in own_gradients.values()]).norm())
    for name, gradient in own_gradients.items():  # that of a key's bias is nothing but rounding: softmax ignores it
        assert float((gradients[name] - gradient).norm()) <= max(1e-7 * float(gradient.norm()), 1e-13 * whole), name


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("targets", [("query", "value"), ALL, ()], ids=["LoRA", "LoRA on all", "full"])
def test_outputs_and_gradients_are_the_models_own(tiny_model, light, targets, mask):
    model = adapted(tiny_model, light, (*targets, "content_bias") if light and targets is ALL else targets).eval()
    own = answers(model, batch(mask))
    assert unfoldable(model, trains=True) == ""
    fold_for_training(model)
    assert_same(answers(model, batch(mask)), own)


@pytest.mark.parametrize("padding", [0, 4])
@pytest.mark.parametrize("light", [False, True])
def test_texts_longer_than_the_fewest_keys_have_the_models_own_answers(tiny_model, light, padding):
    model = adapted(tiny_model, light).eval()
    mask = torch.ones(4, 2 * FEWEST + 3, dtype=torch.long)
    mask[1, mask.shape[1] - padding :] = 0
    inputs = {"input_ids": torch.arange(mask.numel()).view(mask.shape) % 6 + 3, "attention_mask": mask}
    own = answers(model, inputs)
    fold_for_training(model)
    assert_same(answers(model, inputs), own)


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("targets", [ALL, ()], ids=["LoRA", "full"])
def test_in_fp32_gradients_are_the_exact_ones_but_for_rounding(tiny_model, light, targets):
    """A query's, of attention that hardly chooses, can be smaller than what fp32 rounds off the whole gradient."""
    model = adapted(tiny_model, light, targets).eval()
    exact = answers(model, batch())[1]
    fold_for_training(model.float())
    found = answers(model, batch())[1]
    whole = float(torch.cat([gradient.flatten() for gradient in exact.values()]).norm())
    for name, gradient in exact.items():
        error = float((found[name].double() - gradient).norm())
        assert error <= max(1e-4 * float(gradient.norm()), 1e-5 * whole), name


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("targets", [("query", "value"), ()], ids=["LoRA", "full"])
def test_in_bf16_weights_stay_in_fp32_and_gradients_are_as_near_as_autocast_brings_them(tiny_model, light, targets):
    """Of the exact gradient the model itself is off by 0.004 to 0.11 of its norm under autocast."""
    model = adapted(tiny_model, light, targets).eval()
    exact = answers(model, batch())[1]
    model.float()
    with torch.autocast("cpu", torch.bfloat16):
        rough = answers(model, batch())[1]
        assert choose_path("auto", model, bf16=True) == "fast"
        found = answers(model, batch())[1]
    assert {gradient.dtype for gradient in found.values()} == {torch.float32}
    distances = [
        float(torch.cat([(one[name].double() - exact[name]).flatten() for name in exact]).norm())
        for one in (found, rough)
    ]
    assert 0 < distances[0] < 1.5 * distances[1]


def test_relus_of_many_rows_are_kept_in_bf16_and_tell_the_gradient_the_same(tiny_model, monkeypatch):
    model, kept = adapted(tiny_model).eval().float(), []

    def note(tensor):
        kept.append(tensor.dtype)
        return tensor

    fold_for_training(model)
    logits, gradients = answers(model, batch())
    monkeypatch.setattr("core.model.rest.MANY", 1)
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        again, same = answers(model, batch())
    assert torch.bfloat16 in kept
    assert torch.equal(logits, again)
    assert all(torch.equal(gradients[name], same[name]) for name in gradients)


def test_attention_dropout_alone_leaves_gradients_as_they_are_when_nothing_is_dropped(tiny_model):
    model = adapted(tiny_model, dropout=0.0, attention_probs_dropout_prob=1e-13).train()  # no share of 2^16
    own = answers(model, batch())
    fold_for_training(model)
    assert_same(answers(model, batch()), own)


@pytest.mark.parametrize("light", [False, True])
def test_without_gradients_lora_is_merged_and_nothing_else_changes(tiny_model, light):
    model = adapted(tiny_model, light, ALL).eval()
    names = list(model.state_dict())
    with torch.inference_mode():
        own = model(**batch()).logits
        with folded(model):
            assert "forward" in model.base_model.model.mobilebert.__dict__
            torch.testing.assert_close(model(**batch()).logits, own, rtol=1e-8, atol=1e-8)
        assert "forward" not in model.base_model.model.mobilebert.__dict__
        assert torch.equal(model(**batch()).logits, own)
    assert list(model.state_dict()) == names


def test_evaluating_in_between_leaves_training_on_its_path(tiny_model):
    model = adapted(tiny_model)
    fold_for_training(model)
    mine = model.base_model.model.mobilebert.forward
    with folded(model):
        assert model.base_model.model.mobilebert.forward is not mine
    assert model.base_model.model.mobilebert.forward is mine


def test_what_was_folded_is_kept_until_a_weight_changes(tiny_model):
    model = adapted(tiny_model).eval()
    encoder = model.base_model.model.mobilebert

    def answer():
        with torch.inference_mode(), folded(model, keep=True):
            return encoder.forward, model(**batch()).logits

    first, before = answer()
    assert answer()[0] is first
    with folded(model):
        assert encoder.forward is not first
    first, before = answer()
    with torch.no_grad():
        encoder.encoder.layer[1].attention.self.value.lora_B["default"].weight.mul_(2)
    second, after = answer()
    assert second is not first
    assert not torch.equal(before, after)
    model.merge_adapter()
    third, merged = answer()
    assert third is not second
    torch.testing.assert_close(merged, after, rtol=1e-8, atol=1e-8)


def test_what_the_path_does_not_know_is_answered_by_the_model_itself(tiny_model):
    model = adapted(tiny_model).eval()
    own = model(**batch(), output_hidden_states=True)
    nothing_seen = {**batch(), "attention_mask": torch.zeros(4, 7, dtype=torch.long)}
    unseen = model(**nothing_seen).logits
    fold_for_training(model)
    found = model(**batch(), output_hidden_states=True)
    assert len(found.hidden_states) == len(own.hidden_states) > 1
    assert all(torch.equal(a, b) for a, b in zip(found.hidden_states, own.hidden_states, strict=True))
    assert torch.equal(model(**nothing_seen).logits, unseen)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ({"use_bottleneck_attention": True}, "bottlenecks"),
        ({"key_query_shared_bottleneck": False}, "bottlenecks"),
        ({"normalization_type": "layer_norm"}, "norms"),
        ({"hidden_act": "gelu"}, "activations"),
        ({"hidden_dropout_prob": 0.1}, "hidden dropout"),
    ],
)
def test_another_architecture_is_told(tiny_model, shape, said):
    assert said in unfoldable(tiny_model(**shape))


def test_a_base_trained_beside_lora_and_a_norm_of_zero_are_told(tiny_model):
    model = adapted(tiny_model)
    model.base_model.model.mobilebert.encoder.layer[0].intermediate.dense.weight.requires_grad_()
    assert unfoldable(model, trains=True) == "the base is trained beside LoRA"
    model = tiny_model()
    assert unfoldable(model) == unfoldable(model, trains=True) == ""
    model.mobilebert.encoder.layer[1].output.LayerNorm.weight.data[3] = 0
    assert unfoldable(model) == "a norm's weight is zero"
    before = model(**batch()).logits
    with folded(model):
        assert torch.equal(model(**batch()).logits, before)


def test_a_model_leaves_the_path_it_was_on(tiny_model):
    model = adapted(tiny_model, targets=()).float().eval()
    own = model(**batch()).logits
    assert choose_path("auto", model) == "fast"
    assert "forward" in model.mobilebert.__dict__
    assert choose_path("off", model) == "reference: train.fast is off"
    assert torch.equal(model(**batch()).logits, own)


def test_a_variant_of_lora_is_told(tiny_model):
    from peft import LoraConfig as PeftConfig
    from peft import get_peft_model

    model = get_peft_model(tiny_model(), PeftConfig(target_modules=["query"], use_dora=True))
    assert unfoldable(model, trains=True) == "its adapter is not one plain LoRA"


def test_dropout_keeps_its_share_independently_and_makes_up_for_it():
    torch.manual_seed(5)
    drop, p, n = Drop(True), 0.1, 400_000
    kept, factor = drop(torch.ones(n), p)
    kept = kept.numpy()
    assert set(np.unique(kept)) == {0.0, 1.0}
    deviation = (p * (1 - p) / n) ** 0.5
    assert abs(1 - kept.mean() - p) < 5 * deviation
    assert factor * (1 - p) == pytest.approx(1, abs=1e-5)
    for apart in (1, 2, 4, 8):  # four elements share a word
        assert abs(np.corrcoef(kept[:-apart], kept[apart:])[0, 1]) < 5 / n**0.5
    again, _ = drop(torch.ones(n), p)
    assert abs(np.corrcoef(kept, again.numpy())[0, 1]) < 5 / n**0.5
    torch.manual_seed(5)
    assert np.array_equal(Drop(True)(torch.ones(n), p)[0].numpy(), kept)
    assert Drop(False)(again, p)[0] is again


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("targets", [("query", "value"), ()], ids=["LoRA", "full"])
def test_training_draws_the_models_own_distribution(tiny_model, light, targets):
    """Mean and spread of a logit under LoRA's input dropout and attention's, against the model's own draws."""
    model = adapted(tiny_model, light, targets, dropout=0.3, attention_probs_dropout_prob=0.2).train()
    inputs = {name: tensor[:1, :3].repeat(1000, 1) for name, tensor in batch("full").items()}
    torch.manual_seed(0)
    with torch.no_grad():
        own = model(**inputs).logits[:, 0].numpy()
        fold_for_training(model)
        found = model(**inputs).logits[:, 0].numpy()
    assert own.std() > 0
    assert abs(found.mean() - own.mean()) < 5 * own.std() * (2 / 1000) ** 0.5
    assert found.std() == pytest.approx(own.std(), rel=0.15)


def test_a_request_to_stop_ends_a_pass_between_two_layers(tiny_model):
    model = adapted(tiny_model)
    fold_for_training(model)
    asked = []

    def should_stop():
        asked.append(1)
        return len(asked) == 2

    with pytest.raises(Interrupted), interruptible(layers_of(model), should_stop):
        model(**batch())
    assert len(asked) == 2
