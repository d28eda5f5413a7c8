"""Cached readers: whatever is slow to find out is asked once, and, where a page must not wait, in the background."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.config import RunConfig
from core.data.rows import Corpus

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Answer:
    """What is known so far: `ready` with a value, or with the reason why there is none."""

    ready: bool
    value: Any = None
    error: str = ""


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
        future = known[1]
        if not wait([future], wait_s).done:
            return Answer(False)
        error = future.exception()
        return Answer(True, error=str(error) or type(error).__name__) if error else Answer(True, future.result())


@st.cache_resource(show_spinner=False)
def background() -> Background:
    return Background()


def hub_reachable() -> Answer:
    """Whether the model hub answers; asked again after a minute."""
    from core.model.source import hub_reachable as probe

    return background().ask("hub", probe, keep_s=60)


def model_source(name: str) -> Answer:
    """Where a model would be loaded from, or why it cannot be."""
    from core.model.source import resolve_model

    return background().ask(("model", name), lambda: resolve_model(name), keep_s=30)


def parameter_figures(config: RunConfig, labels: int) -> Answer:
    """Total and trainable parameters as `python -m core params` counts them, in a process of its own: counting
    imports torch, and the form must not wait for that."""
    variant = {
        (False, False): "base", (False, True): "lora", (True, False): "light", (True, True): "light+lora",
    }[config.shape.variant == "light", config.lora.enabled]  # fmt: skip
    words = ["params", "--model", config.model, "--variant", variant, "--layers", str(config.shape.layers)]
    words += ["--rank", str(config.shape.rank), "--lora-r", str(config.lora.r), "--labels", str(labels), "--json"]
    return background().ask(("params", *words), lambda: _core_json(words))


def _core_json(words: list[str]) -> Any:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "core", *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    if done.returncode:
        raise ValueError((done.stderr.strip().splitlines() or ["it could not be counted"])[-1])
    return json.loads(done.stdout)


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


@dataclass(frozen=True)
class Cut:
    """How a model is cut to size and looked at."""

    layers: int = 12
    rank: int = 64
    lora_r: int = 8
    seq_len: int = 128


@dataclass(frozen=True)
class Count:
    """A model's parameters, counted: totals and a row a module."""

    total: int
    unique: int
    trainable: int
    bytes: dict[str, int]
    macs: int
    seq_len: int
    rows: pd.DataFrame
    """Columns module, layer (nan outside the layers), part, shape (tuple), params, trainable."""


@st.cache_data(show_spinner=False, max_entries=300)
def count(model: str, variant: str, cut: Cut) -> Count:
    """Parameters of a variant of a model, without its weights. ModelError (a ValueError) says what is wrong."""
    from core.model.parameters import count_parameters

    report = count_parameters(
        architecture_folder() if model == FULL_SIZE else model,
        variant,
        layers=cut.layers,
        rank=cut.rank,
        lora_r=cut.lora_r,
        labels=2,
        seq_len=cut.seq_len,
    )
    rows = pd.DataFrame([vars_of(row) for row in report.rows])
    return Count(report.total, report.unique, report.trainable, dict(report.bytes), report.macs, report.seq_len, rows)


def vars_of(row: Any) -> dict[str, Any]:
    names = ("module", "layer", "part", "shape", "params", "trainable")
    return {name: getattr(row, name) for name in names}


FULL_SIZE = "mobilebert"
"""MobileBERT's published architecture, counted without any download."""


@st.cache_resource(show_spinner=False)
def architecture_folder() -> str:
    """A folder that describes full-size MobileBERT and holds nothing else: enough to count its parameters."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="mobilebert-architecture-"))
    # The published configuration; every size is the class's own default.
    (folder / "config.json").write_text(json.dumps({"model_type": "mobilebert", "classifier_activation": False}))
    (folder / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n")  # a model folder has a tokenizer
    return str(folder)


def model_limits(model: str) -> tuple[int, int]:
    """(layers, width of a layer's attention input) of a model, for sliders; the full size where it cannot be read."""
    from core.model.source import find_config

    try:
        config = find_config(architecture_folder() if model == FULL_SIZE else model)
    except ValueError:
        return 24, 128
    width = config.get("true_hidden_size") or config.get("intra_bottleneck_size", 128)
    return int(config.get("num_hidden_layers", 24)), int(width)
