"""ROBUSTNESS: what is left of the score under noise?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.analysis.robustness.noise import DRAWS, LEVELS, NOISES
from core.runs.folder.store import Run, RunInfo, Store
from dashboard import actions, run_choice, state
from dashboard.parameters import measurement
from dashboard.robustness import panels
from dashboard.shared import markup, run_words

VIEWS = ("Curves", "Flipped rows", "Checks", "What to try")
MOST_RUNS = 6


def choose(infos: Sequence[RunInfo]) -> tuple[list[Run], list[str]]:
    """Runs to test, and the noises."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    runs = run_choice.choose(infos, "noise_runs", MOST_RUNS, place=left)
    noises = right.pills(
        "Noise", NOISES, selection_mode="multi", default=list(NOISES), key="noises", bind="query-params"
    )
    return runs, list(noises)


def body() -> None:
    markup.heading(
        "Robustness", "What is left of a run's score when its evaluation rows are noisy, and which edit did it."
    )
    state.show_messages()
    every = Store().list()
    infos = [info for info in every if info.state == "finished"]
    if not infos:
        actions.offer_demo(
            every,
            "No run has finished yet; one is on its way.",
            "No run has finished yet. The one-minute demo gives a model that noise can be tried on.",
        )
        return
    runs, noises = choose(infos)
    if not runs or not noises:
        markup.empty("Choose at least one run and one noise above.")
        return
    words = ["robustness", *(run.id for run in runs), "--noise", ",".join(noises), "--draws", str(DRAWS)]
    words += ["--levels", ",".join(f"{level:g}" for level in LEVELS), "--runs", str(Store().root)]
    found = measurement.offer("robustness", "Test these runs", words)
    if found is None:
        markup.note("Every evaluation row is edited at several strengths and answered anew: seconds a run on the demo.")
        return
    names = {one["run"]: run_words.unique_names(every).get(one["run"], one["run"]) for one in found.document["tested"]}
    if found.words != tuple(words):
        markup.note("These figures are of the runs and noises tested before.")
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    draw_view(view, found.document, names, runs)


def draw_view(view: str, document: panels.Document, names: dict[str, str], runs: Sequence[Run]) -> None:
    if view == "Curves":
        panels.draw_curves(document["runs"], names, state.run_colors(list(names)))
    elif view == "Flipped rows":
        panels.draw_flips(document["tested"], names)
    elif view == "Checks":
        panels.draw_checks(document["tested"], names)
    else:
        there = [run for run in runs if run.id in names]
        tested = [one for one in document["tested"] if one["run"] in {run.id for run in there}]
        panels.draw_proposals(tested, there, names)


body()
