"""RESULTS: do the papers' claims hold here?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.analysis.results.table import Result, results
from core.runs.folder.store import RunInfo, Store
from dashboard import actions, state
from dashboard.results import panels
from dashboard.shared import markup, run_words

TABLES = {"all": "By what differs", "a": "Paper A, table 2", "b": "Paper B, tables 4 to 7"}
_TABLE, _PARETO = "Table", "Score and size"
VIEWS: dict[str, tuple[str, ...]] = {
    "all": (_TABLE, _PARETO),
    "a": (_TABLE, _PARETO),
    "b": ("Claims", _TABLE, _PARETO),
}


def draw_empty(paper: str | None) -> None:
    """No run belongs here: say which would, and where to start them."""
    missing = {
        None: "No run has finished yet. Launch one, or sweep a setting over seeds to see mean and spread.",
        "a": "No finished run is of paper A's table: MobileBERT with LoRA and augmentation, or fine-tuned in full.",
        "b": "No finished run is of paper B's tables: LightMobileBERT and its arms, trained in full on plain rows.",
    }
    box = markup.empty(missing[paper])
    with box, st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(actions.page("sweeps"), label="Start a sweep", icon=":material/grid_view:")
        st.page_link(actions.page("launch"), label="Launch a run", icon=":material/rocket_launch:")


def choose_runs(infos: Sequence[RunInfo]) -> list[RunInfo]:
    """Runs of the table: all that have finished, or those that match the words typed."""
    words = st.text_input(
        "Filter", key="results-filter", bind="query-params", placeholder="words in name, task, settings or tags",
        label_visibility="collapsed", icon=":material/search:",
    )  # fmt: skip
    return run_words.matching(infos, words or "")


def draw_results(rows: Sequence[Result], paper: str) -> None:
    state.read_address(f"view-{paper}", dict(zip(VIEWS[paper], VIEWS[paper], strict=True)))
    view = st.segmented_control(
        "View",
        VIEWS[paper],
        default=VIEWS[paper][0],
        required=True,
        key=f"view-{paper}",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == "Claims":
        panels.draw_gains(rows)
    elif view == _TABLE:
        panels.draw_table(rows)
        panels.draw_downloads(rows, f"results-{paper}")
    else:
        panels.draw_pareto(rows)


def body() -> None:
    markup.heading(
        "Results",
        "Whether the papers' claims hold on your own runs: mean and spread over seeds, theirs beside.",
    )
    state.show_messages()
    infos = Store().list()
    state.read_address("paper", TABLES)
    paper = st.segmented_control(
        "Form", list(TABLES), format_func=TABLES.__getitem__, default="all", required=True, key="paper",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    rows = results(choose_runs(infos), None if paper == "all" else paper)
    if rows:
        draw_results(rows, paper)
    else:
        draw_empty(None if paper == "all" else paper)


body()
