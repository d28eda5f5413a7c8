"""What a run of full size keeps while other programs want the cores: threads left to spin, and threads looked after.

    python -m tests.benchmarks.crowded

Steps of LoRA on 24 layers, CoLA rows where LAB_DATA names them, with as many threads as cores, at a worker's priority:
alone; beside two programs that rest one millisecond of twenty, with torch's threads as they are by themselves; and the
same inside `eased_threads`.
"""

from __future__ import annotations

import functools
import itertools
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import torch

from core.runs.processes import give_way
from core.train.crowding import eased_threads
from core.train.fast_path import choose_path, settle_arithmetic
from core.train.precision import use_bf16
from tests.benchmarks.machine import Measured, report
from tests.benchmarks.step import BATCH, encoded_rows, model_of, own_batches, stepper

SECONDS = 12.0
SETTLING_S = 4.0
OTHERS = 2
KEPT = 2.0
"""Times the steps of threads that are left to spin."""
BUSY = """
import time
while True:
    until = time.perf_counter() + 0.02
    while time.perf_counter() < until:
        pass
    time.sleep(0.001)
"""


def main() -> int:
    batches = own_batches(encoded_rows("CoLA"), 8)
    settle_arithmetic()
    model = model_of(light=False)
    bf16 = use_bf16("auto", sum(p.numel() for p in model.parameters()))
    choose_path("auto", model, bf16)
    go = functools.partial(rate, stepper(model, bf16), batches)
    go(SETTLING_S)
    give_way()
    alone = go(SECONDS)
    others = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(OTHERS)]
    try:
        spinning = go(SECONDS)
        with eased_threads():
            go(SETTLING_S)
            eased = go(SECONDS)
    finally:
        for other in others:
            other.kill()
    return report(
        f"Beside {OTHERS} other programs, {torch.get_num_threads()} threads in {'bf16' if bf16 else 'fp32'}",
        [
            Measured("alone", alone, unit="sentences/s"),
            Measured("crowded, threads left to spin", spinning, unit="sentences/s"),
            Measured("crowded, looked after", eased, unit="sentences/s"),
            Measured("looked after against spinning", eased / spinning, KEPT, at_least=True, unit="x"),
        ],
    )


def rate(step: Callable[[Any], None], batches: list[Any], seconds: float) -> float:
    """Sentences a second."""
    begin, done = time.perf_counter(), 0
    for batch in itertools.cycle(batches):
        step(batch)
        done += BATCH
        if time.perf_counter() - begin > seconds:
            break
    return done / (time.perf_counter() - begin)


if __name__ == "__main__":
    sys.exit(main())
