"""What happens in a training in; what the run folder keeps of it out: progress, curves, texts, embeddings."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import psutil
import torch
from transformers import TrainerCallback

from core.augment.edits import AugmentedRow
from core.augment.shares import shares
from core.data.sources import EVAL_SEED
from core.train.evaluate import Outputs
from core.train.history import figures
from core.train.setup import TrainingSetup

STATUS_EVERY_S = 0.1
MAX_POINTS = 5_000
"""At most about so many points in a run's training curve."""
EMBEDDED_ROWS = 1_000
LOSS_PARTS = ("ce", "contrastive")


class Recorder(TrainerCallback):
    """Writes what happens into the run folder, and decides nothing."""

    def __init__(self, setup: TrainingSetup) -> None:
        self._setup, self._run = setup, setup.run
        self._began = self._last_log = self._last_status = time.monotonic()
        self._first_step = 0
        self.examples = 0
        """Rows trained on since the last line of the curve; whoever makes a step counts them."""
        self._busy = time.process_time()
        self._every = math.ceil(setup.total_steps / MAX_POINTS)
        self._process = psutil.Process()
        self._chosen = self._keep_texts()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._began = self._last_log = time.monotonic()
        self._busy = time.process_time()
        self._first_step = state.global_step
        self._status(state, force=True)

    def augmented(self, epoch: int, changed: Sequence[AugmentedRow]) -> None:
        """Keep what the epoch changed, beside what it was, and how the mix of methods came out."""
        originals, policy = self._setup.train.rows, self._setup.train.policy
        if changed:
            mix = shares(policy.weights, originals, changed, policy.sides, policy.table)
            self._run.save_record(augmentation={"epoch": epoch, **dataclasses.asdict(mix)})
        self._run.save_augmented(
            epoch,
            [
                {
                    "row": entry.row,
                    "method": entry.method,
                    "text": originals.texts[entry.row],
                    "augmented": entry.text.text,
                    "edits": [_edit(edit) for edit in entry.text.edits],
                    **(
                        {
                            "pair": originals.pairs[entry.row],
                            "pair_augmented": entry.pair.text,
                            "pair_edits": [_edit(edit) for edit in entry.pair.edits],
                        }
                        if originals.pairs is not None and entry.pair is not None
                        else {}
                    ),
                }
                for entry in changed
            ],
        )

    def outputs(self, step: int, outputs: dict[str, Outputs]) -> None:
        """Keep the pooled embeddings and logits of the kept rows of the first evaluation split."""
        first, chosen = next(iter(outputs.values())), self._chosen
        self._run.save_embeddings(step, first.pooled[chosen], first.logits[chosen], first.labels[chosen], chosen)

    def _keep_texts(self) -> np.ndarray:
        """Keep a fixed subset of the first evaluation split, and its row numbers.

        The subset is the same for every run on the same rows, whatever its seed: clusters are compared row by row.
        """
        rows = next(iter(self._setup.evals.values())).rows
        chosen = np.sort(np.random.default_rng(EVAL_SEED).permutation(len(rows))[:EMBEDDED_ROWS])
        self._run.save_eval_rows(
            [
                {
                    "row": int(i),
                    "text": rows.texts[i],
                    **({"pair": rows.pairs[i]} if rows.pairs is not None else {}),
                    "label": rows.labels[i],
                }
                for i in chosen
            ]
        )
        return chosen

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._status(state, force=True)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        if not logs or "loss" not in logs:
            return
        step = state.global_step
        line = {
            "loss": logs["loss"],
            "lr": logs.get("learning_rate"),
            "grad_norm": float(logs["grad_norm"]) if "grad_norm" in logs else None,
            **self._machine(),
        }
        line |= {name: logs[name] for name in LOSS_PARTS if name in logs}
        if step % self._every == 0 or step >= state.max_steps:
            self._run.append_metrics({"step": step, "epoch": round(float(state.epoch or 0), 6), **line})
            self._last_log, self._busy, self.examples = time.monotonic(), time.process_time(), 0
        self._status(state, now=line)

    def _machine(self) -> dict[str, float]:
        """Speed and what it costs, since the last line of the curve."""
        seconds = max(time.monotonic() - self._last_log, 1e-6)
        figures = {
            "examples_per_s": round(self.examples / seconds, 1),
            "memory_mb": round(self._process.memory_info().rss / 2**20),
            "cpu_percent": round(100 * (time.process_time() - self._busy) / seconds),
        }
        if torch.cuda.is_available():
            figures["gpu_memory_mb"] = round(torch.cuda.max_memory_reserved() / 2**20)
            figures |= _gpu_use()
        return figures

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **kwargs: Any) -> None:
        if not metrics:
            return
        epoch = round(float(state.epoch or 0), 6)
        self._run.append_metrics({"step": state.global_step, "epoch": epoch, **metrics})
        said = (f"{name} {'undefined' if value is None else f'{value:.4g}'}" for name, value in metrics.items())
        print(f"step {state.global_step}: " + ", ".join(said), flush=True)
        self.standing()
        self._last_log, self._busy = time.monotonic(), time.process_time()
        self._status(state, force=True)

    def standing(self) -> None:
        """Say which evaluation was the last, and which the best so far."""
        history = self._setup.history
        best = {"step": history.best_step, **figures(history.best)} if history.best else {}
        self._run.set_status(metrics=figures(history.rows[-1] if history.rows else None), best=best)

    def _status(self, state: Any, force: bool = False, now: dict[str, Any] | None = None) -> None:
        clock = time.monotonic()
        if not force and clock - self._last_status < STATUS_EVERY_S:
            return
        self._last_status = clock
        done = state.global_step - self._first_step
        left = state.max_steps - state.global_step
        self._run.set_status(
            phase="training",
            step=state.global_step,
            of=state.max_steps,
            epoch=round(float(state.epoch or 0), 4),
            eta_s=round((clock - self._began) / done * left, 1) if done else None,
            **({"now": now} if now else {}),
        )


def _gpu_use() -> dict[str, float]:
    """Per cent of the time that the GPU computes; empty where the driver does not tell, or nvidia-ml-py is missing."""
    try:
        return {"gpu_percent": torch.cuda.utilization()}
    except Exception:  # NVML's errors are classes of its own; a figure must never end a run
        return {}


def _edit(edit: Any) -> dict[str, Any]:
    return {"start": edit.start, "end": edit.end, "before": edit.before, "after": edit.after, "rule": edit.rule}
