"""What the live view costs: a tick of 20 overlaid runs of 5,000 points, and a list of 2,000 run folders.

    python tests/benchmarks/live.py [--runs 20] [--points 5000] [--folders 2000]

A tick is what the Runs page does once new lines have come: read them, bring the frames up to date, smooth, thin, and
write both figures. Processor time is counted, so that a busy machine says the same. It fails when a tick takes 200 ms
or more than half of reading everything anew, and when the list, once known, takes 300 ms.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from core.config import RunConfig
from core.runs.folder.store import Store
from dashboard import theme
from dashboard.runs import curves
from dashboard.shared.metric_frames import GrowingFrame

TICKS = 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--points", type=int, default=5_000)
    parser.add_argument("--folders", type=int, default=2_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        tick, anew = ticks(Store(Path(root) / "live"), arguments.runs, arguments.points)
        cold, warm = listing(Store(Path(root) / "many"), arguments.folders)
    print(
        f"{arguments.runs} runs of {arguments.points:,} points: {1000 * tick:.0f} ms a tick, {1000 * anew:.0f} ms anew"
    )
    print(f"{arguments.folders:,} folders: first list {1000 * cold:.0f} ms, then {1000 * warm:.0f} ms")
    return int(tick > 0.2 or tick > anew / 2 or warm > 0.3)


def ticks(store: Store, count: int, points: int) -> tuple[float, float]:
    """Median seconds of a tick in which each run has one new line, and of the first, which reads everything."""
    runs = [store.create(RunConfig(seed=seed)) for seed in range(count)]
    for run in runs:
        write_story(run, points)
    names = {run.id: run.id for run in runs}
    colors = theme.run_colors(list(names))
    growing = {run.id: GrowingFrame(run.tail()) for run in runs}

    def look() -> float:
        begin = time.process_time()
        for frame in growing.values():
            frame.update()
        frames = {run_id: frame.frame for run_id, frame in growing.items()}
        json.dumps(curves.loss_figure(frames, names, colors, 0.6))
        json.dumps(curves.score_figure(frames, names, colors, "eval_accuracy"))
        return time.process_time() - begin

    anew, later = look(), []
    for tick in range(TICKS):
        for run in runs:
            run.append_metrics({"step": points + 1 + tick, "loss": 0.3, "lr": 1e-4})
        later.append(look())
    return statistics.median(later), anew


def write_story(run, points: int) -> None:
    noise = np.random.default_rng(run.config().seed).normal(scale=0.1, size=points)
    with (run.dir / "metrics.jsonl").open("w") as out:
        for step in range(1, points + 1):
            falling = 2 * np.exp(-step / 900)
            line = {"step": step, "epoch": step / 1000, "loss": falling + noise[step - 1], "lr": 1e-3, "grad_norm": 1.5}
            print(json.dumps({**line, "examples_per_s": 300.5, "memory_mb": 800, "time": 1.0}), file=out)
            if step % 250 == 0:
                score = {"eval_loss": falling + 0.2, "eval_accuracy": 1 - falling / 2}
                print(json.dumps({"step": step, "epoch": step / 1000, **score, "time": 1.0}), file=out)


def listing(store: Store, count: int) -> tuple[float, float]:
    """Seconds of the first list of `count` folders, and of the best of three after it."""
    model = store.create(RunConfig())
    files = {name: (model.dir / name).read_bytes() for name in ("config.json", "status.json")}
    for number in range(count - 1):
        folder = store.root / f"run-{number:05d}"
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)
    seconds = []
    for _ in range(4):
        begin = time.process_time()
        assert len(store.list()) == count
        seconds.append(time.process_time() - begin)
    return seconds[0], min(seconds[1:])


if __name__ == "__main__":
    sys.exit(main())
