"""Which runs are compared, at which step, and what is said of them; what is slow is worked out aside."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence

from cachetools import LRUCache, cached

from core.analysis import clusters, fairness, measuring, neighbours, recorded
from core.analysis import siblings as seeds
from core.analysis.kept_rows import KeptRows
from core.analysis.measures import QuickMeasures
from core.config import RunConfig
from core.runs.folder.store import Run, RunError, RunInfo, Store
from dashboard.clusters import frames
from dashboard.clusters.frames import KeptStep
from dashboard.clusters.tables import Have
from dashboard.shared import readers
from dashboard.shared.background import Answer, lane

MOST_RUNS = 4
MOST_TEXTS = 6
"""Runs whose texts are kept in memory."""
WAIT_S = 0.5
"""What is there so long after it was first asked is drawn at once."""


def fair_pair(infos: Sequence[RunInfo]) -> list[str]:
    """The newest run with a contrastive term and the cross-entropy run nearest to it in time that differs in the loss
    alone, that one first; empty where there is no such pair."""
    for joint in infos:
        if joint.config is None or joint.config.train.loss == "ce":
            continue
        partners = [
            other
            for other in infos
            if other.config and other.config.train.loss == "ce" and fairness.fair_settings(other.config, joint.config)
        ]
        if partners:
            return [min(partners, key=lambda other: abs(other.created - joint.created)).id, joint.id]
    return []


def proposed(infos: Sequence[RunInfo], chosen: Sequence[str]) -> list[str]:
    """What to compare: the chosen runs; a lone one is completed to its fair pair, none means the newest pair or run."""
    if len(chosen) > 1:
        return list(chosen[:MOST_RUNS])
    pair = fair_pair([info for info in infos if not chosen or _may_pair(info, infos, chosen[0])])
    if pair and (not chosen or chosen[0] in pair):
        return pair
    return list(chosen) or [infos[0].id]


def _may_pair(info: RunInfo, infos: Sequence[RunInfo], run_id: str) -> bool:
    """Whether `info` is the run itself or one with another loss, so that a lone run finds its own partner."""
    own = next(other for other in infos if other.id == run_id)
    return info.id == run_id or bool(own.config and info.config and own.config.train.loss != info.config.train.loss)


def of_one_kind(runs: Sequence[Run]) -> tuple[list[Run], list[Run]]:
    """(runs with the first one's rows, texts and kind of label; the others, which cannot lie beside it)."""
    first = runs[0]
    alike = [run for run in runs if run is first or (_same_rows(first, run) and _outputs(run) == _outputs(first))]
    return alike, [run for run in runs if run not in alike]


def _same_rows(one: Run, other: Run) -> bool:
    """Whether both kept the same rows: asked at each draw, and read when they have changed."""
    versions = tuple((str(run.dir), run.eval_rows_changed()) for run in (one, other))
    if not all(changed for _, changed in versions):
        return fairness.same_rows([one, other])  # older runs: their embeddings tell
    return _alike(one, other, versions)


@cached(LRUCache(256), key=lambda one, other, versions: versions, lock=threading.Lock())
def _alike(one: Run, other: Run, versions: tuple[tuple[str, int | None], ...]) -> bool:
    return fairness.same_rows([one, other])


def _outputs(run: Run) -> tuple[str, int]:
    return run.config().task, frames.kept(str(run.dir), run.embedding_steps()[-1]).logits.shape[1]


def siblings(runs: Sequence[Run], infos: Sequence[RunInfo]) -> list[Run]:
    """These and the other seeds of their configurations."""
    return seeds.siblings(runs, infos, Store(), _same_rows)


def having(infos: Sequence[RunInfo], wanted: Collection[RunConfig], now: str) -> list[Have]:
    """The runs of these configurations that have finished, or that the lab of `now` is to compute; newest last."""
    store, found = Store(), []
    for info in sorted(infos, key=lambda info: info.created):
        if info.config is None or info.state not in ("finished", "running", "queued"):
            continue
        plain = fairness.without_seed(info.config)
        if plain in wanted:
            told = recorded.record_of(store.get(info.id)).get(fairness.COMPUTED) or {}
            made = str(told.get("lab", "")) if info.state == "finished" else now
            found.append(Have(plain, info.config.seed, made))
    return found


def steps_of(runs: Sequence[Run]) -> list[int]:
    """Every step at which any of the runs kept embeddings."""
    return sorted({step for run in runs for step in run.embedding_steps()})


def at_step(runs: Sequence[Run], step: int, weights: str = "last") -> dict[str, int]:
    """Each run's last kept step not after `step`, nor after its best evaluation where `weights` are the `best`; its
    first where there is none."""
    found = {}
    for run in runs:
        best = run.status().best.get("step") if weights == "best" else None
        steps = run.embedding_steps()
        found[run.id] = max([s for s in steps if s <= min(step, step if best is None else best)] or steps[:1])
    return found


def _key(runs: Sequence[Run], taken: Mapping[str, int], space: str) -> tuple[object, ...]:
    states = tuple(run.status().state for run in runs)
    return ("comparison", tuple((str(run.dir), taken[run.id]) for run in runs), space, states)


def is_known(runs: Sequence[Run], step: int, space: str, weights: str = "last") -> bool:
    """Whether `compare` would answer at once."""
    asked = lane("samples").find(_key(runs, at_step(runs, step, weights), space))
    return asked is not None and asked.answer.ready


def compare(runs: Sequence[Run], step: int, space: str, weights: str = "last", wait_s: float = WAIT_S) -> Answer:
    """A `Comparison` at a step: figures with intervals, and how the runs differ. Of many rows it takes a while, which
    is waited for only `wait_s` from its beginning on."""
    taken = at_step(runs, step, weights)
    key = _key(runs, taken, space)
    if asked := lane("samples").find(key):
        wait_s = max(0.0, wait_s - asked.age_s)

    def question() -> clusters.Comparison:
        return clusters.compare(runs, taken, space=space, measure=measuring.measure_all)

    return lane("samples").ask(key, question, wait_s=wait_s)


def class_names(run: Run, kept: Sequence[KeptRows]) -> dict[int, str]:
    """Every class id that is a label, a prediction or an output of the model, with its name; empty for scores."""
    if kept[0].is_score:
        return {}
    outputs = max(one.logits.shape[1] for one in kept)
    names = recorded.class_names(run, outputs)
    ids = set(range(outputs)).union(*(one.labels.tolist() for one in kept))
    return {i: names[i] if 0 <= i < outputs else f"class {i}" for i in sorted(ids)}


def texts(run: Run) -> list[str]:
    """The evaluation rows' texts; pairs are joined by a bar."""
    return _texts(run, run.eval_rows_changed())


@cached(readers.large(LRUCache(MOST_TEXTS)), key=lambda run, changed: (str(run.dir), changed), lock=threading.Lock())
def _texts(run: Run, changed: int) -> list[str]:
    try:
        return [
            str(row.get("text", "")) + (f" ‖ {row['pair']}" if row.get("pair") else "") for row in run.load_eval_rows()
        ]
    except RunError:
        return []


def suggestions(
    runs: Sequence[Run], step: int, found: Mapping[KeptStep, QuickMeasures], classes: dict[int, str],
    names: dict[str, str], weights: str = "last",
) -> list[neighbours.Suggestion]:  # fmt: skip
    """Rows to look at: what two runs see differently, or for a single one its first and last step; none until these are
    measured."""
    taken = at_step(runs, step, weights)
    if len(runs) > 1:
        first, second = (KeptStep(str(run.dir), taken[run.id]) for run in runs[:2])
        groups = clusters.groups_of([run.config() for run in runs[:2]])
        words = (groups[0].label, groups[1].label) if len(groups) == 2 else (names[runs[0].id], names[runs[1].id])
    else:
        steps = runs[0].embedding_steps()
        if len(steps) < 2 or taken[runs[0].id] == steps[0]:
            return []
        first, second = (KeptStep(str(runs[0].dir), at) for at in (steps[0], taken[runs[0].id]))
        words = f"step {steps[0]}", f"step {taken[runs[0].id]}"
    if not (first in found and second in found):
        return []
    before, after = frames.kept(*first), frames.kept(*second)
    if before.is_score:
        return []
    near, predicted = (found[first].near, found[second].near), (before.predictions, after.predictions)
    return neighbours.suggestions(before.labels, classes, near, predicted, words)
