"""No path of the lab gives attention a mask of another type than its queries: torch answers that wrongly, unsaid."""

from __future__ import annotations

import pytest
import torch

from core.model.light_mobilebert import LightMobileBertForSequenceClassification

IDS = torch.tensor([[2, 7, 8, 9, 3], [2, 7, 3, 0, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])


@pytest.mark.parametrize("bf16", [False, True])
@pytest.mark.parametrize("light", [False, True])
def test_masks_that_reach_attention_are_boolean_or_of_the_queries_type(tiny_model, monkeypatch, light, bf16):
    model = tiny_model()
    if light:
        model = LightMobileBertForSequenceClassification.from_mobilebert(model, layers=2, rank=8)
    assert model.config._attn_implementation == "sdpa"
    seen = []
    attend = torch.nn.functional.scaled_dot_product_attention

    def watched(query, key, value, attn_mask=None, **kwargs):
        seen.append((query.dtype, None if attn_mask is None else attn_mask.dtype))
        return attend(query, key, value, attn_mask=attn_mask, **kwargs)

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", watched)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        model(input_ids=IDS, attention_mask=MASK)
    assert len(seen) == model.config.num_hidden_layers
    assert any(mask is not None for _, mask in seen)
    assert not [pair for pair in seen if pair[1] not in (None, torch.bool, pair[0])]
