"""The one place for what a visitor's session remembers, and for what stands in the address bar."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from core.config import RunConfig
from core.runs.folder.run import Run
from core.runs.remote.ray_jobs import RemoteSnapshot
from dashboard import theme
from dashboard.shared import markup
from dashboard.shared.metric_frames import GrowingFrame

MOST_READ = 60
"""Runs whose metrics an open page keeps."""
RUN_PARAMETER = "run"
MOST_SELECTED = 20


@dataclass
class Session:
    """Everything remembered between reruns that is not a widget's own value."""

    selected: list[str] | None = None
    """Runs chosen last; None before anything was chosen."""
    places: dict[str, int] = field(default_factory=dict)
    """Run -> place in the run colour scale; a run keeps its colour on every page."""
    metrics: dict[str, GrowingFrame] = field(default_factory=dict)
    """What was read of each run's metrics, and where reading goes on."""
    recipe: str = ""
    """The recipe that filled the launch form last."""
    pending: RunConfig | None = None
    """A configuration waiting to be put into the launch form (a clone)."""
    remotes: Sequence[RemoteSnapshot] = ()
    """What the Ray clusters looked like when they last answered."""
    watched: set[str] = field(default_factory=set)
    """Runs that were seen at work."""
    sweep: str = ""
    """A sweep just launched, to be shown next."""
    measurements: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Place on a page -> the command whose answer is shown there."""
    called: dict[str, str] = field(default_factory=dict)
    """Run -> name, of the runs that the page before this draw knew."""
    message: str = ""
    """Said once, at the top of the next page drawn."""


def session() -> Session:
    if "lab" not in st.session_state:
        st.session_state["lab"] = Session()
    return st.session_state["lab"]


def selected_runs(known: Sequence[str], default: Sequence[str] = ()) -> list[str]:
    """The known runs this page is about: those in the address, else those chosen before, else `default`."""
    asked = [run for run in st.query_params.get_all(RUN_PARAMETER) if run in known]
    before = session().selected
    remembered = [run for run in before if run in known] if before is not None else []
    chosen = asked or remembered or ([] if before == [] else [run for run in default if run in known])
    chosen = list(dict.fromkeys(chosen))[:MOST_SELECTED]
    remember_runs(chosen)
    return chosen


def remember_runs(run_ids: Sequence[str]) -> None:
    """Choose these runs, here and in the address, so that the view can be shared and survives a reload."""
    session().selected = list(run_ids)
    if st.query_params.get_all(RUN_PARAMETER) != list(run_ids):
        st.query_params[RUN_PARAMETER] = list(run_ids)


def asked_number(key: str, there: Collection[int]) -> int | None:
    """The number that the address asks for, where it is among those there; None where none is asked for, or another."""
    asked = st.query_params.get(key, "")
    return int(asked) if asked.isascii() and asked.isdigit() and int(asked) in there else None


def tell_number(key: str, value: int | None) -> None:
    """Put a number that no control holds into the address; None takes it out."""
    if value is None:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != str(value):
        st.query_params[key] = str(value)


def read_address(key: str, options: Mapping[str, str]) -> None:
    """Before a control bound to the address is drawn: take what a person typed there (`paper=a`, `weights=best`) for
    the option of that name or label in any case, and say so where there is none: it would be dropped in silence."""
    asked = st.query_params.get(key)
    if asked is None or key in st.session_state or asked in options.values():
        return
    typed = asked.casefold()
    found = [name for name, label in options.items() if typed in (name.casefold(), label.casefold())]
    if found:
        st.query_params[key] = options[found[0]]
        st.rerun()  # what the control reads was settled when this draw began
    else:
        st.toast(markup.escape_markdown(f"The address asks for {key}={asked[:40]}; there is: {', '.join(options)}."))


def read_choices(key: str, options: Sequence[str], why: str) -> None:
    """The same before a control of several choices: `a;b` and `a,b` are two. What is not there, and `why`, is left in
    the session under `KEY-dropped`: a toast would be gone with the next draw."""
    asked = st.query_params.get_all(key)
    if key in st.session_state or set(asked) <= set(options):
        return
    parts = [part.strip() for value in asked for part in ([value] if value in options else re.split("[;,]", value))]
    found = list(dict.fromkeys(part for part in parts if part in options))
    gone = [part for part in parts if part and part not in options]
    if gone:
        st.session_state[f"{key}-dropped"] = f"The address asks for {key}={gone[0][:60]}; {why}"
    if found:
        st.query_params[key] = found
    else:
        del st.query_params[key]
    st.rerun()


def run_colors(run_ids: Sequence[str]) -> dict[str, str]:
    return theme.run_colors(run_ids, session().places)


def take_pending() -> RunConfig | None:
    """The configuration that waits for the launch form, given once."""
    waiting, session().pending = session().pending, None
    return waiting


def queue_message(message: str) -> None:
    """Plain text to show on the next page that is drawn."""
    session().message = message


def show_messages(known: Mapping[str, str] | None = None) -> None:
    """Show, once, what an earlier action left to be said; else which runs of the address are not among `known`, run to
    name: one that was there at the draw before is still called by its name."""
    gone = [run for run in st.query_params.get_all(RUN_PARAMETER) if known is not None and run not in known]
    if gone and not session().message:
        more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
        called = session().called.get(gone[0], gone[0])
        session().message = f"Not here, or not any more: {called[:100]}{more}."
    session().called = dict(known or {})
    if session().message:
        st.toast(markup.escape_markdown(session().message))
        session().message = ""


def measured(run: Run) -> GrowingFrame:
    """All that a run has measured; only what was added since the last look is read."""
    kept = session().metrics
    growing = kept[run.id] = kept.pop(run.id) if run.id in kept else GrowingFrame(run.tail())
    while len(kept) > MOST_READ:
        kept.pop(next(iter(kept)))  # looked at the longest ago
    growing.update()
    return growing


def metric_frame(run: Run) -> pd.DataFrame:
    return measured(run).frame
