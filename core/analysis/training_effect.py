"""A finished run and a sentence in; what training moved of it out: attention, the layers' outputs, the answer.

For every encoder that can be trained here: `core.analysis.surgery` asks what a cut does, which only a MobileBERT takes.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.analysis.adapter_effects import adapter_effects
from core.analysis.drift import MOST_PIECES, AdapterEffect, Surgery, Trace
from core.analysis.playground.words import pieces_by_word
from core.analysis.predict import load_trained
from core.model.adapted import has_adapters, merged
from core.model.build import build_model
from core.model.encoder_parts import head_names
from core.model.piece_marks import shown_pieces
from core.model.threads import computing_with
from core.runs.folder.run import Run
from core.tasks import Task


@dataclass
class TrainingEffect:
    """A run's model beside the one that it started from, both under the run's head; one thread at a time."""

    start: Any
    """A classification model: the encoder before its first step, and the head after the last."""
    end: Any
    tokenizer: Any
    labels: Sequence[str]
    """Empty where the answer is a score."""
    note: str = ""
    adapted: Any = None
    """The same model with its adapters beside its weights, where it has any."""
    max_length: int = MOST_PIECES

    def compare(self, text: str) -> Surgery:
        """The sentence through the layers as they were before training and as they are after it."""
        encoding = self._encode(text)
        ids = encoding["input_ids"]
        cut_off = len(self.tokenizer(text)["input_ids"]) - ids.shape[1]
        pieces = tuple(shown_pieces(self.tokenizer, ids[0]))
        return Surgery(pieces, cut_off, self._trace(self.start, encoding), self._trace(self.end, encoding), ())

    def adapters(self, text: str) -> list[AdapterEffect]:
        """What each adapter of a LoRA run does to this sentence; none of a run without."""
        return [] if self.adapted is None else adapter_effects(self.adapted, self._encode(text))

    def _encode(self, text: str) -> dict[str, torch.Tensor]:
        _words, _pieces, encoding = pieces_by_word(self, text, None)
        return dict(encoding)

    def _trace(self, model: Any, encoding: dict[str, torch.Tensor]) -> Trace:
        with torch.inference_mode(), computing_with(threads=1):
            found = model(**encoding, output_attentions=True, output_hidden_states=True)
        attention = np.stack([one[0].numpy() for one in found.attentions])
        outputs = np.stack([one[0].numpy() for one in found.hidden_states[1:]])  # the first are the embeddings
        return Trace(attention, outputs, answer_of(found.logits[0], self.labels))


def answer_of(logits: torch.Tensor, labels: Sequence[str]) -> dict[str, float]:
    """(C,) in; probabilities by class, the likeliest first, or the score, out."""
    if not labels:
        return {"score": float(logits[0])}
    odds = dict(zip(labels, logits.softmax(-1).tolist(), strict=True))
    return dict(sorted(odds.items(), key=lambda one: -one[1]))


def of_one_text(task: Task) -> str:
    """What must be said where a model of this task is given a single text."""
    return "a pair's second text is left out" if task.is_pair else ""


def training_of(run: Run) -> TrainingEffect:
    """RunError for a run without a model; ModelError where the model that it started from is not there any more."""
    trained = load_trained(run)
    model: Any = trained.model
    adapted, task, end = model if has_adapters(model) else None, trained.task, merged(model)
    if adapted is not None:  # without its adapters it is the model that it started from
        start = copy.deepcopy(adapted).unload()
    else:
        config = run.config().replace({"lora.enabled": False})
        start = build_model(config, task.num_labels, task.is_regression, task.labels or None)
        for name in head_names(end):
            start.get_submodule(name).load_state_dict(end.get_submodule(name).state_dict())
    for one in (start, end):
        one.eval().set_attn_implementation("eager")
    longest = min(MOST_PIECES, trained.max_length)
    return TrainingEffect(start, end, trained.tokenizer, task.labels, of_one_text(task), adapted, longest)
