"""What is said of runs, in words and figures: the same on Home, Runs and Clusters."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from core import wording
from core.analysis.fairness import without_seed
from core.config import RunConfig
from core.runs.folder.store import RunInfo
from dashboard.shared import charts, formatting

ACTIVE = ("queued", "running")
UNTOLD = ("run.name", "task", "model", "data.file")
"""Keys that a table names elsewhere, or that tell nothing apart."""

LIVE = {
    "loss": ("loss", ""),
    "lr": ("learning rate", ""),
    "grad_norm": ("gradient norm", ""),
    "examples_per_s": ("", " examples/s"),
    "memory_mb": ("memory", " MiB"),
    "cpu_percent": ("processor", " %"),
    "gpu_percent": ("GPU", " %"),
    "gpu_memory_mb": ("GPU memory", " MiB"),
}
"""What a running run tells of its newest step: label and unit."""

_SEED = re.compile(r",? ?\(?\bseed[ =]\d+\)?")


def is_active(info: RunInfo) -> bool:
    return info.state in ACTIVE


@lru_cache(maxsize=4096)
def differs_in(config: RunConfig | None, seed: bool = True) -> str:
    """What a run changes against the defaults, shortly: `loss joint, rank 32`; without its seed where that is one of
    several."""
    if config is None:
        return ""
    untold = UNTOLD if seed else {*UNTOLD, "seed"}
    changed = {key: value for key, (value, _) in config.differences(RunConfig()).items() if key not in untold}
    return ", ".join(wording.said(key, value) for key, value in changed.items())


def score_value(info: RunInfo) -> float | None:
    """The run's first score."""
    return next((value for value in (info.status.metrics if info.status else {}).values() if value is not None), None)


def score_text(info: RunInfo) -> str:
    """The run's first score with its name: `Accuracy 0.913`."""
    value = score_value(info)
    return "–" if value is None else f"{_score_name(info)} {formatting.number(float(value))}"


def score_in_words(info: RunInfo) -> str:
    """The same within a sentence: `accuracy 0.913`."""
    value = score_value(info)
    return "–" if value is None else f"{charts.metric_in_words(_score_key(info))} {formatting.number(float(value))}"


def best_text(info: RunInfo) -> str:
    """The best evaluation, where that is not the last: `best 0.900 at step 18`; else empty."""
    return f"best {info.status.better}" if info.status and info.status.better else ""


def _score_name(info: RunInfo) -> str:
    return charts.metric_name(_score_key(info))


def _score_key(info: RunInfo) -> str:
    metrics = info.status.metrics if info.status else {}
    return next((key for key, value in metrics.items() if value is not None), "score")


def spreads(infos: Iterable[RunInfo]) -> dict[str, str]:
    """Run -> its score, with mean and standard deviation (n - 1) over finished runs that differ in the seed alone."""
    return {
        info.id: f"{score_text(info)} ({over}, {len(group)} seeds)"
        for group, over in _over_seeds(infos)
        for info in group
    }


def means(infos: Sequence[RunInfo]) -> dict[str, str]:
    """Run -> mean and standard deviation of its setting in place of its own score: `Accuracy 0.898 ± 0.006`."""
    said = {without_seed(group[0].config): f"{_score_name(group[0])} {over}" for group, over in _over_seeds(infos)}
    return {info.id: said[of] for info in infos if info.config and (of := without_seed(info.config)) in said}


def _over_seeds(infos: Iterable[RunInfo]) -> list[tuple[list[RunInfo], str]]:
    """Finished runs that differ in the seed alone, with what their scores are together.

    A seed counts once, by its newest run: to repeat a run is no second measurement.
    """
    groups: dict[RunConfig, dict[int, RunInfo]] = {}
    finished = [info for info in infos if info.state == "finished" and score_text(info) != "–" and info.config]
    for info in sorted(finished, key=lambda info: info.created):
        assert info.config is not None
        groups.setdefault(without_seed(info.config), {})[info.config.seed] = info
    found = []
    for by_seed in groups.values():
        scores = [value for info in by_seed.values() if (value := score_value(info)) is not None]
        if len(by_seed) > 1:
            found.append(
                (list(by_seed.values()), formatting.with_spread(statistics.fmean(scores), statistics.stdev(scores)))
            )
    return found


def name_of_setting(runs: Sequence[RunInfo]) -> str:
    """What runs that differ at most in the seed are called together: `a sweep: loss joint, 3 seeds`."""
    seeds = len({run.config.seed for run in runs if run.config})
    many = f"{seeds} seeds" if seeds == len(runs) else f"{len(runs)} runs of {seeds} seed{'s' if seeds > 1 else ''}"
    return f"{without_its_seed(runs[0].name)}, {many}"


def without_its_seed(name: str) -> str:
    """The name of a run as that of its setting."""
    return _SEED.sub("", name).strip()


def folded(infos: Sequence[RunInfo]) -> dict[str, list[str]]:
    """The head of each setting -> itself and those that differ from it in the seed alone: the first that is at work,
    else the first that finished, for a stopped or failed one does not speak for others; the rest in the order given."""
    found: dict[RunConfig | str, list[RunInfo]] = {}
    for info in infos:
        found.setdefault(without_seed(info.config) if info.config else info.id, []).append(info)
    ordered = [
        sorted(group, key=lambda info: (not is_active(info), info.state != "finished")) for group in found.values()
    ]
    return {group[0].id: [info.id for info in group] for group in ordered}


def progress(info: RunInfo) -> float:
    """Share of the steps done, 0 to 1."""
    status = info.status
    if status is None:
        return 0.0
    if status.state == "finished":
        return 1.0
    return min(1.0, status.step / status.of) if status.of else 0.0


def last_step(info: RunInfo) -> int:
    """The last step that a run will have, as far as is known."""
    return (info.status.of or info.status.step) if info.status else 0


def elapsed(info: RunInfo, now: float) -> float | None:
    """Seconds a run has computed, or computed in all; what lay between a stop and a resume is none of it."""
    status = info.status
    return status.worked_s(now) if status and status.state != "queued" else None


def matching(infos: Iterable[RunInfo], text: str) -> list[RunInfo]:
    """The runs that have every word of `text` in their name, id, task, model, state, tags, notes or settings."""
    words = text.lower().split()

    def story(info: RunInfo) -> str:
        parts = (info.id, info.name, info.task, info.model, info.state, *info.meta.tags, info.meta.notes)
        return " ".join((*parts, differs_in(info.config))).lower()

    return [info for info in infos if all(word in story(info) for word in words)] if words else list(infos)


def progress_line(info: RunInfo) -> str:
    """Where a run is, in words, what matters first: `last accuracy 0.91, 14 s left, step 120 of 200`."""
    status = info.status
    if status is None:
        return info.reason
    if status.state == "queued":
        return status.phase or "waiting for its turn"
    parts = [status.phase] if status.phase and status.phase != "training" else []
    if score_text(info) != "–":
        parts.append(f"last {score_in_words(info)}")
        parts += [best_text(info)] if best_text(info) else []
    if status.state == "running" and status.eta_s is not None:
        parts.append(f"{formatting.duration(status.eta_s)} left")
    if status.of:
        parts.append(f"step {status.step:,} of {status.of:,}")
    return ", ".join(parts)


def live_line(info: RunInfo) -> str:
    """What the newest step measured: `loss 0.412, learning rate 0.001, ...`; empty for a run that does not run."""
    now = info.status.now if info.status and info.state == "running" else {}
    known = [(label, unit, now[key]) for key, (label, unit) in LIVE.items() if now.get(key) is not None]
    return " · ".join(f"{label} {formatting.number(value)}{unit}".strip() for label, unit, value in known)


def unique_names(infos: Iterable[RunInfo]) -> dict[str, str]:
    """A name for each run that no other run here has: what it is called and, where several are called so, the settings
    in which these differ; runs that are alike in everything are numbered from the oldest on."""
    infos = list(infos)
    groups: dict[str, list[RunInfo]] = {}
    for info in infos:
        groups.setdefault(info.name, []).append(info)
    names: dict[str, str] = {}
    called = wording.models(info.model for info in infos)
    for name, group in groups.items():
        taken: dict[str, int] = {}
        configs = {info.id: info.config for info in group if info.config}
        several = len(set(configs.values())) > 1
        flats = {run_id: config.to_dict() for run_id, config in configs.items()} if several else {}
        varying = _varying(list(flats.values()))
        for info in sorted(group, key=lambda info: (info.created, info.id)):
            flat = {**flats[info.id], "model": called[info.model]} if varying and info.id in flats else {}
            told = ", ".join(wording.said(key, flat[key]) for key in varying if key in flat)
            full = f"{name} ({told})" if told else name
            taken[full] = taken.get(full, 0) + 1
            names[info.id] = full if taken[full] == 1 else f"{full} #{taken[full]}"
    return names


def _varying(flats: Sequence[Mapping[str, Any]], most: int = 3) -> list[str]:
    """Keys whose values differ among configurations."""
    return [key for key in (flats[0] if flats else ()) if key != "run.name"
            and any(flat[key] != flats[0][key] for flat in flats)][:most]  # fmt: skip
