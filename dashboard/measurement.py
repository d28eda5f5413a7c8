"""Slow commands on a page: begun by a click, watched while they go on, cancelled at any time, one after another."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from core.wording import percent
from dashboard import state
from dashboard.shared import background, errors, markup
from dashboard.shared.command import Command

TICK_S = 0.5


class Measurement(NamedTuple):
    """What a command answered, and which command it was: of the settings now, or of some before."""

    document: Any
    words: tuple[str, ...]


def offer(name: str, label: str, words: list[str]) -> Measurement | None:
    """A button that begins `python -m core WORDS`, then how far it is with a way to cancel.

    `name` tells this place from others on the page. After a change of settings (other words) what was begun goes on
    and what was measured stays, marked as of other settings, until the new ones are measured.
    """
    kept = state.session().measurements
    lane = background.lane("measurements")
    asked = lane.find(tuple(words))
    if asked is not None:
        kept[name] = tuple(words)
    else:
        asked = lane.find(kept.get(name, ()))
    running = asked is not None and not asked.future.done()
    st.fragment(_draw, run_every=TICK_S if running else None)(name, label, words, running)
    return found(name)


def found(name: str) -> Measurement | None:
    """What was measured at this place of the page last."""
    words = state.session().measurements.get(name, ())
    asked = background.lane("measurements").find(words)
    return None if asked is None or asked.answer.value is None else Measurement(asked.answer.value, words)


@errors.boundary("This measurement")
def _draw(name: str, label: str, words: list[str], ticking: bool) -> None:
    key, lane = state.session().measurements.get(name, ()), background.lane("measurements")
    asked = lane.find(key)
    running = asked is not None and not asked.future.done()
    if ticking and not running:
        st.rerun()  # it is over: draw the page once more, and stop asking
    if asked is not None and running:
        _progress(name, key, asked.question, lane.ahead(key), key == tuple(words))
        return
    if asked is not None and asked.answer.error not in ("", "cancelled"):
        st.error(markup.escape_markdown(asked.answer.error), icon=":material/error:")
    if asked is not None:
        label += " again" if key == tuple(words) else " for these settings"
    if st.button(label, icon=":material/timer:", key=f"start-{name}"):
        lane.forget(tuple(words))
        lane.ask(tuple(words), Command(words))
        state.session().measurements[name] = tuple(words)
        st.rerun()


def _progress(name: str, key: tuple[str, ...], command: Any, ahead: int, current: bool) -> None:
    of_others = "" if current else ", for the settings before"
    if ahead:
        said = f"waiting: {ahead} other measurement{'s' if ahead > 1 else ''} first"
    elif command.total:
        said = percent(command.done / command.total)
    else:
        said = "getting ready …"
    with st.container(horizontal=True, vertical_alignment="center"):
        markup.progress_bar(command.done / command.total if command.total else 0.0, said + of_others)
        if st.button("Cancel", key=f"cancel-{name}", icon=":material/close:"):
            background.lane("measurements").forget(key)
            st.rerun()
