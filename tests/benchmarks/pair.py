"""What a contrastive term does to the shipped pair: `core.plan.recipes.SMALL` with each loss, over seeds.

    python -m tests.benchmarks.pair [--seeds 0,1,2,3,4] [--root FOLDER]

Prints the verdict and every figure of cross-entropy against the textbook term on the pooled embedding, then against
paper B's own term on the logits: mean difference, paired by seed, with its 95 % interval. A quarter of a minute a run.
"""

from __future__ import annotations

import argparse
import tempfile

from core import worker
from core.analysis.cluster_verdict import verdict
from core.analysis.clusters import WORDS, compare
from core.plan.recipes import SMALL
from core.runs.folder.run import Run
from core.runs.folder.store import Store

CONTRASTS = (
    {"train.loss": "supcon_textbook", "train.features": "pooled"},
    {"train.loss": "joint", "train.features": "logits"},
)


def trained(store: Store, changes: dict[str, str], seeds: list[int]) -> list[Run]:
    """A finished run for each seed."""
    runs = [store.create(SMALL.replace({**changes, "seed": seed})) for seed in seeds]
    for run in runs:
        if worker.main(run.dir):
            raise SystemExit(f"{run.id}: {run.status().error}")
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0,1,2,3,4")
    parser.add_argument("--root", help="where the runs are kept; without it they are thrown away")
    options = parser.parse_args()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(options.root or folder)
        plain = trained(store, {"train.loss": "ce"}, seeds)
        for changes in CONTRASTS:
            found = compare([*plain, *trained(store, changes, seeds)])
            print(f"\n{verdict(found)}")
            for name, figure in found.contrasts[0].figures.items():
                print(f"{WORDS[name]:>20} {figure.value:+.3f} ({figure.low:+.3f} to {figure.high:+.3f})")


if __name__ == "__main__":
    main()
