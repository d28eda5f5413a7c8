"""A model in, the same model out for which padding is nothing: a text's answer then does not hang on its neighbours.

MobileBERT embeds each piece together with the one to its left and the one to its right. Beside the last piece of a
padded row stands the padding piece, beside that of the batch's longest row nothing, which the model takes as zeros:
with any other embedding of the padding piece the same text has two answers. As zeros they are one, whoever computes
(this lab, transformers, an exported file), because the zeros are saved with the weights. No gradient reaches them.
"""

from __future__ import annotations

import torch
from transformers import PreTrainedModel

from core.model.expected_notes import SILENCED


def silence_padding(model: PreTrainedModel, pad_id: int) -> str:
    """Set the padding piece's embedding to zero, in place, for good; what there is to say of it, or ''."""
    words = model.get_input_embeddings()
    assert isinstance(words, torch.nn.Embedding)
    norm = float(words.weight[pad_id].detach().norm())
    with torch.no_grad():
        words.weight[pad_id] = 0
    words.padding_idx = model.config.pad_token_id = pad_id
    return SILENCED.format(norm=norm) if norm else ""
