"""Whether a comparison of runs is fair: in what they differ besides what is compared, judged here for every page.

A comparison is fair where the runs differ in nothing but the keys that are compared, have trained equally far, were
evaluated on the same rows, and computed with the same things (threads, instruction set, libraries, dictionary).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core import wording
from core.analysis.recorded import record_of
from core.config import RunConfig, keys
from core.runs.folder.files import RunError
from core.runs.folder.run import Run
from core.runs.folder.status import ENDED
from core.runs.folder.store import RunInfo, Store

OF_THE_LOSS = ("train.loss", "train.features")
"""What may differ between the runs of a comparison of losses."""
OF_NO_EFFECT = ("train.checkpoint_every", "train.keep_checkpoints", "train.checkpoint_mb", "train.report_to")
"""What changes no number of a run; nor does `run.`: where a run is executed, and what it is called."""
IDLE: tuple[tuple[str, object], ...] = (("augment.mode", "none"), ("lora.enabled", False), ("model.variant", "base"))
"""Switches, and the value at which the rest of their section changes nothing."""
COMPUTED = "computed"
"""The part of a run's record on what it computed with."""
ROWS = "evaluation rows"
STEPS = "steps trained so far"
STATE = "state"
MOST_SHOWN = 40  # characters of a value


@dataclass(frozen=True)
class Difference:
    """One thing in which runs differ that can explain a difference between their figures."""

    key: str
    """A configuration key, `evaluation rows`, `steps trained so far`, `state`, or what they computed with."""
    text: str
    """The same for people, with the values: `seed (13 and 14)`."""


@dataclass(frozen=True)
class Judgement:
    """What was found; `fair` where nothing was."""

    differences: tuple[Difference, ...]
    compared: str = "the loss"
    """What the runs are compared in, for people."""

    @property
    def fair(self) -> bool:
        return not self.differences

    @property
    def keys(self) -> list[str]:
        return [difference.key for difference in self.differences]

    def sentence(self, compared: str = "") -> str:
        """The verdict for people, as plain text."""
        compared = compared or self.compared
        if self.fair:
            return f"A fair comparison: same rows, seed, order and steps; nothing but {compared} differs."
        return f"Not a fair comparison: besides {compared}, these runs differ in {listed(self.texts)}."

    @property
    def texts(self) -> list[str]:
        return [difference.text for difference in self.differences]


def judge(
    runs: Sequence[Run], compared: Collection[str] = OF_THE_LOSS, steps: Mapping[str, int] | None = None
) -> Judgement:
    """Whether these runs can be compared in the keys `compared`.

    `steps` (run id -> step) says at which kept step each one is looked at; without it, as they are now. Raises
    RunError where a run's configuration or status cannot be read.
    """
    if len(runs) < 2:
        return Judgement(())
    found = settings({run.id: run.config() for run in runs}, compared)
    found += _progress(runs, steps)
    if not same_rows(runs):
        found.append(Difference(ROWS, "the evaluation rows"))
    return Judgement((*found, *computed([record_of(run) for run in runs])))


def settings(configs: Mapping[str, RunConfig], compared: Collection[str] = OF_THE_LOSS) -> list[Difference]:
    """Configuration keys, besides those `compared`, in which any of the runs differs from another."""
    flat = [config.to_dict() for config in configs.values()]
    left_out = {*compared, *OF_NO_EFFECT}
    found = []
    for key in keys():
        values = [one[key] for one in flat]
        if key not in left_out and not key.startswith("run.") and any(value != values[0] for value in values):
            told = [wording.value(key, None) if value is None else value for value in values]
            found.append(Difference(key, f"{key} ({listed(_distinct(told))})"))
    return found


def fair_settings(first: RunConfig, second: RunConfig, compared: Collection[str] = OF_THE_LOSS) -> bool:
    """Whether two configurations, run or not, differ in nothing but what is compared."""
    return not settings({"first": first, "second": second}, compared)


@lru_cache(maxsize=4096)
def without_seed(config: RunConfig) -> RunConfig:
    """What two seeds of one configuration have in common: all but the seed, and what changes no number."""
    plain, idle = RunConfig().to_dict(), idle_keys(config.to_dict())
    left_out = [key for key in plain if key.startswith("run.") or key in OF_NO_EFFECT or key in idle]
    return config.replace({"seed": 0, **{key: plain[key] for key in left_out}})


def idle_keys(values: Mapping[str, Any]) -> set[str]:
    """Keys of a flat configuration that change nothing, since what they are about is switched off."""
    off = [switch for switch, value in IDLE if values.get(switch) == value]
    idle = {key for key in values for switch in off if key != switch and key.startswith(switch.partition(".")[0] + ".")}
    contrast = {"train.features"} if values.get("train.loss") == "ce" else set()  # what a contrastive term compares
    return idle | contrast


def in_words(values: Mapping[str, Any], names: Iterable[str]) -> str:
    """`loss joint, CP rank 32`: the named keys of a flat configuration with their values, but those without effect."""
    idle = idle_keys(values)
    return ", ".join(wording.said(key, values[key]) for key in names if key not in idle)


def same_rows(runs: Sequence[Run]) -> bool:
    """Whether all kept the same evaluation rows in the same order: numbers, texts and labels."""
    first, *others = [_rows(run) for run in runs]
    return all(rows == first for rows in others)


def computed(records: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """In what the things differ that the runs computed with. A run whose record does not tell counts as any."""
    told = [_flat(record.get(COMPUTED) or {}) for record in records]
    found = []
    for key in dict.fromkeys(key for one in told for key in one):
        values = [one[key] for one in told if one.get(key) is not None]
        if any(value != values[0] for value in values):
            found.append(Difference(key, f"{key.replace('_', ' ')} ({listed(_distinct(values))})"))
    return found


def of_sweep(infos: Sequence[RunInfo], varied: Collection[str], store: Store) -> Judgement:
    """A sweep's finished runs, seed by seed: in what those of one seed differ besides what the sweep varies."""
    by_seed: dict[int, list[Run]] = {}
    for info in infos:
        if info.state == "finished" and info.config is not None:
            by_seed.setdefault(info.config.seed, []).append(store.get(info.id))
    # Other tasks have other rows and steps: that is what is compared.
    expected = (ROWS, STEPS) if len({info.task for info in infos}) > 1 else ()
    found: dict[str, Difference] = {}
    for runs in by_seed.values():
        for difference in judge(runs, varied).differences:
            if difference.key not in expected:
                found.setdefault(difference.key, difference)
    return Judgement(tuple(found.values()))


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _progress(runs: Sequence[Run], steps: Mapping[str, int] | None) -> list[Difference]:
    """How far they have come: not only where they stand, but also whether each one came to its end."""
    states = {run.id: run.status() for run in runs}
    at = [steps[run.id] for run in runs] if steps is not None else [states[run.id].step for run in runs]
    found = []
    if len(set(at)) > 1:
        which = "the steps trained so far" if steps is None else "the steps shown"
        found.append(Difference(STEPS, f"{which} ({listed(_distinct(at))})"))
    words = [states[run.id].state for run in runs]
    kept = {run.id: run.embedding_steps() for run in runs}
    on_the_way = steps is not None and not found and all(kept[run.id][-1:] > [steps[run.id]] for run in runs)
    if len(set(words)) > 1 and "finished" in words and not on_the_way:
        said = [f"{run.config().run.name or run.id} {_how_it_stands(states[run.id])}" for run in runs]
        found.append(Difference(STATE, f"their state ({listed(said)})"))
    return found


def _how_it_stands(status: Any) -> str:
    if status.state == "finished":
        return "finished"
    where = f" at step {status.step} of {status.of}" if status.of else ""
    return f"{status.state}{where}" if status.state in ENDED else f"is {status.state}{where}"


def _rows(run: Run) -> list[tuple[Any, ...]]:
    try:
        return [
            (row.get("row"), row.get("text"), row.get("pair"), str(row.get("label"))) for row in run.load_eval_rows()
        ]
    except RunError:
        steps = run.embedding_steps()
        return [(int(row),) for row in run.load_embeddings(steps[-1])["rows"]] if steps else []


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key} ")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _distinct(values: Sequence[Any]) -> list[str]:
    texts = [_short(value) for value in values]
    return list(dict.fromkeys(texts))


def _short(value: Any) -> str:
    if value is None:
        return "none"
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
