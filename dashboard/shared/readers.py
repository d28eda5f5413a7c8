"""Cached readers: whatever is slow to find out is asked once, and, where a page must not wait, in the background."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core.config import RunConfig
from core.data.rows import Corpus

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    """What is known so far: `ready` with a value, or with the reason why there is none."""

    ready: bool
    value: Any = None
    error: str = ""

    @classmethod
    def of(cls, future: Future) -> Answer:
        """What a thread has found out so far."""
        if not future.done():
            return cls(False)
        error = future.exception()
        return cls(True, error=str(error) or type(error).__name__) if error else cls(True, future.result())


class Background:
    """Slow questions asked in threads: the first asker starts one, everybody else finds the answer."""

    def __init__(self, workers: int = 2, most: int = 200) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="lab-question")
        self._asked: dict[Any, tuple[float, Future]] = {}
        self._lock = threading.Lock()
        self._most = most

    def ask(self, key: Any, question: Callable[[], Any], keep_s: float = 3600.0, wait_s: float = 0.0) -> Answer:
        """The answer if there is one not older than `keep_s`, or within `wait_s`; else `Answer(False)` while it is
        worked out."""
        with self._lock:
            known = self._asked.get(key)
            if known is None or (known[1].done() and time.monotonic() - known[0] > keep_s):
                while len(self._asked) >= self._most:
                    self._asked.pop(next(iter(self._asked)))
                known = (time.monotonic(), self._pool.submit(question))
                self._asked[key] = known
        wait([known[1]], wait_s)
        return Answer.of(known[1])


@st.cache_resource(show_spinner=False)
def background() -> Background:
    return Background()


def hub_reachable() -> Answer:
    """Whether the model hub answers; asked again after a minute."""
    from core.model.source import hub_reachable as probe

    return background().ask("hub", probe, keep_s=60)


def model_source(name: str) -> Answer:
    """Where a model would be loaded from, or why it cannot be; waited for a moment, as only the hub takes longer."""
    from core.model.source import resolve_model

    return background().ask(("model", name), lambda: resolve_model(name), keep_s=30, wait_s=0.3)


def data_key(config: RunConfig) -> str:
    """The part of a configuration that decides which rows there are; files enter with their time of change."""
    flat = config.to_dict()
    part = {key: value for key, value in flat.items() if key in ("task", "seed") or key.startswith("data.")}
    for key in ("data.file", "data.eval_file"):
        if part[key] and Path(part[key]).is_file():
            part[f"{key}.changed"] = Path(part[key]).stat().st_mtime_ns
    return json.dumps([part, os.environ.get("LAB_DATA", "")], sort_keys=True)


def corpus(config: RunConfig) -> Corpus:
    """Rows of a task that needs no download. DataError says what is wrong."""
    return _corpus(data_key(config), config)


@st.cache_resource(show_spinner=False, max_entries=6)
def _corpus(key: str, _config: RunConfig) -> Corpus:
    from core.data.sources import load_corpus

    return load_corpus(_config)


def local_tasks() -> list[str]:
    """Tasks whose rows are on this machine: demos, and what lies in `LAB_DATA`. DataError where that is no folder."""
    return _local_tasks(os.environ.get("LAB_DATA", ""))


@st.cache_data(show_spinner=False, ttl=30)
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
