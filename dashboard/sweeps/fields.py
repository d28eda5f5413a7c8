"""The fields of the sweep form: a preset fills them, and each may be changed."""

from __future__ import annotations

import streamlit as st

from core.model.source import OFFERED
from core.plan.recipes import SWEEPS
from core.tasks import TASKS
from dashboard.launch import form_layout
from dashboard.shared import markup, readers
from dashboard.sweeps import form


def choose_preset() -> str:
    titles = {name: recipe.title for name, recipe in SWEEPS.items()} | {form.OWN: "A grid of my own"}
    preset = st.pills(
        "Preset", list(titles), format_func=titles.__getitem__, required=True, key="sweep:preset",
        default=next(iter(titles)),
    )  # fmt: skip
    assert preset is not None  # one is always chosen
    if st.session_state.get("sweep:filled") != preset:
        form.fill(st.session_state, preset)
    markup.note(SWEEPS[preset].description if preset in SWEEPS else "Any keys and values; each combination is run.")
    return preset


def draw_grid(entered: form.Entered) -> None:
    """What differs from run to run: lines of a grid, or the named rows of the preset."""
    with st.container(border=True):
        st.markdown("**What differs**")
        if form.is_named(entered.preset):
            if entered.arms:
                st.dataframe(form.arm_table(entered.arms), hide_index=True, alt="Rows of this sweep")
        else:
            for line in range(form.LINES):
                left, right = st.columns(2)
                left.selectbox(
                    "Setting", form.GRID_KEYS, index=None, key=f"sweep:key{line}", placeholder="none",
                    format_func=setting_name, persist_state="session",
                )  # fmt: skip
                right.text_input(
                    "Values, with commas between", key=f"sweep:values{line}", placeholder="2, 4, 8",
                    persist_state="session",
                )  # fmt: skip
        st.text_input(
            "Seeds", key="sweep:seeds", persist_state="session",
            help="Runs of one seed share rows, order and start, so that each row of runs is a fair comparison.",
        )  # fmt: skip


def setting_name(key: str) -> str:
    return f"{form_layout.label_of(key)} ({key})"


def draw_shared() -> None:
    with st.container(border=True):
        st.markdown("**What all runs share**")
        left, right = st.columns(2)
        own = readers.own_tasks()
        left.selectbox("Task", (*TASKS, *own), key="sweep:task", persist_state="session", accept_new_options=True)
        right.selectbox("Starting model", OFFERED, key="sweep:model", persist_state="session", accept_new_options=True)
        st.text_area(
            "Other settings, one KEY=VALUE a line", key="sweep:settings", persist_state="session", height=100,
            placeholder="train.epochs=3",
        )  # fmt: skip
