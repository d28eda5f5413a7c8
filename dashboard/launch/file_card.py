"""The visitor's own file on the launch form: upload, columns and labels with the reason for them, and what to mend."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core import wording
from core.config import RunConfig
from core.data import doctor, own_file
from core.data.columns import NO_PAIR
from core.data.rows import DataError, Finding, Rows
from core.model.pieces import load_pieces
from core.model.source import ModelError
from core.tasks import TASKS, Task
from dashboard import theme, uploads
from dashboard.launch import forms
from dashboard.launch.form_layout import LABELS
from dashboard.shared import charts, formatting, markup, readers, saving

LABEL_KEYS = ("data.label_kind", "data.decimal", "data.spellings", "data.fold")
CLEARED = {"data.label_kind": None, "data.decimal": None, "data.fold": ""}
"""What was said of another file's labels says nothing of this one's."""
COLUMN_KEYS = ("data.text", "data.label", "data.pair")


def is_own(task: str) -> bool:
    """Whether this is one's own file: still to be chosen, added by name, or given by its path."""
    return task == "file" or own_file.is_data_file(task)


def task_titles(current: str) -> dict[str, str]:
    """Every task that may be chosen, with what it is called: those of the table, one's own by name, the current one."""
    own = {path: f"{name}: your file {Path(path).name}" for name, path in readers.own_tasks().items()}
    titles = {name: f"{name}: {task.title}" for name, task in TASKS.items()} | own
    return titles if current in titles else {**titles, current: f"{Path(current).name}: your file {current}"}


def draw(errors: dict[str, str]) -> None:
    """Everything about an own file, in one box under the data card."""
    with st.container(border=True):
        st.markdown("**Your own file**")
        uploads.field("CSV, TSV, JSONL or Excel, with a text and a label in each row", "launch_upload", _keep)
        fields = forms.fields()
        left, right = st.columns(2)
        with left:
            forms.draw(fields["data.file"], errors.get("data.file"))
        with right:
            forms.draw(fields["data.eval_file"], errors.get("data.eval_file"))
        task = st.session_state[forms.widget_key("task")]
        path = st.session_state[forms.widget_key("data.file")] or ("" if task == "file" else task)
        if not path:
            markup.note("The file stays on this machine: it is copied into the folder of the runs.")
            return
        try:
            table = readers.table(path)
        except DataError:
            return  # said on the field above
        _columns(table.frame, errors)
        _contents()
        st.dataframe(table.frame.head(50), height=220, hide_index=True, alt="First rows of the file")


def _keep(path: str) -> None:
    _set({"task": "file", "data.file": path, **dict.fromkeys(COLUMN_KEYS, ""), **CLEARED})


def _set(values: dict[str, Any]) -> None:
    """Put values into the form, as if they had been entered."""
    for key, value in values.items():
        st.session_state[forms.widget_key(key)] = ", ".join(value) if isinstance(value, list) else value


def _columns(frame: pd.DataFrame, errors: dict[str, str]) -> None:
    fields, every = forms.fields(), [str(name) for name in frame.columns]
    for column, key in zip(st.columns(3), COLUMN_KEYS, strict=True):
        names = ("", *([NO_PAIR] if key == "data.pair" and NO_PAIR not in every else ()), *every)
        with column:
            if st.session_state[forms.widget_key(key)] not in names:
                st.session_state[forms.widget_key(key)] = ""
            st.selectbox(
                fields[key].label, names, key=forms.widget_key(key), persist_state="session", help=fields[key].help,
                format_func=_column_title,
            )  # fmt: skip
            if key in errors:
                st.markdown(f":red[{markup.escape_markdown(errors[key])}]")
    for column, key in zip(st.columns(len(LABEL_KEYS)), LABEL_KEYS, strict=True):
        with column:
            forms.draw(fields[key], errors.get(key))


def _column_title(name: str) -> str:
    return {"": "guessed; shown below", NO_PAIR: "none"}.get(name, name)


def _contents() -> None:
    """What the file means under these columns: its rows by class, and everything that is to be known of them."""
    entered = {key: value for key, value in forms.values(st.session_state).items() if key.startswith("data.")}
    config, wrong = forms.check({"task": st.session_state[forms.widget_key("task")], **entered})
    if config is None or wrong:
        return
    try:
        corpus = readers.corpus(config)
    except DataError as error:
        st.markdown(f":red[{markup.escape_markdown(str(error))}]")
        return
    rows = len(corpus.train) + sum(map(len, corpus.evals.values()))
    kind = "scores" if corpus.task.is_regression else f"{corpus.task.num_labels} classes"
    markup.note(f"{formatting.number(rows)} usable rows, {kind}.")
    config = config.replace({key: st.session_state[forms.widget_key(key)] for key in ("model", "train.class_weights")})
    draw_findings(_findings(readers.data_key(config), config.model, config.train.class_weights, config))
    _bars(corpus.task, [corpus.train, *corpus.evals.values()])


@st.cache_data(show_spinner="Looking through the rows …", max_entries=8)
def _findings(key: str, model: str, weights: str, _config: RunConfig) -> list[Finding]:
    try:
        pieces = load_pieces(model)
    except ModelError:  # said on the model's field; lengths are counted once it is there
        pieces = None
    return doctor.examine(readers.corpus(_config), _config, pieces)


def draw_findings(findings: list[Finding]) -> None:
    """What is to be known of the rows, each with its reason, an example, and a click that mends it."""
    for place, finding in enumerate(findings):
        left, right = st.columns([5, 2], vertical_alignment="center") if finding.remedy else (st, st)
        count = "" if finding.kind == "columns" else f" ({formatting.number(finding.count)})"
        example = f"  \n{markup.escape_markdown(finding.example)}" if finding.example else ""
        why = markup.escape_markdown(wording.capital(finding.why))
        left.markdown(f"**{markup.escape_markdown(finding.kind.capitalize())}**{count}: {why}.{example}")
        if finding.remedy:
            (key, value), *_ = finding.remedy.items()
            right.button(
                f"{key.rpartition('.')[2]}: {_told(value)}", key=f"mend-{place}-{finding.kind}", width="stretch",
                help=markup.escape_markdown(f"{LABELS.get(key, key)}: sets {key}={_told(value)}; the file stays"),
                on_click=_set, args=(finding.remedy,),
            )  # fmt: skip


def _told(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else "none" if value is None else str(value)


def _bars(task: Task, splits: list[Rows]) -> None:
    if task.is_regression:
        return
    counts = Counter(task.labels[int(label)] for rows in splits for label in rows.labels)
    bars = charts.count_bars(dict(counts.most_common()), "Rows by label", theme.class_colors(task.labels))
    saving.draw(bars, "label-counts", tools=False)
