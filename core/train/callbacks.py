"""What the Trainer tells in, what the run folder keeps out: progress, curves, augmented texts, a stop in time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
import torch
from transformers import TrainerCallback

from core.data.sources import EVAL_SEED
from core.runs.folder.run import Run
from core.train.batches import EncodedRows
from core.train.evaluate import Outputs
from core.train.trainer import Job, LabTrainer

STATUS_EVERY_S = 0.1
CHECKPOINT_EVERY_S = 30
MAX_POINTS = 5_000
"""At most about so many points in a run's training curve."""
EMBEDDED_ROWS = 1_000


class Recorder(TrainerCallback):
    """Writes what happens into the run folder, and stops the Trainer when asked to."""

    trainer: LabTrainer

    def __init__(self, job: Job) -> None:
        self._job, self._run = job, job.run
        self._began = self._last_log = self._last_status = self._last_save = time.monotonic()
        self._first_step = 0
        self._logged_step = 0
        self._busy = time.process_time()
        self._every = math.ceil(job.total_steps / MAX_POINTS)
        self._process = psutil.Process()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._began = self._last_log = self._last_save = time.monotonic()
        self._busy = time.process_time()
        self._first_step = self._logged_step = state.global_step
        self._status(state, force=True)

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        epoch = state.global_step // self._job.steps_per_epoch
        changed = self.trainer.set_epoch(epoch)
        originals = self._job.train.rows
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

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        last = state.global_step >= state.max_steps
        if last:
            control.should_evaluate = control.should_log = True
        if self._job.team.agree(self._job.should_stop()) and not last:
            # An evaluation may take longer than a stop may; it is owed until the run goes on.
            self.trainer.eval_pending = control.should_evaluate
            control.should_evaluate = False
            control.should_save = control.should_training_stop = True
        elif not last and self._is_due(state.global_step):
            control.should_save = True

    def _is_due(self, step: int) -> bool:
        every = self._job.config.train.checkpoint_every
        return step % every == 0 if every else time.monotonic() - self._last_save > CHECKPOINT_EVERY_S

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._last_save = time.monotonic()
        self._status(state, force=True)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        if not logs or "loss" not in logs:
            return
        step = state.global_step
        line = {
            # This step's own loss, not the mean since the last line: a resumed run then writes the same.
            "loss": self.trainer.loss,
            "lr": logs.get("learning_rate"),
            "grad_norm": float(logs["grad_norm"]) if "grad_norm" in logs else None,
            **self._machine(step),
        }
        if len(self.trainer.loss_parts) > 1:
            line |= {name: float(part) for name, part in self.trainer.loss_parts.items()}
        if step % self._every == 0 or step >= state.max_steps:
            self._run.append_metrics({"step": step, "epoch": round(float(state.epoch or 0), 6), **line})
            self._last_log, self._logged_step, self._busy = time.monotonic(), step, time.process_time()
        self._status(state, now=line)

    def _machine(self, step: int) -> dict[str, float]:
        """Speed and what it costs, since the last line of the curve."""
        seconds = max(time.monotonic() - self._last_log, 1e-6)
        examples = (step - self._logged_step) * self._job.config.train.batch_size
        figures = {
            "examples_per_s": round(examples / seconds, 1),
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
        print(f"step {state.global_step}: " + ", ".join(f"{k} {v:.4g}" for k, v in metrics.items()), flush=True)
        primary = self._job.task.metrics
        self._run.set_status(metrics={name: metrics[f"eval_{name}"] for name in primary})
        self._last_log, self._busy = time.monotonic(), time.process_time()
        self._status(state, force=True)

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


def embedding_recorder(run: Run, rows: EncodedRows) -> Callable[[int, dict[str, Outputs]], None]:
    """A function that keeps the pooled embeddings of a fixed subset of the first evaluation split.

    The subset is the same for every run on the same rows, whatever its seed: clusters are compared row by row.
    """
    order = np.random.default_rng(EVAL_SEED).permutation(len(rows))
    chosen = np.sort(order[:EMBEDDED_ROWS])
    run.save_eval_rows(
        [
            {
                "row": int(i),
                "text": rows.rows.texts[i],
                **({"pair": rows.rows.pairs[i]} if rows.rows.pairs is not None else {}),
                "label": rows.rows.labels[i],
            }
            for i in chosen
        ]
    )

    def record(step: int, outputs: dict[str, Outputs]) -> None:
        first = next(iter(outputs.values()))
        run.save_embeddings(step, first.pooled[chosen], first.logits[chosen], first.labels[chosen], chosen)

    return record


def _gpu_use() -> dict[str, float]:
    """Per cent of the time that the GPU computes; empty where the driver does not tell, or nvidia-ml-py is missing."""
    try:
        return {"gpu_percent": torch.cuda.utilization()}
    except Exception:  # NVML's errors are classes of its own; a figure must never end a run
        return {}


def _edit(edit: Any) -> dict[str, Any]:
    return {"start": edit.start, "end": edit.end, "before": edit.before, "after": edit.after, "rule": edit.rule}
