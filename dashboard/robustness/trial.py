"""Trials of a policy against noise: how far their runs are, and the step from there to whether it helped."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.runs.folder.store import RunInfo
from core.runs.sweep import ARM, SweepInfo, list_sweeps
from dashboard import state
from dashboard.shared import markup, run_words

BEFORE, AFTER = "as it was", "against the noise"
"""The two rows of a trial's sweep."""
SO_CALLED = ", tried against noise"
"""What a trial's name adds to that of the run whose policy it tries."""
SHOWN = 3


def trials(infos: Sequence[RunInfo]) -> list[SweepInfo]:
    """Sweeps that try a proposed policy, newest first."""
    return [
        sweep for sweep in list_sweeps(infos) if {info.meta.cell.get(ARM) for info in sweep.runs} == {BEFORE, AFTER}
    ]


def draw(infos: Sequence[RunInfo], key: str) -> None:
    """The newest trials; a finished one can be tested under noise. `key` is that of the page's choice of runs."""
    for sweep in trials(infos)[:SHOWN]:
        done = [info for info in sweep.runs if info.state == "finished"]
        label = run_words.without_its_seed(sweep.runs[0].name.partition(SO_CALLED)[0])
        if sweep.is_active:
            share = sum(run_words.progress(info) for info in sweep.runs) / len(sweep.runs)
            markup.progress_bar(share, f"Trial of {label}: {len(done)} of {len(sweep.runs)} runs finished")
        elif len(done) > 1:
            ids = [info.id for info in sorted(done, key=lambda info: (info.meta.cell[ARM] != BEFORE, info.created))]
            st.button(
                f"Did it help? Test {label}: {len(ids)} runs, {BEFORE} and {AFTER}", key=f"trial-{sweep.id}",
                icon=":material/balance:", on_click=_choose, args=(key, ids[: state.MOST_SELECTED]),
            )  # fmt: skip


def _choose(key: str, ids: list[str]) -> None:
    st.session_state[key] = ids
    st.session_state["view"] = "Curves"
