"""Where the text on the augmentation page comes from: typed, a row of a task, or a row of the visitor's own file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.config import RunConfig
from core.data.rows import Corpus
from core.tasks import Task
from dashboard import uploads
from dashboard.augmentation import preview
from dashboard.shared import markup, readers

EXAMPLE = "the new film is funny and clever , and its young cast plays a really charming story"
TYPED, ROW, FILE = "Typed text", "Row of a task", "Row of your file"
OWN = "your file"
"""What the own file is called among the tasks."""
_PATH = "own-file"


@dataclass(frozen=True)
class Source:
    """The text that is augmented; a typed one belongs to no task."""

    text: str
    pair: str | None = None
    task: Task | None = None
    data: tuple[tuple[str, str], ...] = ()
    """Keys and values that name its rows in a configuration."""
    row: int = 0
    rows: int = 0
    label: str = ""


def names() -> list[str]:
    """Tasks whose rows are here, and the visitor's own file once there is one."""
    return [*readers.local_tasks(), *([OWN] if st.session_state.get(_PATH) else [])]


def data_of(name: str) -> tuple[tuple[str, str], ...]:
    path = st.session_state.get(_PATH)
    if name == OWN and path:
        return (("task", "file"), ("data.file", path))
    return (("task", readers.own_tasks().get(name, name)),)


def corpus_of(name: str) -> Corpus:
    return readers.corpus(RunConfig().replace(dict(data_of(name))))


def label_name(task: Task, label: float) -> str:
    """The class by its name; a score as a number."""
    return task.labels[int(label)] if task.labels else f"{label:g}"


def draw() -> Source | None:
    """The controls and what they say; None while there is no file."""
    kind = st.segmented_control(
        "Source", (TYPED, ROW, FILE), default=TYPED, required=True, key="source", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if kind == TYPED:
        text = st.text_input(
            "Text", EXAMPLE, key="text", bind="query-params", max_chars=preview.MOST_CHARACTERS, live="30ms",
        )  # fmt: skip
        return Source(text or "")
    if kind == FILE:
        _draw_upload()
        if not st.session_state.get(_PATH):
            markup.note("A text and a label in each row. The file is copied into the folder of the runs.")
            return None
        return _draw_row(OWN, st.container())
    left, right = st.columns([2, 1])
    name = left.selectbox("Task", readers.local_tasks(), key="task", bind="query-params")
    return _draw_row(name, right)


def _draw_row(name: str, place: st.delta_generator.DeltaGenerator) -> Source:
    corpus = corpus_of(name)
    rows = corpus.train
    if st.session_state.get("row", 0) >= len(rows):
        st.session_state["row"] = 0
    row = int(place.number_input(f"Row (0 to {len(rows) - 1:,})", 0, len(rows) - 1, 0, key="row", bind="query-params"))
    label = label_name(corpus.task, rows.labels[row])
    pair = rows.pairs[row] if rows.pairs is not None else None
    return Source(rows.texts[row], pair, corpus.task, data_of(name), row, len(rows), label)


def _draw_upload() -> None:
    uploads.field("A table with a text and a label in each row", "augment_upload", _keep)
    path = st.session_state.get(_PATH)
    if path:
        markup.note(
            f"Rows of {Path(path).name}; which column is the text and which the label is guessed from its names."
        )


def _keep(path: str) -> None:
    st.session_state[_PATH] = path
