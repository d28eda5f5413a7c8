"""The visitor's own file on the launch form: upload, preview, columns, label statistics and problems."""

from __future__ import annotations

import functools
from pathlib import Path

import pandas as pd
import streamlit as st

from core.data import own_file
from core.data.rows import DataError
from core.runs.folder.store import RunError, Store
from dashboard import state, theme
from dashboard.launch import forms
from dashboard.shared import charts, formatting, markup

ENDINGS = ["csv", "tsv", "jsonl", "json", "txt"]
COLUMN_KEYS = ("data.text", "data.label", "data.pair")


def draw(errors: dict[str, str]) -> None:
    """Everything about an own file, in one box under the data card."""
    with st.container(border=True):
        st.markdown("**Your own file**")
        st.file_uploader(
            "CSV, TSV or JSONL, with a text and a label in each row",
            type=ENDINGS, key="launch_upload", on_change=_keep_upload, max_upload_size=200,
        )  # fmt: skip
        fields = forms.fields()
        left, right = st.columns(2)
        with left:
            forms.draw(fields["data.file"], errors.get("data.file"))
        with right:
            forms.draw(fields["data.eval_file"], errors.get("data.eval_file"))
        path = st.session_state[forms.widget_key("data.file")]
        if not path:
            markup.note("The file stays on this machine: it is copied into the folder of the runs.")
            return
        try:
            frame = _table(path, Path(path).stat().st_mtime_ns if Path(path).is_file() else 0)
        except DataError:
            return  # said on the field above
        _columns(frame, errors)
        _statistics(frame, Path(path).name)


def _keep_upload() -> None:
    upload = st.session_state.get("launch_upload")
    if upload is not None:
        try:
            path = Store().save_upload(upload.name, upload.getvalue())
        except RunError as error:
            state.queue_message(str(error))
            return
        st.session_state[forms.widget_key("data.file")] = str(path)
        for key in COLUMN_KEYS:  # another file has other columns
            st.session_state[forms.widget_key(key)] = ""


@st.cache_data(show_spinner=False, max_entries=4)
def _table(path: str, changed: int) -> pd.DataFrame:
    return own_file.read_table(Path(path))


def _columns(frame: pd.DataFrame, errors: dict[str, str]) -> None:
    fields, names = forms.fields(), ("", *(str(name) for name in frame.columns))
    for column, key in zip(st.columns(3), COLUMN_KEYS, strict=True):
        with column:
            if st.session_state[forms.widget_key(key)] not in names:
                st.session_state[forms.widget_key(key)] = ""
            none = "none" if key == "data.pair" else "guessed from its name"
            st.selectbox(
                fields[key].label, names, key=forms.widget_key(key), persist_state="session", help=fields[key].help,
                format_func=functools.partial(_column_title, none),
            )  # fmt: skip
            if key in errors:
                st.markdown(f":red[{markup.escape_markdown(errors[key])}]")


def _column_title(none: str, name: str) -> str:
    return name or none


def _statistics(frame: pd.DataFrame, name: str) -> None:
    text, label, pair = (st.session_state[forms.widget_key(key)] or None for key in COLUMN_KEYS)
    try:
        columns = own_file.choose_columns(frame, text, label, pair, name)
        report = own_file.inspect(frame, columns, name)
    except DataError as error:
        st.markdown(f":red[{markup.escape_markdown(str(error))}]")
        report = None
    if report is not None:
        task = own_file.file_task(frame, columns, report)
        kind = "regression" if report.regression else f"{task.num_labels} classes"
        used = f"text: {columns.text}, label: {columns.label}" + (
            f", second text: {columns.pair}" if columns.pair else ""
        )
        markup.note(f"{formatting.number(report.rows)} usable rows, {kind}; {used}.")
        for problem in report.problems:
            st.markdown(f":orange[{markup.escape_markdown(problem[0].upper() + problem[1:])}.]")
        if report.label_counts:
            st.plotly_chart(
                charts.count_bars(report.label_counts, "Rows by label", theme.class_colors(task.labels)),
                key="label-counts", config=charts.PLAIN,
            )  # fmt: skip
    st.dataframe(frame.head(50), height=220, hide_index=True, alt="First rows of the file")
