"""A text and a trained model in; what each word did for the answer out, in two ways that must not be confused.

`left out`: the answer's log-odds minus those of the text without the word. What the model would say then, but two words
that say the same hide each other.

`integrated gradients` (Sundararajan et al. 2017): every word's embedding is faded in from nothing, all at once; each is
given its part of what that changes. The parts sum to f(text) - f(text of empty words), which is checked, not believed.

Own code rather than captum's: its newest release (0.8) wants a numpy older than 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from core.analysis.playground.words import Word, pieces_by_word

if TYPE_CHECKING:
    from core.analysis.predict import TrainedModel

TOLERANCE = 0.02
"""Of the change that is shared out: how far the sum of the parts may be off."""
NODES = (16, 32, 64, 128, 256)
"""Points of the quadrature, doubled until the sum is right."""
AT_ONCE = 32
"""Texts, or points of the path, in one pass."""
MOST_WORDS = 300
"""Words that are left out in turn; those beyond have no such figure."""


@dataclass(frozen=True)
class Salience:
    """What the words did for one answer, in log-odds of the class (a score: in its own unit)."""

    answer: str
    words: tuple[Word, ...]
    left_out: tuple[float | None, ...]
    """By word; None beyond `MOST_WORDS`."""
    gradients: tuple[float | None, ...]
    """By word, the sum over its pieces; None for a word that the model does not read (`max_length`)."""
    rest: float
    """The part of integrated gradients that falls on no word."""
    whole: float
    """f(text)."""
    empty: float
    """f(the same places with empty words)."""
    nodes: int
    """Points that the quadrature took."""

    @property
    def gap(self) -> float:
        """How far the sum of all parts is from what it must be."""
        return sum(part or 0.0 for part in self.gradients) + self.rest - (self.whole - self.empty)

    @property
    def sums_up(self) -> bool:
        return abs(self.gap) <= TOLERANCE * max(abs(self.whole - self.empty), 1.0)


def log_odds(logits: torch.Tensor, answer: int) -> torch.Tensor:
    """(N, C) -> (N,): of one class against all others together; of a score, the score."""
    if logits.shape[-1] == 1:
        return logits[:, 0]
    others = [i for i in range(logits.shape[-1]) if i != answer]
    return logits[:, answer] - logits[:, others].logsumexp(dim=-1)


def explain(trained: TrainedModel, text: str, pair: str | None = None) -> Salience:
    """Both kinds of salience for the class that the model answers."""
    words, pieces, encoding = pieces_by_word(trained, text, pair)
    with torch.no_grad():
        answer = int(trained.model(**encoding).logits[0].argmax())
    parts, whole, empty, nodes = integrated_gradients(trained.model, encoding, _word_places(pieces), answer)
    by_word = tuple(float(parts[places].sum()) if places else None for places in pieces)
    label = trained.task.labels[answer] if trained.task.labels else "score"
    left = _left_out(trained, text, pair, words, answer, whole)
    rest = float(parts.sum()) - sum(part or 0.0 for part in by_word)
    return Salience(label, tuple(words), left, by_word, rest, whole, empty, nodes)


def _word_places(pieces: Sequence[Sequence[int]]) -> list[int]:
    return sorted(place for places in pieces for place in places)


def integrated_gradients(
    model: Any, encoding: Any, places: Sequence[int], answer: int
) -> tuple[torch.Tensor, float, float, int]:
    """(T,) parts by piece, f at the text, f with the pieces at `places` empty, and how many points it took.

    Gauss-Legendre quadrature over the straight path from zero embeddings, which is what this lab's padding piece has
    (core/model/padding.py), to the text's own. [CLS] and [SEP] stay as they are.
    """
    embed = model.get_input_embeddings()
    others = {name: value for name, value in encoding.items() if name != "input_ids"}
    with torch.no_grad():
        full = embed(encoding["input_ids"])  # (1, T, E)
        start = full.clone()
        start[:, list(places)] = 0

    def value(points: torch.Tensor) -> torch.Tensor:
        wide = {name: tensor.expand(len(points), -1) for name, tensor in others.items()}
        return log_odds(model(inputs_embeds=points, **wide).logits, answer)

    with torch.no_grad():
        whole, empty = (float(value(points)[0]) for points in (full, start))
    step = full - start
    for nodes in NODES:
        at, weights = np.polynomial.legendre.leggauss(nodes)  # on [-1, 1]
        gradient = torch.zeros_like(full)
        for first in range(0, nodes, AT_ONCE):
            alphas = torch.as_tensor((at[first : first + AT_ONCE] + 1) / 2, dtype=full.dtype)[:, None, None]
            share = torch.as_tensor(weights[first : first + AT_ONCE] / 2, dtype=full.dtype)
            points = (start + alphas * step).requires_grad_()
            (found,) = torch.autograd.grad((share * value(points)).sum(), points)
            gradient += found.sum(dim=0, keepdim=True)
        parts = (step * gradient).sum(dim=-1)[0]
        if abs(float(parts.sum()) - (whole - empty)) <= TOLERANCE * max(abs(whole - empty), 1.0):
            break
    return parts, whole, empty, nodes


def _left_out(
    trained: TrainedModel, text: str, pair: str | None, words: Sequence[Word], answer: int, whole: float
) -> tuple[float | None, ...]:
    from core.analysis.robustness.measure import answers_of

    tried = words[:MOST_WORDS]
    if not tried:
        return ()
    texts, pairs = [], []
    for word in tried:
        shown = pair if word.side and pair is not None else text
        without = f"{shown[: word.start]}{shown[word.end :]}"
        texts.append(text if word.side else without)
        pairs.append(without if word.side else pair)
    logits = answers_of(trained, texts, None if pair is None else [str(one) for one in pairs])
    after = log_odds(torch.from_numpy(logits), answer)
    return (*(whole - float(one) for one in after), *(None for _ in words[MOST_WORDS:]))
