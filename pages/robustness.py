"""ROBUSTNESS: what is left of the score under noise?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.analysis.robustness.job import Question
from core.analysis.robustness.noise import DRAWS, LEVELS, NOISES, noises
from core.runs.folder.store import Run, RunInfo, Store
from dashboard import actions, run_choice, state
from dashboard.robustness import panels, testing, trial
from dashboard.shared import markup, run_words

VIEWS = ("Curves", "Flipped rows", "Checks", "What to try")
RUNS = "noise_runs"


def choose(infos: Sequence[RunInfo]) -> tuple[list[Run], list[str]]:
    """Runs to test, and the noises."""
    left, right = st.columns([3, 2])
    runs = run_choice.choose(infos, RUNS, state.MOST_SELECTED, place=left)
    chosen = right.pills(
        "Noise", noises(), selection_mode="multi", default=list(NOISES), key="noises", bind="query-params"
    )
    return runs, list(chosen)


def body() -> None:
    markup.heading(
        "Robustness",
        "What is left of a run's last score when its evaluation rows are noisy, and which edit did it.",
    )
    state.show_messages()
    every = Store().list()
    infos = [info for info in every if info.state == "finished"]
    if not infos:
        actions.offer_demo(
            every, "No run has finished yet. The one-minute demo gives a model that noise can be tried on."
        )
        return
    runs, chosen = choose(infos)
    if not runs or not chosen:
        markup.empty("Choose at least one run and one noise above.")
        return
    names = run_words.unique_names(every)
    called = names[runs[0].id] if len(runs) == 1 else f"{len(runs)} runs"
    found = testing.offer(Question(tuple(run.id for run in runs), tuple(chosen), LEVELS, DRAWS), called)
    if found is None:
        markup.note(
            "Every evaluation row is edited at several strengths and answered anew: seconds a run on the demo. It "
            "waits in the queue like a run and goes on when this page is closed; seeds of a setting are taken together."
        )
        trial.draw(every, RUNS)
        return
    if not found.current:
        markup.note("These figures are of the runs and noises tested before.")
    state.read_address("view", dict(zip(VIEWS, VIEWS, strict=True)))
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    ids = [one["run"] for one in found.document["tested"]]
    draw_view(view, found.document, {run_id: names.get(run_id, run_id) for run_id in ids}, every)


def draw_view(view: str, document: panels.Document, names: dict[str, str], infos: Sequence[RunInfo]) -> None:
    here = {info.id for info in infos}
    runs = [Store().get(run_id) for run_id in names if run_id in here]
    if view == "Curves":
        panels.draw_curves(document, names, runs, state.run_colors)
    elif view == "Flipped rows":
        panels.draw_flips(document["tested"], names)
    elif view == "Checks":
        panels.draw_checks(document["tested"], names)
    else:
        panels.draw_proposals([one for one in document["tested"] if one["run"] in here], runs, names)
        trial.draw(infos, RUNS)


body()
