"""Run folders in every state, made through the store, and the app under test."""

from __future__ import annotations

import functools
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.runs import processes
from core.runs.folder.store import Run, Store

ROOT = Path(__file__).resolve().parents[2]
LABELS = 6
config.set_option("runner.magicEnabled", False)  # as dashboard/.streamlit/config.toml has it
# A server looks through all installed packages for components once; AppTest would at each app, for 0.2 CPU seconds.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)
MakeRun = Callable[..., Run]
OpenPage = Callable[..., AppTest]


@pytest.fixture
def make_run(run_root: Path) -> Iterator[MakeRun]:
    """A run on demo-intents in the state asked for, with the records that a run in that state has.

    A running one is run by this very process, which holds its claim as a worker does.
    """
    claims = ExitStack()

    def make(state: str = "finished", loss: str = "ce", error: str | None = None, **changes: object) -> Run:
        settings = {"train.loss": loss, "run.name": f"{state} {loss}", **changes}
        run = Store().create(RunConfig().replace(settings))
        now = time.time()
        if state == "running":
            claims.enter_context(run.claim())
        run.set_status(state="running", started=now - 20, of=40, pid=os.getpid(),
                       pid_started=processes.started_at(os.getpid()), boot=processes.boot_id())  # fmt: skip
        if state != "failed":
            _record(run, steps=40 if state == "finished" else 20, spread=3.0 if loss == "joint" else 1.0)
        if state == "running":
            run.set_status(phase="training", step=20, epoch=1.5, eta_s=14.0, metrics={"accuracy": 0.61})
        else:
            score = {"accuracy": 0.913, "macro_f1": 0.9} if state == "finished" else {}
            step = {"finished": 40, "failed": 0}.get(state, 20)
            run.set_status(state=state, ended=now, error=error, metrics=score, step=step, pid=None)
        return run

    yield make
    claims.close()


def _record(run: Run, steps: int, spread: float) -> None:
    """What a training of that many steps leaves behind, with well separated classes for a larger `spread`."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % LABELS
    centres = rng.normal(size=(LABELS, 8))
    run.save_eval_rows(
        [{"row": i, "text": f"request <b>{i}</b>", "label": int(label)} for i, label in enumerate(labels)]
    )
    run.save_augmented(
        0,
        [
            {
                "row": 3,
                "method": "synonym",
                "text": "please <i>cancel</i> it",
                "augmented": "please <i>stop</i> it",
                "edits": [
                    {"start": 10, "end": 16, "before": "cancel", "after": "stop", "rule": "synonym, cancel.v.01"}
                ],
            }
        ],
    )
    for step in range(0, steps + 1, 10):
        if step:
            run.append_metrics({"step": step, "epoch": step / 20, "loss": 2 / step, "lr": 1e-3, "grad_norm": 1.0})
        run.append_metrics(
            {"step": step, "epoch": step / 20, "eval_loss": 1.5 - step / 40, "eval_accuracy": 0.2 + step / 60}
        )
        pooled = spread * step / 40 * centres[labels] + rng.normal(size=(60, 8))
        run.save_embeddings(step, pooled, np.eye(LABELS)[labels], labels, np.arange(60))


@pytest.fixture
def open_page(run_root: Path, no_data: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenPage]:
    """`open_page("runs", run=[id, id])`: the app at that page, drawn once."""
    monkeypatch.chdir(ROOT)
    st.cache_data.clear()

    def open_(name: str = "home", **query: object) -> AppTest:
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value  # type: ignore[assignment]
        if name == "home":
            return app.run()
        app.run()
        for key, value in query.items():
            app.query_params[key] = value  # type: ignore[assignment]
        return app.switch_page(f"../pages/{name}.py").run()

    yield open_
    st.cache_data.clear()


def text_of(app: AppTest) -> str:
    """Everything the page says, errors and captions included."""
    kinds = ("title", "subheader", "markdown", "caption", "error", "warning", "html", "code", "progress")
    out: list[str] = []
    for kind in kinds:
        for element in app.get(kind):
            proto = element.proto
            out += [str(getattr(proto, name)) for name in ("body", "text", "code_text") if hasattr(proto, name)]
    told = re.sub(r'<span class="lab-number">(.*?)</span>', r"\1", "\n".join(out))
    return re.sub(r'<span class="lab-interval">(.*?)</span>', r"\1", told).replace("<wbr>", "")


@pytest.fixture
def rows_of() -> Callable[[AppTest], list[dict]]:
    """The rows of the table of runs on a page, as the browser gets them."""

    def rows(app: AppTest) -> list[dict]:
        found = [json.loads(element.proto.json) for element in app.get("bidi_component")]
        return next((data["rows"] for data in found if "rows" in data), [])

    return rows


@pytest.fixture
def said() -> Callable[[AppTest], str]:
    return text_of


@pytest.fixture
def sent() -> Callable[[AppTest], list[dict]]:
    """What the buttons beneath each figure save, as the browser gets it: `about` has title, settings and data."""

    def saved(app: AppTest) -> list[dict]:
        found = [json.loads(element.proto.json) for element in app.get("bidi_component")]
        return [data for data in found if "about" in data]

    return saved


@pytest.fixture
def about(sent: Callable[[AppTest], list[dict]]) -> Callable[[AppTest], list[dict]]:
    return lambda app: [data["about"] for data in sent(app)]
