"""A sentence in; its attention, its layers' outputs and the model's answer, whole and cut, out.

The cut model is not approximated: it has the bottom layers, and in each the very attention that a run of the same seed
would train on, decomposed by `core.model.cp` and kept in its cache.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from transformers import MobileBertConfig, MobileBertForMaskedLM

from core.analysis.drift import MOST_PIECES, Adapter, Surgery, Trace, cosines, lengths
from core.analysis.playground.words import Word, pieces_by_word
from core.model.build import seeded
from core.model.cp.attention import CollaborativeSelfAttention
from core.model.cp.decomposition import collaborate
from core.model.encoder_parts import layer_of
from core.model.fetch import fetch
from core.model.light_mobilebert import LightMobileBertConfig, light_config
from core.model.limits import check_layers
from core.model.padding import silence_padding
from core.model.saved import quiet_loading
from core.model.source import ModelError, resolve_model
from core.model.tokenizer import load_tokenizer
from core.runs.folder.run import Run

GUESSES = 5
SEED = 13
"""A run's own default."""
Answer = Callable[[torch.Tensor, int | None], dict[str, float]]
"""The last layer's output (1, T, hidden) and the masked piece's place in, probabilities by name out."""


@dataclass
class Subject:
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
    _shared: dict[tuple[int, int], tuple[Any, float]] = field(default_factory=dict)

    @property
    def layers(self) -> int:
        return int(self.encoder.config.num_hidden_layers)

    def cut(self, text: str, layers: int, rank: int, masked: int | None = None) -> Surgery:
        """The sentence through the whole model and through `layers` of it at CP rank `rank` (0: attention as it is).

        `masked`: which word (of `words`) the model shall guess. ConfigError for more layers than there are.
        """
        check_layers(layers, self.layers)
        ids, place, cut_off = self._encode(text, masked)
        with torch.inference_mode():
            before = self._trace(ids, place)
            with self._as_cut(layers, rank) as errors:
                after = self._trace(ids, place)
        return Surgery(tuple(self.tokenizer.convert_ids_to_tokens(ids[0])), cut_off, before, after, errors)

    def words(self, text: str) -> list[Word]:
        """What can be masked."""
        words, pieces, _ = pieces_by_word(self, text, None)
        return [word for word, places in zip(words, pieces, strict=True) if places]

    def adapters(self, text: str) -> list[Adapter]:
        """What each adapter of a LoRA run does to this sentence; none of a model without."""
        if self.adapted is None:
            return []
        ids, _, _ = self._encode(text, None)
        found: list[Adapter] = []

        def measure(name: str) -> Callable[..., None]:
            def after(module: Any, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
                bare = module.base_layer(inputs[0])[0].numpy()
                full = output[0].numpy()
                share = lengths(full - bare) / np.maximum(lengths(bare), 1e-12)
                layer = layer_of(name)
                said = (-1 if layer is None else layer, name.rpartition(".")[2])
                found.append(Adapter(*said, float(share.mean()), float(cosines(full, bare).mean())))

            return after

        hooks = [
            module.register_forward_hook(measure(name))
            for name, module in self.adapted.named_modules()
            if hasattr(module, "lora_A")
        ]
        try:
            with torch.inference_mode():
                self.adapted(input_ids=ids, attention_mask=torch.ones_like(ids))
        finally:
            for hook in hooks:
                hook.remove()
        return found

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
        shared = [self._decomposed(number, rank) for number in range(layers)] if rank else []
        try:
            for layer, (module, _) in zip(whole, shared, strict=False):
                layer.attention.self = module
            self.encoder.encoder.layer = whole[:layers]
            yield tuple(error for _, error in shared)
        finally:
            self.encoder.encoder.layer = whole
            for layer, module in zip(whole, own, strict=True):
                layer.attention.self = module

    def warm(self, layers: int, ranks: Sequence[int], seconds: float) -> bool:
        """Decompose ahead of time, in the order given, until `seconds` are over. Whether all is done."""
        end = time.perf_counter() + seconds
        for rank in ranks:
            for layer in range(layers):
                if (layer, rank) not in self._shared:
                    if time.perf_counter() > end:
                        return False
                    self._decomposed(layer, rank)
        return True

    def _decomposed(self, layer: int, rank: int) -> tuple[Any, float]:
        """The layer's attention at this rank, as a run's surgery makes it, and its error."""
        if (layer, rank) not in self._shared:
            own, config = self.encoder.encoder.layer[layer].attention.self, self.encoder.config
            with threadpool_limits(1):  # so small products only wait for each other's threads
                found = collaborate(own.query.weight, own.query.bias, own.key.weight, config.num_attention_heads, rank,
                                    self.seed + layer)  # fmt: skip
            with torch.random.fork_rng(devices=[]):
                made = CollaborativeSelfAttention(light_config(config, [layer], rank)).eval()
            made.value = own.value
            made.load_state_dict(found.tensors(), strict=False)
            self._shared[layer, rank] = (made, found.error)
        return self._shared[layer, rank]


def of_model(name: str) -> Subject:
    """A pre-trained MobileBERT by name, with its guess of a masked word where its weights hold one.

    Raises ModelError for one that cannot be read, has no tokenizer, or is no MobileBERT that can be cut.
    """
    source = resolve_model(name)
    folder, tokenizer = fetch(source), load_tokenizer(source)
    config = MobileBertConfig.from_pretrained(folder) if _type_of(folder) == "mobilebert" else None
    if config is None:
        raise ModelError(f"{name} cannot be cut: only a MobileBERT can")
    config._attn_implementation = "eager"
    model: Any
    info: dict[str, Any]
    with quiet_loading(), seeded(SEED):
        if source.has_weights:
            loaded: Any = MobileBertForMaskedLM.from_pretrained(
                folder, config=config, use_safetensors=True, local_files_only=True, output_loading_info=True
            )
            model, info = loaded
        else:
            model, info = MobileBertForMaskedLM(config), {"missing_keys": []}
    model.eval()
    silence_padding(model, tokenizer.pad_token_id)
    guesses = not any(key.startswith("cls.") for key in info["missing_keys"])
    note = source.note if guesses else "its weights hold no head that guesses masked words"

    def answer(states: torch.Tensor, place: int | None) -> dict[str, float]:
        if place is None or not guesses:
            return {}
        odds = model.cls(states)[0, place].softmax(-1)
        best = odds.topk(GUESSES)
        return dict(zip(tokenizer.convert_ids_to_tokens(best.indices), best.values.tolist(), strict=True))

    return Subject(model.mobilebert, tokenizer, answer, guesses, note)


def of_run(run: Run) -> Subject:
    """A finished run's MobileBERT with its classes. Raises RunError, and ModelError where it cannot be cut."""
    from core.analysis.predict import load_trained

    trained = load_trained(run)
    model: Any = trained.model
    if not isinstance(model.config, MobileBertConfig) or isinstance(model.config, LightMobileBertConfig):
        raise ModelError(f"the model of run {run.id} cannot be cut: it is no MobileBERT, or was cut already")
    adapted = model if hasattr(model, "peft_config") else None
    whole = copy.deepcopy(model).merge_and_unload() if adapted is not None else model
    whole.eval().set_attn_implementation("eager")
    labels = trained.task.labels

    def answer(states: torch.Tensor, _place: int | None) -> dict[str, float]:
        logits = whole.classifier(whole.mobilebert.pooler(states))[0]
        if not labels:
            return {"score": float(logits[0])}
        odds = dict(zip(labels, logits.softmax(-1).tolist(), strict=True))
        return dict(sorted(odds.items(), key=lambda one: -one[1]))

    note = "a pair's second text is left out" if trained.task.is_pair else ""
    return Subject(whole.mobilebert, trained.tokenizer, answer, False, note, run.config().seed, adapted)


def _type_of(folder: Path) -> str:
    from core.model.source import read_config

    return str(read_config(folder).get("model_type"))
