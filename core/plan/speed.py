"""A configuration in; how fast it trains here out: as a like run did, or as a few steps measured now do.

`python -m core.plan.speed` reads questions from stdin and answers them, as `measure` asks: the one part that needs
torch.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.config import RunConfig
from core.data.lengths import text_lengths
from core.data.rows import Corpus
from core.loading import loaded_for_good
from core.runs.folder.store import RunError, RunInfo, Store
from core.runs.local.environment import CODE
from core.runs.processes import helper_environment
from core.train.steps import Steps

SAME = (
    "task", "model", "data.file", "data.max_length", "data.max_eval_rows", "model.variant", "model.layers",
    "model.rank", "lora.enabled", "lora.r", "lora.targets", "train.batch_size", "train.token_budget",
    "train.precision", "train.fast",
)  # fmt: skip
"""Settings that decide how long a step and an evaluation take; other loss or optimizer hardly matters, slow
augmentation comes on top (`core.plan.augmenting`)."""
SAVE_S = 1.0
MEASURED_STEPS = 3
LIMIT_S = 300
MEASURED_S = 3.0  # seconds after which fewer steps have to do


_MEASURED: dict[tuple[str, int], Speed] = {}


@dataclass(frozen=True)
class Speed:
    """Seconds of a run's parts on this machine."""

    start_s: float
    """From the start of the process to the first step, the first evaluation included."""
    step_s: float
    eval_s: float
    """One evaluation of all evaluation rows."""
    source: str
    """`run <id>`, or `measured`."""


@dataclass(frozen=True)
class SpeedQuestion:
    """What has to be known to measure a speed without loading rows."""

    config: RunConfig
    labels: int
    pieces: int
    """Word pieces of a text, on average."""
    eval_rows: int
    batch: int
    """Rows a step, on average."""


def question(config: RunConfig, corpus: Corpus, per_epoch: int) -> SpeedQuestion:
    """What to ask of a run on `corpus` with so many steps an epoch."""
    lengths = text_lengths(corpus.train, config.data.max_length)
    pieces, batch = math.ceil(lengths.mean), config.train.batch_size
    if budget := config.train.token_budget:
        batch = max(1, round(len(corpus.train) / per_epoch))
        pieces = min(lengths.longest, max(pieces, budget // batch))
    evals = sum(len(rows) for rows in corpus.evals.values())
    return SpeedQuestion(config, corpus.task.num_labels, pieces, evals, batch)


def speed_key(config: RunConfig) -> str:
    """Equal for configurations that train equally fast."""
    flat = config.to_dict()
    return json.dumps([flat[key] for key in SAME])


def run_seconds(speed: Speed, steps: Steps) -> float:
    """Seconds of a run of so many steps, from its start to its end."""
    return speed.start_s + steps.total * speed.step_s + steps.evaluations * speed.eval_s + SAVE_S


def known_speed(config: RunConfig, infos: Iterable[RunInfo], store: Store) -> Speed | None:
    """The speed of the newest like run that has got far enough to have one; `infos` newest first."""
    key = speed_key(config)
    for info in infos:
        if info.config and info.status and info.state in ("running", "finished") and speed_key(info.config) == key:
            try:
                speed = _speed_of(info, store.get(info.id).metrics()[0])
            except RunError:
                continue
            if speed is not None:
                return speed
    return None


def _speed_of(info: RunInfo, rows: Sequence[dict[str, Any]]) -> Speed | None:
    status = info.status
    rows = [row for row in rows if "time" in row]
    pairs = list(itertools.pairwise(rows))
    began = next((row for row in rows if "loss" in row), None)
    steps = [
        (b["time"] - a["time"]) / (b["step"] - a["step"])
        for a, b in pairs
        if "loss" in b and b is not began and b["step"] > a["step"]  # the first one warms up
    ]
    evals = [b["time"] - a["time"] for a, b in pairs if "eval_loss" in b and "loss" in a]
    if status is None or status.started is None or len(steps) < 4 or min(steps) <= 0 or not evals:
        return None
    start = max(0.0, min(rows[0]["time"] - status.started, 600.0))
    return Speed(start, _mean(steps), max(0.0, _mean(evals)), f"run {info.id}")


def _mean(seconds: Sequence[float]) -> float:
    """The mean, as a busy machine's slow steps add up too; but a machine put to sleep makes no step of hours."""
    most = 10 * statistics.median(seconds)
    return statistics.fmean(min(value, most) for value in seconds)


def measure(questions: Sequence[SpeedQuestion], threads: int) -> list[Speed]:
    """A few steps and an evaluation batch of each, with random weights, in a process of its own; each asked once.

    Raises ValueError with its last line where it fails, such as for want of memory.
    """
    keys = [(speed_key(question.config), threads) for question in questions]
    new = {key: question for key, question in zip(keys, questions, strict=True) if key not in _MEASURED}
    if new:
        _MEASURED.update(zip(new, _ask(list(new.values()), threads), strict=True))
    return [_MEASURED[key] for key in keys]


def _ask(questions: Sequence[SpeedQuestion], threads: int) -> list[Speed]:
    asked = [{**asdict(question), "config": question.config.to_dict()} for question in questions]
    environment = {**helper_environment(), "OMP_NUM_THREADS": str(threads)}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (CODE, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "core.plan.speed"]
    try:
        done = subprocess.run(
            command, input=json.dumps(asked), env=environment, capture_output=True, text=True, timeout=LIMIT_S
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"a few steps took longer than {LIMIT_S} s") from None
    if done.returncode:
        raise ValueError((done.stderr.strip().splitlines() or ["the steps could not be measured"])[-1])
    return [Speed(**answer) for answer in json.loads(done.stdout)]


def _answer(asked: Sequence[dict[str, Any]], began: float) -> list[Speed]:
    with loaded_for_good():
        from core.train import fit  # noqa: F401 - what a worker loads before its first step, so as to time it

    loaded = time.perf_counter() - began
    speeds = []
    for entry in asked:
        asked_for = SpeedQuestion(**{**entry, "config": RunConfig.from_dict(entry["config"])})
        built, step, evaluation = _timed(asked_for)
        speeds.append(Speed(loaded + built + evaluation, step, evaluation, "measured"))
    return speeds


def _timed(asked: SpeedQuestion) -> tuple[float, float, float]:
    """Seconds to build the model, of a training step, and of one evaluation."""
    import torch

    from core.model.architecture import model_class, shape_for
    from core.model.folded import folded
    from core.model.lora import add_lora
    from core.model.source import find_config
    from core.train.fast_path import choose_path, settle_arithmetic
    from core.train.losses import compute_loss
    from core.train.optimizer import build_optimizer
    from core.train.precision import use_bf16

    settle_arithmetic()
    config, began = asked.config, time.perf_counter()
    cut = (config.surgery.layers, config.surgery.rank) if config.surgery.variant == "light" else None
    shape = shape_for(json.dumps(find_config(config.model)), cut, asked.labels)
    model = model_class(shape)(shape)
    if config.lora.enabled:
        model = add_lora(model, config.lora)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.to(device)
    optimizer = build_optimizer(config.train.optimizer, model, 1e-6, config.train.weight_decay)
    bf16 = use_bf16(config.train.precision, sum(p.numel() for p in model.parameters()))
    choose_path(config.train.fast, model, bf16)
    ids = torch.randint(shape.vocab_size, (asked.batch, asked.pieces), device=device)
    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    rows = torch.arange(len(ids), device=device)
    labels = rows % asked.labels if asked.labels > 1 else torch.rand(len(ids), device=device)
    built = time.perf_counter() - began

    def train_step() -> None:
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            logits = model(**batch).logits
        loss, _parts = compute_loss(config.train.loss, logits, labels, regression=asked.labels == 1)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if device == "cuda":
            torch.cuda.synchronize()

    def evaluate_batch() -> None:
        with torch.inference_mode(), folded(model, keep=True):  # in fp32, as `core.train.evaluate` does
            model(**batch)
        if device == "cuda":
            torch.cuda.synchronize()

    model.train()
    step = _median_time(train_step)
    model.eval()
    return built, step, _median_time(evaluate_batch) * math.ceil(asked.eval_rows / asked.batch)


def _median_time(act: Callable[[], None]) -> float:
    """Median seconds after one unmeasured time: the first makes buffers and picks kernels."""
    times: list[float] = []
    act()
    while len(times) < MEASURED_STEPS and sum(times) < MEASURED_S:
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


if __name__ == "__main__":
    os.nice(5)  # as a worker does
    answers = _answer(json.load(sys.stdin), time.perf_counter())
    print(json.dumps([asdict(speed) for speed in answers]))
