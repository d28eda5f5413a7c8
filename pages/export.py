"""EXPORT: how do I use a trained model elsewhere?"""

from __future__ import annotations

import streamlit as st

from core.runs.folder.store import Store
from dashboard import actions, state
from dashboard.export import panels
from dashboard.shared import markup, run_words


def body() -> None:
    markup.heading(
        "Export", "Take a trained model away: loaded anew without the lab, compared with its run, and timed."
    )
    state.show_messages()
    every = Store().list()
    infos = [info for info in every if info.state == "finished"]
    if not infos:
        actions.offer_demo(every, "No run has finished yet. The one-minute demo gives a model that can be taken away.")
        return
    ids, names = [info.id for info in infos], run_words.unique_names(infos)
    if st.session_state.get("export_run") not in ids:
        st.session_state["export_run"] = (state.selected_runs(ids) or ids)[0]
    chosen = st.selectbox("Run", ids, format_func=names.__getitem__, key="export_run")
    run = Store().get(chosen)
    panels.draw_formats(run, panels.choose_weights(run))
    panels.draw_script(run)


body()
