"""Run infos in, one table of runs out: the same on Home, Runs and Clusters."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from core.config import RunConfig
from core.runs.folder.store import RunInfo
from dashboard.shared import charts, formatting

ACTIVE = ("queued", "running")
UNTOLD = ("run.name", "task", "model", "data.file")
"""Keys that the table names elsewhere, or that tell nothing apart."""

LIVE = {
    "loss": ("loss", ""),
    "lr": ("learning rate", ""),
    "grad_norm": ("gradient norm", ""),
    "examples_per_s": ("", " examples/s"),
    "memory_mb": ("memory", " MB"),
    "cpu_percent": ("processor", " %"),
    "gpu_percent": ("GPU", " %"),
    "gpu_memory_mb": ("GPU memory", " MB"),
}
"""What a running run tells of its newest step: label and unit."""


def is_active(info: RunInfo) -> bool:
    return info.state in ACTIVE


@lru_cache(maxsize=4096)
def differs_in(config: RunConfig | None) -> str:
    """What a run changes against the defaults, shortly: `loss joint, rank 32`."""
    if config is None:
        return ""
    changed = {key: value for key, (value, _) in config.differences(RunConfig()).items() if key not in UNTOLD}
    return ", ".join(f"{key.rpartition('.')[2].replace('_', ' ')} {_short(value)}" for key, value in changed.items())


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return "+".join(str(item) for item in value)
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def score_text(info: RunInfo) -> str:
    """The run's first score with its name: `Accuracy 0.913`."""
    for key, value in (info.status.metrics if info.status else {}).items():
        if value is not None:
            return f"{charts.metric_name(key)} {formatting.number(float(value))}"
    return "–"


@lru_cache(maxsize=4096)
def _unseeded(config: RunConfig) -> RunConfig:
    return config.replace({"seed": 0, "run.name": ""})


def spreads(infos: Iterable[RunInfo]) -> dict[str, str]:
    """Run -> its score, with mean and standard deviation (n - 1) over finished runs that differ in the seed alone."""
    groups: dict[RunConfig, dict[str, float]] = {}
    listed = {info.id: info for info in infos if info.state == "finished" and score_text(info) != "–"}
    for info in listed.values():
        if info.config and info.status:
            score = next(value for value in info.status.metrics.values() if value is not None)
            groups.setdefault(_unseeded(info.config), {})[info.id] = score
    said: dict[str, str] = {}
    for scores in groups.values():
        if len(scores) > 1:
            mean, spread = statistics.fmean(scores.values()), statistics.stdev(scores.values())
            over = f"{formatting.number(mean)} ± {formatting.number(spread)}"
            said |= {run_id: f"{score_text(listed[run_id])} ({over})" for run_id in scores}
    return said


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
    """Seconds a run has computed, or computed in all."""
    status = info.status
    if status is None or status.started is None:
        return None
    return max(0.0, (status.ended or now) - status.started) if status.state != "queued" else None


def matching(infos: Iterable[RunInfo], text: str) -> list[RunInfo]:
    """The runs that have every word of `text` in their name, id, task, model, state, tags, notes or settings."""
    words = text.lower().split()

    def story(info: RunInfo) -> str:
        parts = (info.id, info.name, info.task, info.model, info.state, *info.meta.tags, info.meta.notes)
        return " ".join((*parts, differs_in(info.config))).lower()

    return [info for info in infos if all(word in story(info) for word in words)] if words else list(infos)


def frame(infos: Sequence[RunInfo], places: Mapping[str, int] | None = None, now: float | None = None) -> pd.DataFrame:
    """One row a run, in the order given; `places` are those in the queue, counted from 1."""
    now = time.time() if now is None else now
    places = places or {}
    rows = [
        {
            "State": formatting.state_word(info.state) + (f" {places[info.id]}" if info.id in places else ""),
            "Run": info.name,
            "Task": info.task or "–",
            "Progress": 100 * progress(info),
            "Score": score_text(info),
            "Differs in": differs_in(info.config) or ("–" if info.config else info.reason),
            "Tags": list(info.meta.tags),
            "Started": formatting.ago(info.status.started or info.status.created if info.status else None, now),
            "Time": formatting.duration(elapsed(info, now)),
        }
        for info in infos
    ]
    names = ["State", "Run", "Task", "Progress", "Score", "Differs in", "Tags", "Started", "Time"]
    return pd.DataFrame(rows, columns=names if any(info.meta.tags for info in infos) else [*names[:6], *names[7:]])


def columns(narrow: bool = False) -> dict[str, Any]:
    """How Streamlit is to draw the table's columns; `narrow` gives the space to names and differences."""
    return {
        "State": st.column_config.TextColumn(width=96),
        "Run": st.column_config.TextColumn(width=124 if narrow else 172),
        "Task": st.column_config.TextColumn(width=100 if narrow else 104),
        "Progress": st.column_config.ProgressColumn(format="%.0f %%", min_value=0, max_value=100, width=98),
        "Score": st.column_config.TextColumn(width=164 if narrow else 118),
        "Differs in": st.column_config.TextColumn(
            width=100 if narrow else 138, help="What a run changes against the defaults"
        ),
        "Tags": st.column_config.ListColumn(width=92),
        "Started": st.column_config.TextColumn(width=80),
        "Time": st.column_config.TextColumn(width=82),
    }


def progress_line(info: RunInfo) -> str:
    """Where a run is, in words: `step 120 of 200, Accuracy 0.91, 14 s left`."""
    status = info.status
    if status is None:
        return info.reason
    if status.state == "queued":
        return "waiting for its turn"
    parts = [status.phase] if status.phase and status.phase != "training" else []
    if status.of:
        parts.append(f"step {status.step:,} of {status.of:,}")
    if score_text(info) != "–":
        parts.append(score_text(info))
    if status.state == "running" and status.eta_s is not None:
        parts.append(f"{formatting.duration(status.eta_s)} left")
    return ", ".join(parts)


def live_line(info: RunInfo) -> str:
    """What the newest step measured: `loss 0.412, learning rate 0.001, ...`; empty for a run that does not run."""
    now = info.status.now if info.status and info.state == "running" else {}
    known = [(label, unit, now[key]) for key, (label, unit) in LIVE.items() if now.get(key) is not None]
    return " · ".join(f"{label} {formatting.number(value)}{unit}".strip() for label, unit, value in known)


def unique_names(infos: Iterable[RunInfo]) -> dict[str, str]:
    """A name for each run that no other run here has: what it is called, with the end of its id where needed."""
    listed = list(infos)
    counts: dict[str, int] = {}
    for info in listed:
        counts[info.name] = counts.get(info.name, 0) + 1
    return {info.id: info.name if counts[info.name] == 1 else f"{info.name} ({info.id[-4:]})" for info in listed}
