"""What our trainer costs around the step, and the memory of a run: the default LoRA run of full size on random weights.

    python -m tests.benchmarks.trainer [TASK] [--threads N] [--steps N]

The trainer takes N steps as a worker does, recording and all; a bare loop of the same parts (its folded model, its
optimizer, its batches, with the gradient's norm clipped) then takes the same. Each step counts by the better of two
goes; the first of each warms up. The memory is the peak of a worker's own process over the same N steps, beside what
was said before the run: it loads less than this one does. LAB_DATA names the rows.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from core.config import RunConfig
from core.data.lengths import text_lengths
from core.model.memory import estimate_memory
from core.model.source import resolve_model
from core.runs.folder.run import Run
from core.runs.folder.store import Store
from core.train.fast_path import settle_arithmetic
from core.train.fit import prepare
from core.train.recorder import Recorder
from core.train.trainer import LabTrainer
from tests.benchmarks.machine import Measured, report
from tests.benchmarks.rows import rows_of
from tests.benchmarks.step import BATCH, PUBLISHED, tokenizer_folder

GOAL_PERCENT, GOAL_MB = 3, 1300


class Clock(TrainerCallback):
    """The time at the end of each step, as `timed` has it."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_args: Any, **_kwargs: Any) -> None:
        self.ends.append(now())


def now() -> float:
    return time.process_time() if torch.get_num_threads() == 1 else time.perf_counter()


WORKER = """
import re, resource, sys
from core.runs.folder.store import Store
from core.worker import StopFlag, work
root, name = sys.argv[1:]
code = work(Store(root).get(name), StopFlag(), None)
try:  # a child's ru_maxrss begins with its parent's
    with open("/proc/self/status") as told:
        print(1024 * int(re.search(r"VmHWM:\\s+(\\d+)", told.read())[1]))
except OSError:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
sys.exit(code)
"""
"""What a worker does with a run, and its peak in bytes."""


def run_in(folder: Path, task: str, steps: int) -> Run:
    """The default LoRA run at full size, of `steps` steps and no evaluation but one at its end."""
    model = folder / "model"
    if not model.is_dir():
        others = shutil.ignore_patterns("*.safetensors", "config.json", "digests*")
        shutil.copytree(tokenizer_folder(), model, ignore=others)
        shutil.copy(PUBLISHED, model)
    config = RunConfig(task=task, model=str(model)).replace(
        {"train.max_steps": steps, "train.eval_every": steps, "data.max_train_rows": BATCH * steps,
         "data.max_eval_rows": BATCH}
    )  # fmt: skip
    return Store(folder / "runs").create(config)


def trainer_in(folder: Path, task: str, steps: int, clock: Clock) -> LabTrainer:
    """A LabTrainer over that run."""
    run = run_in(folder, task, steps)
    config = run.config()
    setup = prepare(run, config, rows_of(config), resolve_model(config.model), lambda: False)
    return LabTrainer(setup, Recorder(setup), [clock])


def memory_of(run: Run) -> tuple[float, float]:
    """(peak of a worker's process over `run`, what is said before it), MB."""
    command = [sys.executable, "-c", WORKER, str(run.dir.parent), run.dir.name]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    config, corpus = run.config(), rows_of(run.config())
    every = [corpus.train, *corpus.evals.values()]
    lengths = text_lengths(corpus.train, config.data.max_length)
    expected = estimate_memory(config, corpus.task.num_labels, lengths, sum(map(len, every)))
    return int(said.split()[-1]) / 1e6, expected.total / 1e6


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
            ends = clock.ends[: arguments.steps]
            goes["trainer"].append([b - a for a, b in itertools.pairwise(ends)])
            goes["bare"].append(bare_steps(trainer)[1:])
        peak, said = memory_of(run_in(Path(folder), arguments.task, arguments.steps))
    trainer_s, bare_s = (sum(map(min, zip(*goes[name], strict=True))) for name in ("trainer", "bare"))
    more = 100 * (trainer_s / bare_s - 1)
    rows = [
        Measured("a step, beyond a bare loop's", more, GOAL_PERCENT, unit="%"),
        Measured("peak memory of a worker's process", peak, GOAL_MB, unit="MB"),
        Measured("    said before the run", said, unit="MB"),
    ]
    return report(f"The trainer on {arguments.task}, {trainer.path} path, {arguments.threads} threads", rows)


if __name__ == "__main__":
    sys.exit(main())
