"""How fast answers come: the folded model against the stock one, on a whole dev set and for one text alone.

    python -m tests.benchmarks.inference [TASK] [--threads N] [--rows N]

Rows a second of `core.train.evaluate.evaluate_rows` with and without folding, and with the rows in their own order,
padded batch by batch; milliseconds of one text of 64 pieces on one thread, eager attention being torch's plainest way.
The model is of full size with random weights and LoRA; both paths are timed in turns. LAB_DATA names the rows.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import statistics
from unittest import mock

import torch

from core.config import RunConfig
from core.model.folded import folded
from core.train import evaluate
from core.train.batches import EncodedRows, pad
from core.train.path import settle_arithmetic
from tests.benchmarks.rows import rows_of
from tests.benchmarks.step import BATCH, machine, model_of, published_tokenizer, timed


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


def one_text(light: bool) -> dict[str, float]:
    """Milliseconds of one text of 64 pieces on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    pieces = torch.randint(5, 30000, (1, 64))
    model, eager = model_of(light).eval(), model_of(light).merge_and_unload().eval()
    eager.set_attn_implementation("eager")
    times: dict[str, list[float]] = {"eager": [], "folded": []}
    with torch.inference_mode():
        for _ in range(15):
            times["eager"].append(timed(lambda: eager(input_ids=pieces)))
            with folded(model, keep=True):
                times["folded"].append(timed(lambda: model(input_ids=pieces)))
    torch.set_num_threads(threads)
    return {name: 1000 * statistics.median(each[3:]) for name, each in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", nargs="?", default="CoLA")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rows", type=int, default=500)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    settle_arithmetic()
    print(machine())
    for light in (False, True):
        found, one = dev_set(arguments.task, light, arguments.rows), one_text(light)
        print(f"{'light' if light else 'base':6}{arguments.task} rows/s: " + ", ".join(
            f"{name} {value:.1f}" for name, value in found.items()
        ) + f" ({found['folded'] / found['sorted']:.2f} times sorted)", flush=True)  # fmt: skip
        print(f"{'':6}one text of 64 pieces: eager {one['eager']:.1f} ms, folded {one['folded']:.1f} ms "
              f"({one['eager'] / one['folded']:.2f} times)", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
