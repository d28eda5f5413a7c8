"""The other seeds of a run's configuration: what a comparison of one pair is to be read with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.analysis import fairness
from core.config import RunConfig
from core.runs.folder.files import RunError
from core.runs.folder.run import Run
from core.runs.folder.store import RunInfo, Store

MOST_SEEDS = 20
"""Runs of one configuration that are compared."""


def siblings(
    runs: Sequence[Run],
    infos: Sequence[RunInfo],
    store: Store,
    same_rows: Callable[[Run, Run], bool] = lambda one, other: fairness.same_rows([one, other]),
) -> list[Run]:
    """Every finished run on the same rows that differs from one of these in the seed alone, these included; of several
    configurations only seeds that each of them has: what nobody chose does not make their comparison unfair."""
    order = [fairness.without_seed(run.config()) for run in runs]
    own = {run.id for run in runs}
    found: dict[tuple[RunConfig, int], Run] = {}
    for info in sorted(infos, key=lambda info: (info.id in own, info.created)):
        if info.config is None or (info.state != "finished" and info.id not in own):
            continue
        plain = fairness.without_seed(info.config)
        if plain not in order:
            continue
        try:
            run = store.get(info.id)
        except RunError:  # deleted since
            continue
        if run.embedding_steps() and (info.id in own or same_rows(runs[0], run)):
            found[plain, info.config.seed] = run
    common = set.intersection(*({seed for plain, seed in found if plain == one} for one in order))
    kept = [key for key, run in found.items() if key[1] in common or run.id in own]
    kept.sort(key=lambda key: (order.index(key[0]), key[1]))
    return [found[key] for key in kept[: MOST_SEEDS * len(set(order))]]
