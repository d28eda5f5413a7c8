"""What waits and what was cut off: the queue, to be reordered, and the runs that a kill or a reboot interrupted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.runs.folder.store import RunInfo
from core.runs.local.waitlist import MOST_SLOTS
from dashboard import actions
from dashboard.shared import errors, markup, run_words

TICK_S = 1.0


def draw(names: Mapping[str, str]) -> None:
    """A button that opens the queue, which ticks while it is open; `names` are those of all runs."""
    with st.popover("Queue", icon=":material/format_list_numbered:", key="queue", on_change="rerun") as place:
        st.fragment(_panel, run_every=TICK_S if place.open else None)(names)


@errors.boundary("The queue")
def _panel(names: Mapping[str, str]) -> None:
    launcher = actions.launcher()
    waiting = launcher.queue()
    st.number_input(
        "Runs at once", 1, MOST_SLOTS, launcher.slots, key="slots", on_change=_set_slots,
        help="On this machine; each further run makes the others slower.",
    )  # fmt: skip
    markup.note(f"{len(waiting)} waiting, first come first served." if waiting else "Nothing waits.")
    for place, run_id in enumerate(waiting, start=1):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{place}\\. {markup.escape_markdown(names.get(run_id, run_id))}")
            for label, icon, to in (("first", "vertical_align_top", 1), ("up", "arrow_upward", place - 1),
                                    ("down", "arrow_downward", place + 1)):  # fmt: skip
                st.button(
                    "", key=f"{label}-{run_id}", icon=f":material/{icon}:", type="tertiary", help=f"Move {label}",
                    disabled=to == place or not 1 <= to <= len(waiting), on_click=actions.move, args=(run_id, to),
                )  # fmt: skip


def _set_slots() -> None:
    actions.set_slots(int(st.session_state["slots"]))


def interrupted(infos: Sequence[RunInfo]) -> list[str]:
    """Ids of the runs that a kill or a reboot cut off."""
    return [info.id for info in infos if info.state == "interrupted"]


def draw_interrupted(infos: Sequence[RunInfo]) -> None:
    """Says which runs were cut off, and offers to go on with them; nothing where there are none."""
    cut = [info for info in infos if info.state == "interrupted"]
    if not cut:
        return
    names = run_words.unique_names(infos)
    named = ", ".join(names[info.id] for info in cut[:3]) + (f" and {len(cut) - 3} more" if len(cut) > 3 else "")
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Interrupted:** {markup.escape_markdown(named)}")
        st.button(
            "Resume" if len(cut) == 1 else f"Resume all {len(cut)}", key="resume-interrupted",
            icon=":material/resume:", on_click=actions.resume_all, args=([info.id for info in cut],),
            help="They go on from their newest checkpoint, exactly as if they had never been cut off.",
        )  # fmt: skip
