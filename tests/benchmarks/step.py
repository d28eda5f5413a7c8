"""How fast a training step is: ours against the published notebook's recipe, the bare loop, and the product rate.

    python -m tests.benchmarks.step [TASK ...] [--threads N] [--steps N] [--kinds KIND ...]

In one run, in turns: `notebook` is the stock model of 24 layers on batches in random order, padded to the task's
longest row; `bare` the stock model on our batches; `ours` what a run takes, the fast path, in the precision that `auto`
means here. All have random weights of full size and torch's own AdamW; the notebook is in fp32.
The product rate is that of plain matrix products of MobileBERT's shapes in the precision of ours; beside it stands what
ours reaches in the products that an unpadded batch needs. The goals are those for the precision that ran; without a
TASK, what has a goal is measured. LAB_DATA names the rows.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.config import RunConfig
from core.demo import DEMO_MODEL_DIR
from core.model.architecture import model_class, shape_of
from core.model.build import add_lora
from core.model.light_mobilebert import LightMobileBertForSequenceClassification
from core.model.source import resolve_model
from core.model.tokenizer import load_tokenizer
from core.sections import LoraConfig
from core.train.batches import EncodedRows, LengthGroupedBatches, pad
from core.train.fast_path import choose_path, settle_arithmetic
from core.train.precision import computes_bf16, use_bf16
from tests.benchmarks.machine import Measured, report
from tests.benchmarks.rows import rows_of

PUBLISHED = Path(__file__).resolve().parents[2] / "core" / "model" / "published" / "config.json"
BATCH = 32
ROWS = 2000
LAYER_PRODUCTS = ((512, 384), (128, 256), (128, 128), *((128, 512), (512, 128)) * 4, (128, 512))
"""(in, out) of a layer's linear layers, as few products as they make."""
KINDS = ("LoRA", "light", "full")
GOALS = {
    ("CoLA", "LoRA"): (4.8, 6.5),
    ("CoLA", "light"): (9, 12.5),
    ("CoLA", "full"): (2.8, 2.8),
    ("RTE", "LoRA"): (7.5, 15),
}
"""Times the notebook's recipe: in fp32, and in bf16 where that is faster."""
REACHED = 0.7
"""The least share of the product rate."""


def product_rate(rows: int, dtype: torch.dtype) -> float:
    """GFLOP/s of a layer's products over `rows` rows, the best of several goes."""
    pairs = [(torch.randn(rows, i).to(dtype), torch.randn(i, o).to(dtype)) for i, o in LAYER_PRODUCTS]
    best = min(timed(lambda: [x @ w for x, w in pairs]) for _ in range(30))
    return 2 * rows * sum(i * o for i, o in LAYER_PRODUCTS) / best / 1e9


def tokenizer_folder() -> Path:
    """Of MobileBERT's own tokenizer where LAB_DATA holds it; else of the demo's, which cuts words into more pieces."""
    own = Path(os.environ.get("LAB_DATA", "")) / "mobilebert-uncased"
    return own if (own / "tokenizer.json").is_file() else DEMO_MODEL_DIR


def published_tokenizer() -> Any:
    return load_tokenizer(resolve_model(str(tokenizer_folder())))


def timed(act: Callable[[], Any]) -> float:
    """Seconds: by the clock, or of one thread's processor time, which says the same on a busy machine."""
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    began = clock()
    act()
    return clock() - began


def model_of(light: bool, labels: int = 2, lora: bool = True) -> Any:
    torch.manual_seed(0)
    shape = shape_of(json.loads(PUBLISHED.read_text()), labels)
    model = model_class(shape)(shape)
    if light:
        model = LightMobileBertForSequenceClassification.from_mobilebert(model, layers=12, rank=64)
    return add_lora(model, LoraConfig()).train() if lora else model.train()


def stepper(model: Any, bf16: bool = False) -> Callable[[dict[str, torch.Tensor]], None]:
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-5, fused=True)

    def step(batch: dict[str, torch.Tensor]) -> None:
        inputs = {name: tensor for name, tensor in batch.items() if name not in ("labels", "row")}
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits = model(**inputs).logits
        torch.nn.functional.cross_entropy(logits.float(), batch["labels"]).backward()
        optimizer.step()
        optimizer.zero_grad()

    return step


def encoded_rows(task: str) -> EncodedRows:
    """The first training rows of a task."""
    corpus = rows_of(RunConfig(task=task).replace({"data.max_train_rows": ROWS}))
    return EncodedRows(published_tokenizer(), corpus.train, 512)


def own_batches(rows: EncodedRows, count: int) -> list[dict[str, torch.Tensor]]:
    """The first batches of a run's first epoch."""
    batches = itertools.islice(LengthGroupedBatches(rows.lengths(), BATCH, 13), count)
    return [collate(rows, batch) for batch in batches]


def collate(rows: EncodedRows, batch: list[int]) -> dict[str, torch.Tensor]:
    return pad([rows[i] for i in batch], pad_id=0, regression=False)


def measure(task: str, kind: str, steps: int) -> dict[str, float]:
    """Sentences a second of each path, the product rate, and what ours reaches of it."""
    rows = encoded_rows(task)
    lengths = np.array(rows.lengths())
    grouped = own_batches(rows, steps)
    order = np.random.default_rng(0).permutation(len(lengths))[: BATCH * steps].reshape(steps, BATCH)
    longest = int(lengths.max())
    notebook = [to_width(collate(rows, batch.tolist()), longest) for batch in order]
    light, lora = kind == "light", kind != "full"
    published, stock, own = model_of(False, lora=lora), model_of(light, lora=lora), model_of(light, lora=lora)
    bf16 = use_bf16("auto", sum(p.numel() for p in own.parameters()))
    choose_path("auto", own, bf16)
    paths = {"notebook": (stepper(published), notebook), "bare": (stepper(stock), grouped),
             "ours": (stepper(own, bf16), grouped)}  # fmt: skip
    times: dict[str, list[list[float]]] = {name: [[] for _ in range(steps)] for name in paths}
    for go in range(3):
        for name, (step, batches) in paths.items():
            chosen = batches[:1] if name == "notebook" else batches  # all of one width
            for i, batch in enumerate(chosen):
                seconds = timed(functools.partial(step, batch))
                if go:  # the first one warms up
                    times[name][i].append(seconds)
    found = {name: BATCH / statistics.mean(min(t) for t in each if t) for name, each in times.items()}
    real = sum(int(batch["attention_mask"].sum()) for batch in grouped)
    layers = 12 if light else 24
    passes = 2 if lora else 3  # forth and back; of weights that train, their gradients too
    flops = 2 * passes * sum(i * o for i, o in LAYER_PRODUCTS) * layers * real / (BATCH * steps)  # a sentence
    found["reached"] = found["ours"] * flops / 1e9
    found["rate"] = product_rate(real // steps, torch.bfloat16 if bf16 else torch.float32)
    return found


def to_width(batch: dict[str, torch.Tensor], width: int) -> dict[str, torch.Tensor]:
    """Padded further, as `padding="max_length"` does."""
    more = width - batch["input_ids"].shape[1]
    return {n: torch.nn.functional.pad(t, (0, more)) if t.ndim == 2 else t for n, t in batch.items()}


def lines(task: str, kind: str, found: dict[str, float], bf16: bool) -> list[Measured]:
    """What was found of one task and kind, as lines of the table."""
    goal = GOALS.get((task, kind), (None, None))[bf16]
    return [
        Measured(f"{task}, {kind}: against the notebook", found["ours"] / found["notebook"], goal, True, "x"),
        Measured("    against the bare loop", found["ours"] / found["bare"], unit="x"),
        Measured("    share of the product rate", found["reached"] / found["rate"], REACHED, True, ""),
        Measured("    the product rate", found["rate"], unit="GFLOP/s"),
        *(Measured(f"    {name}", found[name], unit="sentences/s") for name in ("notebook", "bare", "ours")),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    settle_arithmetic()
    bf16 = computes_bf16()
    cases = itertools.product(arguments.tasks, arguments.kinds) if arguments.tasks else GOALS
    rows = [
        line
        for task, kind in cases
        if kind in arguments.kinds
        for line in lines(task, kind, measure(task, kind, arguments.steps), bf16)
    ]
    return report(f"A training step, ours in {'bf16' if bf16 else 'fp32'}, {arguments.threads} threads", rows)


if __name__ == "__main__":
    sys.exit(main())
