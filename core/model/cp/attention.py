"""Query, key and value inputs in, the heads' outputs out: attention whose heads share one query and one key.

Score of head h between positions x and y (LightMobileBert, 2023; collaborative attention, Cordonnier et al. 2020):

    score_h(x, y) = [ (W_Q x)^T diag(m_h) (W_K y) + c_h . y ] / sqrt(d)

with shared W_Q and W_K of `rank` rows, one mixing row m_h a head, and a content bias c_h = W_K,h^T b_Q,h kept exactly.
d is the size of an original head: dividing by the square root of rank / heads would change the function. The query's
own bias product and b_K only add a constant to each row, which softmax ignores.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
from transformers.models.mobilebert.modeling_mobilebert import MobileBertSelfAttention, eager_attention_forward


class CollaborativeSelfAttention(MobileBertSelfAttention):
    """Takes the place of `MobileBertSelfAttention`: same call, same value projection, same output shape.

    `query` (true_hidden, rank), `key` (true_hidden, rank), `mixing` (heads, rank), `content_bias` (true_hidden, heads).
    The content bias rides inside the dot product: each head's query gets a one in its own extra column, the shared key
    gets the heads' biases there. So the scores are one scaled_dot_product_attention over a key that no head copies.
    """

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        inputs = config.true_hidden_size
        self.rank = config.attention_rank
        self.query = nn.Linear(inputs, self.rank, bias=False)
        self.key = nn.Linear(inputs, self.rank, bias=False)
        self.mixing = nn.Parameter(torch.ones(self.num_attention_heads, self.rank))
        self.content_bias = nn.Linear(inputs, self.num_attention_heads, bias=False)

    def heads_of(self, query_tensor: torch.Tensor, key_tensor: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Queries and keys whose plain dot product is the unscaled score.

        Args:
            query_tensor, key_tensor: (B, T, true_hidden).

        Returns: (B, H, T, rank + H) each; the key is one tensor seen by every head, not copied.
        """
        heads = self.num_attention_heads
        query = self.query(query_tensor)[:, None] * self.mixing[:, None]  # (B, H, T, R)
        own_column = torch.eye(heads, dtype=query.dtype, device=query.device)[:, None]  # (H, 1, H)
        query = torch.cat([query, own_column.expand(*query.shape[:3], heads)], dim=-1)
        key = torch.cat([self.key(key_tensor), self.content_bias(key_tensor)], dim=-1)  # (B, T, R + H)
        return query, key[:, None].expand(-1, heads, -1, -1)

    def forward(  # type: ignore[override]  # eager attention also hands back its weights
        self,
        query_tensor: torch.Tensor,
        key_tensor: torch.Tensor,
        value_tensor: torch.Tensor,
        attention_mask: torch.Tensor | None = None,
        **kwargs: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """(B, T, true_hidden) twice and (B, T, hidden) in; (B, T, true_hidden) and, if eager, the weights out."""
        batch, length = query_tensor.shape[:2]
        query, key = self.heads_of(query_tensor, key_tensor)
        value = self.value(value_tensor).view(batch, length, -1, self.attention_head_size).transpose(1, 2)
        attend: Callable = ALL_ATTENTION_FUNCTIONS.get_interface(
            self.config._attn_implementation, eager_attention_forward
        )
        output, weights = attend(
            self,
            query,
            key,
            value,
            attention_mask,
            dropout=self.dropout.p if self.training else 0.0,
            scaling=self.scaling,
            **kwargs,
        )
        return output.reshape(batch, length, -1), weights
