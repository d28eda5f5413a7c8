"""What the demo learns: dev scores of the default run on each demo task and seed, and of the same on random weights.

    python -m tests.benchmarks.demo [--seeds 0,1,2] [--at-once 2]

Prints the README's table with the machine and the threads that the runs computed with: scores are equal to the bit only
for equal threads. Half a minute a run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.demo import DEMO_MODEL_DIR

TASKS = ("demo-intents", "demo-sentiment", "demo-paraphrase")


def score(task: str, seed: int, model: str, root: str) -> tuple[float, int]:
    """(accuracy of the last evaluation, threads) of a run from the command line."""
    command = [sys.executable, "-m", "core", "train", "--task", task, "--model", model, "--set", f"seed={seed}"]
    done = subprocess.run([*command, "--runs", root, "--wait", "--json"], capture_output=True, text=True, check=True)
    document = json.loads(done.stdout)
    status = json.loads((Path(document["dir"]) / "status.json").read_text(encoding="utf-8"))
    return document["metrics"]["accuracy"], status["threads"]


def machine() -> str:
    """The processor's name, its cores, and the instruction sets that decide how it computes."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")), "?")
    flags = set(text.split())
    sets = [one for one in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16") if one in flags]
    return f"{name}, {len(os.sched_getaffinity(0))} cores, {', '.join(sets)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--at-once", type=int, default=2, help="runs side by side, each in a run root of its own")
    options = parser.parse_args()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "random"
        shutil.copytree(DEMO_MODEL_DIR, bare, ignore=shutil.ignore_patterns("*.safetensors", "digests.json"))
        asked = [(task, seed, model) for seed in seeds for task in TASKS for model in ("demo", str(bare))]
        with ThreadPoolExecutor(options.at_once) as pool:
            found = dict(
                zip(asked, pool.map(lambda one: score(*one, f"{folder}/{abs(hash(one))}"), asked), strict=True)
            )
        threads = sorted({threads for _, threads in found.values()})
        print(f"{machine()}; {', '.join(map(str, threads))} thread(s) a run\n")
        print("| seed | " + " | ".join(f"{task} | random weights" for task in TASKS) + " |")
        print("|---|" + "---:|---:|" * len(TASKS))
        for seed in seeds:
            cells = [f"{found[task, seed, model][0]:.3f}" for task in TASKS for model in ("demo", str(bare))]
            print(f"| {seed} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
