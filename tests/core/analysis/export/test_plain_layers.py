"""The model that a graph is made of is the same function, layer names included, in fewer operations."""

from __future__ import annotations

import pytest
import torch
from transformers.models.mobilebert.modeling_mobilebert import NoNorm

from core.analysis.export.plain_layers import added, with_plain_layers
from tests.core.model.test_folded import MASKS, adapted, batch


@pytest.mark.parametrize("light", [False, True])
def test_the_function_is_the_same_and_so_are_the_names(tiny_model, light):
    model = adapted(tiny_model, light).merge_and_unload().eval()
    before = {name: parameter.clone() for name, parameter in model.state_dict().items()}
    plain = with_plain_layers(model)
    with torch.no_grad():
        for mask in MASKS:
            expected = model(**batch(mask)).logits
            given = batch(mask)
            assert float((plain(**given).logits - expected).norm()) <= 1e-8 * float(expected.norm())
            if "attention_mask" in given:  # as the graph has it
                given["attention_mask"] = added(given["attention_mask"])
                assert float((plain(**given).logits - expected).norm()) <= 1e-8 * float(expected.norm())
    assert all(torch.equal(parameter, before[name]) for name, parameter in model.state_dict().items())
    own, found = dict(model.named_modules()), dict(plain.named_modules())
    linear = {name for name, part in own.items() if isinstance(part, torch.nn.Linear)}
    inside_query = ("content_bias", "self.key", "bottleneck.attention.dense")
    inside_query = {name for name in linear if name.endswith(inside_query) and light}
    assert linear - inside_query <= found.keys() <= own.keys()
    assert not [name for name in found if ".layer." in name and isinstance(found[name], NoNorm)]


def test_a_model_that_cannot_be_folded_is_exported_as_it_is(tiny_model):
    model = tiny_model(normalization_type="layer_norm").eval()
    assert with_plain_layers(model) is model
