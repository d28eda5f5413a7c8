"""What our trainer costs around the step, and the memory of a run: the default LoRA run of full size on random weights.

    python -m tests.benchmarks.trainer [TASK] [--threads N] [--steps N]

The trainer takes N steps as a worker does, recording and all; a bare loop of the same parts (its folded model, its
optimizer, its batches, with the gradient's norm clipped) then takes the same. Each step counts by the better of two
goes; the first of each warms up. LAB_DATA names the rows.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from core.config import RunConfig
from core.demo import DEMO_MODEL_DIR
from core.model.source import resolve_model
from core.runs.folder.store import Store
from core.train.fast_path import settle_arithmetic
from core.train.fit import prepare
from core.train.recorder import Recorder
from core.train.trainer import LabTrainer
from tests.benchmarks.machine import Measured, report
from tests.benchmarks.rows import rows_of
from tests.benchmarks.step import BATCH, PUBLISHED

GOAL_PERCENT, GOAL_MB = 3, 1300


class Clock(TrainerCallback):
    """The time at the end of each step, as `timed` has it."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_args: Any, **_kwargs: Any) -> None:
        self.ends.append(now())


def now() -> float:
    return time.process_time() if torch.get_num_threads() == 1 else time.perf_counter()


def trainer_in(folder: Path, task: str, steps: int, clock: Clock) -> LabTrainer:
    """A LabTrainer over the default LoRA run at full size, of `steps` steps and no evaluation."""
    model = folder / "model"
    if not model.is_dir():
        shutil.copytree(
            DEMO_MODEL_DIR, model, ignore=shutil.ignore_patterns("*.safetensors", "config.json", "digests*")
        )
        shutil.copy(PUBLISHED, model)
    config = RunConfig(task=task, model=str(model)).replace(
        {"train.max_steps": steps, "train.eval_every": steps, "data.max_train_rows": BATCH * steps,
         "data.max_eval_rows": BATCH}
    )  # fmt: skip
    run = Store(folder / "runs").create(config)
    setup = prepare(run, config, rows_of(config), resolve_model(str(model)), lambda: False)
    return LabTrainer(setup, Recorder(setup), [clock])


def bare_steps(trainer: LabTrainer) -> list[float]:
    """Seconds of each step of a bare loop over the trainer's own parts, the batches of its first epoch."""
    trainer.batches.set_epoch(0)
    model, optimizer, seconds = trainer.setup.model.train(), trainer.create_optimizer(), []
    trained = [p for p in model.parameters() if p.requires_grad]
    for batch in trainer.get_train_dataloader():
        began = now()
        labels = batch.pop("labels")
        batch.pop("row")
        with torch.autocast("cpu", torch.bfloat16, enabled=trainer.bf16):
            logits = model(**batch).logits
        torch.nn.functional.cross_entropy(logits.float(), labels).backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(now() - began)
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", nargs="?", default="CoLA")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--steps", type=int, default=12)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    settle_arithmetic()
    goes: dict[str, list[list[float]]] = {"trainer": [], "bare": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            clock = Clock()
            trainer = trainer_in(Path(folder), arguments.task, arguments.steps, clock)
            trainer.train()
            if not goes["bare"]:
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)
            ends = clock.ends[: arguments.steps]
            goes["trainer"].append([b - a for a, b in itertools.pairwise(ends)])
            goes["bare"].append(bare_steps(trainer)[1:])
    trainer_s, bare_s = (sum(map(min, zip(*goes[name], strict=True))) for name in ("trainer", "bare"))
    more = 100 * (trainer_s / bare_s - 1)
    rows = [
        Measured("a step, beyond a bare loop's", more, GOAL_PERCENT, unit="%"),
        Measured("peak memory of the run's process", peak, GOAL_MB, unit="MB"),
    ]
    return report(f"The trainer on {arguments.task}, {trainer.path} path, {arguments.threads} threads", rows)


if __name__ == "__main__":
    sys.exit(main())
