"""A file in, as Launch reads it; a run's answers out, with how far it is, as CSV or JSONL."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from core.analysis.recorded import task_of_run
from core.files import cache_folder
from core.runs.folder.store import Run, Store
from dashboard import measurement, theme, uploads
from dashboard.shared import charts, formatting, markup, saving

FORMATS = {"CSV": ".csv", "JSONL": ".jsonl"}


def draw(runs: Sequence[Run], names: Mapping[str, str]) -> None:
    by_id = {run.id: run for run in runs}
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    chosen = left.selectbox("Run that answers", list(by_id), format_func=names.__getitem__, key="playground_file_run")
    ending = right.segmented_control("Answers as", list(FORMATS), default="CSV", required=True, key="playground_format")
    run = by_id[chosen or runs[0].id]
    wanted = " and ".join(f"“{name}”" for name in task_of_run(run).columns)
    label = markup.escape_markdown(f"CSV, TSV, JSONL or Excel with the column {wanted}")
    uploads.field(label, "playground_upload", _keep)
    path = st.session_state.get("playground_file")
    if not path or not Path(path).is_file():
        markup.note("Every row is answered by the run; the file stays on this machine.")
        return
    out = _place(run, path, FORMATS[ending or "CSV"])
    words = ["predict", run.id, "--file", path, "--out", str(out), "--runs", str(Store().root)]
    found = measurement.offer("playground-file", f"Answer {Path(path).name}", words)
    if found is not None and found.words == tuple(words) and out.is_file():
        _show(run, found.document, out, Path(path).stem)


def _keep(path: str) -> None:
    st.session_state["playground_file"] = path


def _place(run: Run, path: str, ending: str) -> Path:
    """Where the answers go: a place that no other run, file or format has."""
    key = hashlib.sha256(f"{run.dir} {path}".encode()).hexdigest()[:24]
    folder = cache_folder("playground")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{key}{ending}"


def _show(run: Run, document: dict, out: Path, stem: str) -> None:
    counts = document["counts"]
    seconds = document["ms"] / 1_000
    markup.note(f"{formatting.number(document['rows'])} rows answered; the model took {seconds:.1f} s.")
    st.download_button(
        "Download the answers", out.read_bytes(), file_name=f"{stem}-{run.id}{out.suffix}",
        mime="text/csv" if out.suffix == ".csv" else "application/jsonl", icon=":material/download:", type="primary",
    )  # fmt: skip
    if counts:
        bars = charts.count_bars(counts, "Rows by answer", theme.class_colors(task_of_run(run).labels))
        saving.draw(bars, "playground-counts", tools=False)
