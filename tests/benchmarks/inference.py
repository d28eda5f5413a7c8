"""How fast answers come: the folded model against the stock one, on a whole dev set and for one text alone.

    python -m tests.benchmarks.inference [TASK] [--threads N] [--rows N]

Rows a second of `core.train.evaluate.evaluate_rows` with and without folding, and with the rows in their own order,
padded batch by batch; milliseconds of one text of 64 pieces on one thread, eager attention being torch's plainest way.
The model is of full size with random weights and LoRA; all paths are timed in turns. The light model's text is held
against its own eager pass, and against MobileBERT's, whose place it takes. LAB_DATA names the rows.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import statistics
import sys
from typing import Any
from unittest import mock

import torch

from core.config import RunConfig
from core.model.folded import folded
from core.train import evaluate
from core.train.batches import EncodedRows, pad
from core.train.fast_path import settle_arithmetic
from tests.benchmarks.machine import Measured, report
from tests.benchmarks.rows import rows_of
from tests.benchmarks.step import BATCH, model_of, published_tokenizer, timed

DEV_GOAL, ONE_GOAL = 3, (2.5, 4)
"""Times the rows a second; times eager, of MobileBERT and of the light model."""


def dev_set(task: str, light: bool, most: int) -> dict[str, float]:
    """Rows a second: in their own order, sorted by length, and folded as well."""
    tokenizer = published_tokenizer()
    corpus = rows_of(RunConfig(task=task).replace({"data.max_eval_rows": most}))
    rows = EncodedRows(tokenizer, next(iter(corpus.evals.values())), 128)
    model = model_of(light).eval()
    stock = mock.patch.object(evaluate, "folded", return_value=contextlib.nullcontext())

    def in_order() -> None:
        with torch.inference_mode():
            for start in range(0, len(rows), BATCH):
                batch = pad([rows[i] for i in range(start, min(start + BATCH, len(rows)))], 0)
                model(**{name: batch[name] for name in ("input_ids", "attention_mask", "token_type_ids")})

    answer = functools.partial(evaluate.evaluate_rows, model, rows, 0, BATCH)
    times: dict[str, list[float]] = {"in order": [], "sorted": [], "folded": []}
    for _ in range(2):
        times["in order"].append(timed(in_order))
        with stock:
            times["sorted"].append(timed(answer))
        times["folded"].append(timed(answer))
    return {name: len(rows) / min(each) for name, each in times.items()}


def eager_model(light: bool) -> Any:
    """The stock model with its adapters merged in, attention by torch's plainest way."""
    eager = model_of(light).merge_and_unload().eval()
    eager.set_attn_implementation("eager")
    return eager


def one_text(light: bool) -> dict[str, float]:
    """Milliseconds of one text of 64 pieces on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    pieces = torch.randint(5, 30000, (1, 64))
    model, stock = model_of(light).eval(), {"eager": eager_model(light)}
    if light:
        stock["base, eager"] = eager_model(False)
    times: dict[str, list[float]] = {name: [] for name in (*stock, "folded")}
    with torch.inference_mode():
        for _ in range(15):
            for name, eager in stock.items():
                times[name].append(timed(functools.partial(eager, input_ids=pieces)))
            with folded(model, keep=True):
                times["folded"].append(timed(lambda: model(input_ids=pieces)))
    torch.set_num_threads(threads)
    return {name: 1000 * statistics.median(each[3:]) for name, each in times.items()}


def lines(task: str, light: bool, most: int) -> list[Measured]:
    """Both measures of one model, as lines of the table."""
    found, one = dev_set(task, light, most), one_text(light)
    return [
        Measured(f"{'light' if light else 'base'}: {task}'s dev rows against their own order",
                 found["folded"] / found["in order"], DEV_GOAL, True, "x"),
        Measured("    against sorted batches", found["folded"] / found["sorted"], unit="x"),
        *(Measured(f"    {name}", value, unit="rows/s") for name, value in found.items()),
        Measured("    one text of 64 pieces against eager", one["eager"] / one["folded"], ONE_GOAL[light], True, "x"),
        *(
            Measured("    one text of 64 pieces against the base's eager", value / one["folded"], unit="x")
            for name, value in one.items() if name == "base, eager"
        ),
        *(Measured(f"    one text, {name}", value, unit="ms") for name, value in one.items()),
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", nargs="?", default="CoLA")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rows", type=int, default=500)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    settle_arithmetic()
    rows = [line for light in (False, True) for line in lines(arguments.task, light, arguments.rows)]
    return report(f"Answers, {arguments.threads} threads", rows)


if __name__ == "__main__":
    sys.exit(main())
