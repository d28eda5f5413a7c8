"""Cached readers: whatever is slow to find out is asked once for all visitors."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from core.config import RunConfig
from core.data.grid import Table
from core.data.rows import Corpus
from core.runs.folder.store import Store
from dashboard.shared.background import Answer, lane


def hub_reachable() -> Answer:
    """Whether the model hub answers; asked again after a minute."""
    from core.model.hub import hub_reachable as probe

    return lane().ask("hub", probe, keep_s=60)


def hub_known() -> Answer | None:
    """Whether the model hub answered when it was last needed; None where it has not been."""
    asked = lane().find("hub")
    return asked.answer if asked else None


def model_source(name: str) -> Answer:
    """Where a model would be loaded from, or why it cannot be; waited for a moment, as only the hub takes longer."""
    from core.model.source import resolve_model

    return lane().ask(("model", name), lambda: resolve_model(name), keep_s=30, wait_s=0.3)


def data_key(config: RunConfig) -> str:
    """The part of a configuration that decides which rows there are; files enter with their time of change."""
    flat = config.to_dict()
    part = {key: value for key, value in flat.items() if key in ("task", "seed") or key.startswith("data.")}
    for key in ("task", "data.file", "data.eval_file"):  # a task may be a file's path
        if part[key] and Path(part[key]).is_file():
            part[f"{key}.changed"] = Path(part[key]).stat().st_mtime_ns
    return json.dumps([part, os.environ.get("LAB_DATA", "")], sort_keys=True)


_LARGE: list[Callable[[], None]] = []


def large(cached: Any) -> Any:
    """Marks a cache as one whose memory only visitors need: it is cleared when the last one has left."""
    _LARGE.append(cached.clear)
    return cached


def forget() -> None:
    """Nobody looks at what is large any more."""
    for clear in _LARGE:
        clear()


def corpus(config: RunConfig) -> Corpus:
    """Rows of a task that needs no download. DataError says what is wrong."""
    return _corpus(data_key(config), config)


@large
@st.cache_resource(show_spinner=False, max_entries=6)
def _corpus(key: str, _config: RunConfig) -> Corpus:
    from core.data.sources import load_corpus

    return load_corpus(_config)


def table(path: str) -> Table:
    """An own file as it stands, read anew when it has changed. DataError says what is wrong."""
    return _table(path, Path(path).stat().st_mtime_ns if Path(path).is_file() else 0)


@large
@st.cache_resource(show_spinner=False, max_entries=2)
def _table(path: str, changed: int) -> Table:
    from core.data.own_file import read_table

    return read_table(Path(path))


def own_tasks() -> dict[str, str]:
    """One's own files that were added, by name, each with the path that a configuration names as its task."""
    return {name: str(path) for name, path in sorted(Store().uploads().items())}


def local_tasks() -> list[str]:
    """Tasks whose rows are on this machine: demos, what lies in `LAB_DATA`, and one's own files by name.

    DataError where LAB_DATA is no folder.
    """
    return [*_local_tasks(os.environ.get("LAB_DATA", "")), *own_tasks()]


@st.cache_resource(show_spinner=False, ttl=30)  # cache_data would warn in the terminal: no runtime is there yet
def _local_tasks(data_root: str) -> list[str]:
    from core.data.local import data_root as root_of
    from core.data.local import split_path
    from core.tasks import TASKS

    root = root_of()
    return [
        task.name
        for task in TASKS.values()
        if task.origin == "demo" or (root and task.origin != "file" and split_path(root, task, "train").is_file())
    ]
