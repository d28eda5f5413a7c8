"""A model and encoded rows in; logits, pooled embeddings and scores out. One loop for training, prediction, noise."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.model.encoder_parts import final_linears
from core.model.folded import folded
from core.model.threads import single_threads
from core.tasks import Task
from core.train.batches import EncodedRows, pad
from core.train.interrupt import Interrupted
from core.train.losses import plain_loss
from core.train.metrics import score_all


@dataclass(frozen=True)
class Outputs:
    """What a model says of N rows, in row order."""

    logits: np.ndarray
    """(N, C) float32."""
    pooled: np.ndarray
    """(N, hidden) float32: the first piece's state, what the head sees."""
    labels: np.ndarray
    """(N,)."""

    @property
    def rows_not_finite(self) -> list[int]:
        """Rows whose logits are not all numbers."""
        return np.flatnonzero(~np.isfinite(self.logits).all(axis=1)).tolist()


class Seen(threading.local):
    """What the last forward pass of this thread showed."""

    pooled: torch.Tensor
    """(B, hidden)."""


@contextmanager
def pooled_output(model: torch.nn.Module) -> Iterator[Seen]:
    """Within, each forward pass leaves its pooled output.

    A hook, because the classification classes keep what their pooler returns to themselves. Where a class has no
    pooler, its head begins with one: what its last layer is given.
    """
    seen = Seen()

    def keep(_module: torch.nn.Module, _inputs: tuple, output: torch.Tensor) -> None:
        seen.pooled = output

    def keep_input(_module: torch.nn.Module, inputs: tuple[torch.Tensor]) -> None:
        seen.pooled = inputs[0]

    poolers = [module for name, module in model.named_modules() if name.split(".")[-1] == "pooler"]
    if len(poolers) == 1:
        handles = [poolers[0].register_forward_hook(keep)]
    else:  # with LoRA there are two heads, of which one is asked
        handles = [layer.register_forward_pre_hook(keep_input) for layer in final_linears(model)]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def evaluate_rows(
    model: torch.nn.Module,
    rows: EncodedRows,
    pad_id: int,
    batch_size: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> Outputs:
    """Run `rows` through `model` without gradients, longest rows first so that little is padding.

    Always in float32, whatever a run trains in: in bf16 a text's logits depend on the batch it stands in (by 4e-3 on
    the demo model, 1e-7 in float32), and a run's figures are to be what `predict` answers.
    On a processor each of torch's threads takes batches of its own: threads that share every product wait for each
    other at every one. `should_stop` is asked before every batch; where it says so, Interrupted is raised.
    """
    device = next(model.parameters()).device
    order = np.argsort([-length for length in rows.lengths()], kind="stable")
    batches = [order[start : start + batch_size].tolist() for start in range(0, len(order), batch_size)]
    was_training = model.training

    def answer(batch: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        if should_stop():
            raise Interrupted
        padded = pad([rows[i] for i in batch], pad_id)
        inputs = {name: tensor.to(device) for name, tensor in padded.items() if name not in ("labels", "row")}
        with torch.inference_mode():
            logits = model(**inputs).logits
            return logits.float().cpu(), seen.pooled.float().cpu()

    model.eval()
    try:
        with folded(model, keep=not was_training), pooled_output(model) as seen:
            together = min(torch.get_num_threads(), len(batches)) if device.type == "cpu" else 1
            if together > 1:
                with single_threads(together) as pool:
                    found = list(pool.map(answer, batches))
            else:
                found = list(map(answer, batches))
    finally:
        model.train(was_training)
    logits, pooled = (torch.cat(each).numpy()[np.argsort(order, kind="stable")] for each in zip(*found, strict=True))
    return Outputs(logits, pooled, np.asarray(rows.rows.labels))


def evaluate_splits(
    model: torch.nn.Module,
    splits: Mapping[str, EncodedRows],
    pad_id: int,
    batch_size: int,
    should_stop: Callable[[], bool],
) -> dict[str, Outputs] | None:
    """Of every split in turn; None where `should_stop` said so."""
    try:
        return {name: evaluate_rows(model, rows, pad_id, batch_size, should_stop) for name, rows in splits.items()}
    except Interrupted:
        return None


def score_splits(outputs: Mapping[str, Outputs], task: Task) -> dict[str, Any]:
    """Plain loss and the task's metrics of every split, by the Trainer's names: `eval_accuracy` is the first split's,
    the others bear theirs, `eval_mismatched_accuracy`."""
    found: dict[str, Any] = {}
    for index, (name, output) in enumerate(outputs.items()):
        prefix = "eval_" if index == 0 else f"eval_{name}_"
        found[f"{prefix}loss"] = plain_loss(output.logits, output.labels, task.is_regression)
        for metric, value in score_all(task.metrics, output.logits, output.labels).items():
            found[f"{prefix}{metric}"] = value
    return found
