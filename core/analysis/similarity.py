"""Rows before and after an augmentation in; how far each moved in a model's embedding space out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.analysis.preview import PreviewRow
from core.config import RunConfig
from core.data.rows import Rows

_CHUNK = 64
Progress = Callable[[int, int], None]
"""Called with (done, total) rows."""


def changed_rows(shown: Sequence[PreviewRow]) -> dict[int, list[PreviewRow]]:
    """The sides of each row of which at least one was changed."""
    by_row: dict[int, list[PreviewRow]] = {}
    for side in shown:
        by_row.setdefault(side.row, []).append(side)
    return {row: sides for row, sides in by_row.items() if any(side.edits for side in sides)}


def row_similarities(
    config: RunConfig, by_method: Mapping[str, Sequence[PreviewRow]], progress: Progress = lambda done, of: None
) -> dict[str, dict[int, float]]:
    """Method to {row: cosine similarity of its embedding before and after}, for the rows that the method changed.

    The embedding is the mean of the last layer's states over the row's word pieces (a pair's in one sequence) under
    `config.model`, cut at `data.max_length`. The mean, because the first piece's state of a model that was not
    fine-tuned says little about the sentence (Reimers and Gurevych 2019, table 1). ModelError where there is no model.
    """
    changed = {method: changed_rows(shown) for method, shown in by_method.items()}
    before = {row: _texts(sides, "original") for rows in changed.values() for row, sides in rows.items()}
    after = [_texts(sides, "augmented") for rows in changed.values() for sides in rows.values()]
    distinct = list(dict.fromkeys([*before.values(), *after]))
    place = {texts: i for i, texts in enumerate(distinct)}
    vectors = _unit(mean_states(config, distinct, progress))
    return {
        method: {
            row: float(vectors[place[before[row]]] @ vectors[place[_texts(sides, "augmented")]])
            for row, sides in rows.items()
        }
        for method, rows in changed.items()
    }


def _texts(sides: Sequence[PreviewRow], which: str) -> tuple[str, ...]:
    return tuple(getattr(side, which) for side in sides)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def mean_states(config: RunConfig, rows: Sequence[tuple[str, ...]], progress: Progress) -> np.ndarray:
    """(rows, hidden) float32: the mean of the last layer's states over the word pieces of a row's one or two texts.

    Rows of exactly one length make a batch: MobileBERT embeds each piece with its neighbours, so that a padded row's
    last piece would see its padding, and its state would hang on what else is in the batch.
    """
    import torch

    from core.model.build import build_model
    from core.model.source import resolve_model
    from core.model.tokenizer import load_tokenizer
    from core.train.batches import encode

    tokenizer = load_tokenizer(resolve_model(config.model))
    model = build_model(config.replace({"lora.enabled": False}), num_labels=2).eval()
    items = encode(tokenizer, _as_rows(rows), config.data.max_length)
    by_length: dict[int, list[int]] = {}
    for i, item in enumerate(items):
        by_length.setdefault(len(item["input_ids"]), []).append(i)
    states = np.zeros((len(items), model.config.hidden_size), dtype=np.float32)
    done = 0
    for alike in by_length.values():
        for start in range(0, len(alike), _CHUNK):
            progress(done, len(items))
            chosen = alike[start : start + _CHUNK]
            batch = {name: torch.tensor([items[i][name] for i in chosen]) for name in items[chosen[0]]}
            with torch.inference_mode():
                states[chosen] = model.base_model(**batch).last_hidden_state.mean(dim=1).numpy()  # (B, T, hidden)
            done += len(chosen)
    progress(done, len(items))
    return states


def _as_rows(rows: Sequence[tuple[str, ...]]) -> Rows:
    pairs = [texts[1] for texts in rows] if rows and len(rows[0]) > 1 else None
    return Rows([texts[0] for texts in rows], pairs, [0] * len(rows))
