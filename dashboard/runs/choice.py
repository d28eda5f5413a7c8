"""The chosen runs, a line each: what they are, where they are, and what can be done with one or all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st

from core.runs.folder.status import RESUMABLE
from core.runs.folder.store import Run, RunInfo, Store
from dashboard import actions, state, theme
from dashboard.launch.form_layout import for_people
from dashboard.shared import formatting, markup, run_words

END = 16
"""Characters at the end of a name that are always seen; as in run_table.js."""
LISTED = 8
"""Runs that are named before they are deleted."""
OUTSIDE = (
    "disk", "memory", "cannot be written", "hub", "network", "connection", "missing", "does not exist", "the log has",
)  # fmt: skip
"""Words of reasons that lie outside a run's settings: a file can be put back, room can be made."""


def places(infos: Sequence[RunInfo | None]) -> dict[str, int]:
    """Run -> place in the queue, counted from 1; asked for only where a run waits."""
    waits = any(info is not None and info.state == "queued" for info in infos)
    return {run_id: place for place, run_id in enumerate(actions.launcher().queue(), 1)} if waits else {}


def is_folded(info: RunInfo) -> bool:
    """Whether one line holds all there is to say of a run. One that was seen at work keeps the room it had, so that
    nothing moves when it ends."""
    watched = state.session().watched
    if run_words.is_active(info):
        watched.add(info.id)
    return info.state != "broken" and info.id not in watched


def headline(info: RunInfo, name: str, color: str) -> None:
    """Which run this is: its colour, its name, what it trains; of one that is over also how it ended."""
    task = info.task if info.task != name else ""
    what = ", ".join(part for part in (task, run_words.differs_in(info.config)) if part) or "default settings"
    note = f" · {info.status.weights_note}" if info.status and info.status.weights_note else ""
    kind, ended, how = "lab-line", "", ""
    if is_folded(info):
        kind = "lab-line over"
        how = f"· {markup.escape_html(line)} · " if (line := run_words.progress_line(info)) else "· "
        ended = f"<span>{_state(info)}</span>"
    st.html(
        f'<div class="{kind}" title="{markup.escape_html(f"{name}: {what}{note}")}">'
        f'<i class="lab-dot" style="background:{color}"></i><b>{_both_ends(name)}</b> {ended} '
        f'<span class="rest">{how}<span class="lab-note">{markup.escape_html(what + note)}</span></span></div>'
    )


def _both_ends(name: str) -> str:
    """What tells long names apart stands at their end: one without room gives way in the middle, as in the table."""
    first, last = markup.escape_html(name[:-END]), markup.escape_html(name[-END:])
    return f'<span class="start">{first}</span><span class="end">{last}</span>' if first else last


def _state(info: RunInfo) -> str:
    tone = theme.state_sign(info.state).color
    return f'<span class="lab-{tone}">{markup.escape_html(formatting.state_word(info.state))}</span>'


def state_line(info: RunInfo, position: int | None) -> None:
    """Live, always one line high: the state, how far, how long still, what the newest step measured."""
    words = run_words.progress_line(info)
    if info.state == "queued" and position:
        words = f"waiting, number {position} in the queue"
    live = run_words.live_line(info)
    said = " · ".join(part for part in (words, live) if part)
    share = round(100 * run_words.progress(info))
    between = "·" if said else ""
    if run_words.is_active(info):
        between = f'<span class="lab-bar"><i style="width:{share}%"></i></span>'
    st.html(
        f'<div class="lab-line" title="{markup.escape_html(said)}">{_state(info)} {between} '
        f"{markup.escape_html(said)}</div>"
    )


def reason(info: RunInfo, name: str) -> None:
    """Why a run did not get through, before anything else, and what helps: that depends on why."""
    if info.state == "broken":
        st.error(f"**This folder cannot be read as a run.** {markup.escape_markdown(info.reason)}")
    elif info.state in ("failed", "interrupted") and info.status and info.status.error:
        advice = {
            "resume": "Once that is mended, Resume goes on from the newest checkpoint.",
            "clone": "Resuming would end the same way; Clone opens its settings, to change them.",
            "": "",
        }[remedy(info)]
        said = for_people(info.status.error.rstrip(" .") + ".")
        st.error(
            f"**{markup.escape_markdown(name)} {info.state}:** {markup.escape_markdown(said)} {advice}",
            icon=":material/error:",
        )


def remedy(info: RunInfo) -> str:
    """What helps after a failure: `resume` where the reason lay outside, `clone` where it lies in the settings or the
    data; empty where the reason itself says what to do."""
    error = (info.status.error if info.status else None) or ""
    if info.state == "interrupted" or "resume" in error or "clone" in error:
        return ""
    return "resume" if any(word in error.lower() for word in OUTSIDE) else "clone"


def buttons(info: RunInfo, run: Run, name: str) -> None:
    """What can be done with this run in its present state; as high as its line."""
    kind: Literal["tertiary", "secondary"] = "tertiary" if is_folded(info) else "secondary"
    with st.container(horizontal=True, horizontal_alignment="right", gap="small", width="content"):
        # One key: Resume takes Stop's place as the same element, which keeps the keyboard's focus.
        key = f"go-{run.id}"
        if run_words.is_active(info):
            st.button("Stop", key=key, icon=":material/stop:", on_click=actions.stop, args=(run, name))
        elif info.state in RESUMABLE:
            st.button("Resume", key=key, icon=":material/resume:", type=kind, on_click=actions.resume, args=(run, name))
        if info.config and st.button(
            "Clone",
            key=f"clone-{run.id}",
            icon=":material/content_copy:",
            type=kind,
            help="Open Launch with its settings",
        ):
            actions.clone(run)
        if not run_words.is_active(info) and st.button(
            "Delete", key=f"delete-{run.id}", icon=":material/delete:", type=kind
        ):
            confirm_delete({run.id: name})


def all_buttons(infos: Sequence[RunInfo], names: Mapping[str, str]) -> None:
    """What can be done with all chosen runs at once; nothing where there is but one."""
    if len(infos) < 2:
        return
    active = [info.id for info in infos if run_words.is_active(info)]
    resumable = [info.id for info in infos if info.state in RESUMABLE]
    over = [info.id for info in infos if not run_words.is_active(info) and info.state != "broken"]
    with st.container(horizontal=True, horizontal_alignment="right", gap="small", width="content"):
        if active:
            st.button(f"Stop {len(active)}", key="go-chosen", icon=":material/stop:",
                      on_click=actions.stop_all, args=(active,))  # fmt: skip
        if resumable:
            key = "resume-chosen" if active else "go-chosen"  # alone, it takes the place of Stop
            st.button(f"Resume {len(resumable)}", key=key, icon=":material/resume:",
                      on_click=actions.resume_all, args=(resumable,))  # fmt: skip
        if over and st.button(f"Delete {len(over)}", key="delete-chosen", icon=":material/delete:"):
            confirm_delete({run_id: names[run_id] for run_id in over})


@st.dialog("Delete for good?")
def confirm_delete(names: Mapping[str, str]) -> None:
    """Ask first: what goes, and how much it is."""
    store = Store()
    size = sum(store.get(run_id).size()["total"] for run_id in names)
    listed = [*list(names.values())[:LISTED], *([f"and {len(names) - LISTED} more"] if len(names) > LISTED else [])]
    what = "settings, curves, checkpoints and trained model"
    st.markdown("\n".join(f"- {markup.escape_markdown(name)}" for name in listed))
    each = f"Its {what}" if len(names) == 1 else f"The {what} of each"
    st.markdown(f"{each}, {formatting.byte_size(size)} in all.")
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        if st.button("Cancel", key="keep-runs"):
            st.rerun()
        if st.button(
            "Delete for good", type="primary", key="delete-for-good", on_click=actions.delete_all, args=(names, size)
        ):
            st.rerun()
