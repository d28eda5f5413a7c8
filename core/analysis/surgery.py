"""A sentence in; its attention, its layers' outputs and the model's answer, whole and cut, out.

The cut model is not approximated: it has the bottom layers, and in each the very attention that a run of the same seed
would train on, decomposed by `core.model.cp` and kept in its cache.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from cachetools import LRUCache

from core.analysis.adapter_effects import adapter_effects
from core.analysis.drift import MOST_PIECES, AdapterEffect, Surgery, Trace
from core.analysis.playground.words import Word, pieces_by_word
from core.config import RunConfig
from core.model.cp.attention import CollaborativeSelfAttention
from core.model.cp.decomposition import Projections, collaborate
from core.model.light_mobilebert import light_config
from core.model.limits import check_layers
from core.model.piece_marks import shown_pieces
from core.model.threads import computing_with

SEED = RunConfig.seed
"""A run's own default."""
MOST_DECOMPOSED = 768
"""Layers at a rank that are kept in memory: 54 MB of the published size; the others are in the cache's folder."""
MOST_SENTENCES = 4
"""Sentences whose pass through the whole model is kept: as one drags, only the cut one is computed anew."""
Answer = Callable[[torch.Tensor, int | None], dict[str, float]]
"""The last layer's output (1, T, hidden) and the masked piece's place in, probabilities by name out."""


@dataclass
class SurgeryModel:
    """A model to be cut, loaded once; one thread at a time."""

    encoder: Any
    """A MobileBertModel."""
    tokenizer: Any
    answer: Answer
    masks: bool
    """Its answer is a masked word; else a class."""
    note: str = ""
    seed: int = SEED
    adapted: Any = None
    """The same model with its adapters beside its weights, where it has any."""
    max_length: int = MOST_PIECES
    _whole: LRUCache[tuple[int | None, ...], Trace] = field(default_factory=lambda: LRUCache(MOST_SENTENCES))
    _shared: LRUCache[tuple[int, int], tuple[Any, float]] = field(default_factory=lambda: LRUCache(MOST_DECOMPOSED))

    @property
    def layers(self) -> int:
        return int(self.encoder.config.num_hidden_layers)

    def cut(self, text: str, layers: int, rank: int, masked: int | None = None) -> Surgery:
        """The sentence through the whole model and through `layers` of it at CP rank `rank` (0: attention as it is).

        `masked`: which word (of `words`) the model shall guess. ConfigError for more layers than there are.
        """
        check_layers(layers, self.layers)
        ids, place, cut_off = self._encode(text, masked)
        sent = (*ids[0].tolist(), place)
        with torch.inference_mode():
            if sent not in self._whole:
                self._whole[sent] = self._trace(ids, place)
            before = self._whole[sent]
            with self._as_cut(layers, rank) as errors:
                after = self._trace(ids, place)
        return Surgery(tuple(shown_pieces(self.tokenizer, ids[0])), cut_off, before, after, errors)

    def words(self, text: str) -> list[Word]:
        """What can be masked."""
        words, pieces, _ = pieces_by_word(self, text, None)
        return [word for word, places in zip(words, pieces, strict=True) if places]

    def adapters(self, text: str) -> list[AdapterEffect]:
        """What each adapter of a LoRA run does to this sentence; none of a model without."""
        if self.adapted is None:
            return []
        return adapter_effects(self.adapted, {"input_ids": self._encode(text, None)[0]})

    def _encode(self, text: str, masked: int | None) -> tuple[torch.Tensor, int | None, int]:
        """(1, T) ids, the place of the masked piece, and how many pieces were cut off."""
        _words, pieces, encoding = pieces_by_word(self, text, None)
        ids: torch.Tensor = encoding["input_ids"]
        cut_off = len(self.tokenizer(text)["input_ids"]) - ids.shape[1]
        if masked is None or not self.masks:
            return ids, None, cut_off
        there = [places for places in pieces if places]
        if not 0 <= masked < len(there):
            raise ValueError(f"word {masked} asked for; this sentence has {len(there)}")
        first, *rest = there[masked]
        left = [place for place in range(ids.shape[1]) if place not in rest]
        ids = ids.clone()
        ids[0, first] = self.tokenizer.mask_token_id
        return ids[:, left], first, cut_off

    def _trace(self, ids: torch.Tensor, place: int | None) -> Trace:
        attention: list[np.ndarray] = []
        outputs: list[np.ndarray] = []

        def keep_attention(_module: Any, _inputs: Any, output: tuple[torch.Tensor, torch.Tensor]) -> None:
            attention.append(output[1][0].numpy())

        def keep_output(_module: Any, _inputs: Any, output: Any) -> None:
            outputs.append((output[0] if isinstance(output, tuple) else output)[0].numpy())

        hooks = [layer.attention.self.register_forward_hook(keep_attention) for layer in self.encoder.encoder.layer]
        hooks += [layer.register_forward_hook(keep_output) for layer in self.encoder.encoder.layer]
        try:
            with computing_with(threads=1):
                states = self.encoder(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        finally:
            for hook in hooks:
                hook.remove()
        return Trace(np.stack(attention), np.stack(outputs), self.answer(states, place))

    @contextmanager
    def _as_cut(self, layers: int, rank: int) -> Iterator[tuple[float, ...]]:
        """Within, the encoder is the cut one: its bottom layers, with shared query and key."""
        whole = self.encoder.encoder.layer
        own = [layer.attention.self for layer in whole]
        shared = self._decomposed(layers, rank) if rank else []
        try:
            for layer, (module, _) in zip(whole, shared, strict=False):
                layer.attention.self = module
            self.encoder.encoder.layer = whole[:layers]
            yield tuple(error for _, error in shared)
        finally:
            self.encoder.encoder.layer = whole
            for layer, module in zip(whole, own, strict=True):
                layer.attention.self = module

    def warm(
        self, layers: int, ranks: Sequence[int], seconds: float, awaited: Callable[[], bool] = lambda: False
    ) -> bool:
        """Decompose ahead of time, in the order given and a layer at a time, until `seconds` are over or somebody has
        `awaited` an answer: who asks meanwhile waits for one layer, not for a rank. Whether all is done."""
        end = time.perf_counter() + seconds
        for rank in ranks:
            for layer in range(layers):
                if (layer, rank) not in self._shared:
                    if time.perf_counter() > end or awaited():
                        return False
                    self._decomposed(layer + 1, rank)
        return True

    def _decomposed(self, layers: int, rank: int) -> list[tuple[Any, float]]:
        """The bottom layers' attention at this rank, as a run's surgery makes it, and the error of each."""
        config, own = self.encoder.config, [layer.attention.self for layer in self.encoder.encoder.layer[:layers]]
        missing = [layer for layer in range(layers) if (layer, rank) not in self._shared]
        projections = [
            Projections(own[layer].query.weight, own[layer].query.bias, own[layer].key.weight, self.seed + layer)
            for layer in missing
        ]
        found = collaborate(projections, config.num_attention_heads, rank)
        shape = light_config(config, [0], rank) if missing else None
        for layer, one in zip(missing, found, strict=True):
            with torch.device("meta"):
                made = CollaborativeSelfAttention(shape).eval()
            made.load_state_dict(one.tensors(), strict=False, assign=True)
            made.value = own[layer].value
            self._shared[layer, rank] = (made, one.error)
        return [self._shared[layer, rank] for layer in range(layers)]
