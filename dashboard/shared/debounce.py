"""Debounces a page: what shows a moved control is drawn at once and alone, the rest once the control rests."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import streamlit as st

REST_S = 0.5
_MOVED, _LIVE = "moved", "live"


def page_begins() -> None:
    """At the top of a page: nothing on it was moved since it is being drawn."""
    st.session_state.pop(_MOVED, None)
    st.session_state[_LIVE] = []


def live(key: str, draw: Callable[..., None], *arguments: Any, run_every: float | None = None) -> None:
    """Draw a part that follows a moved control at once. It reads the control's value itself: `arguments` are those of
    the last time that the whole page was drawn."""
    st.session_state[_LIVE] = [*st.session_state[_LIVE], key]
    st.fragment(draw, run_every=run_every, key=key)(*arguments)


def moved() -> None:
    """A control's `on_change`: its live parts now, and the whole page when no other move has followed."""
    st.session_state[_MOVED] = time.monotonic()
    if parts := st.session_state.get(_LIVE):
        st.rerun(parts)


def page_follows() -> None:
    """Within a live part: the watch that draws the whole page after a move."""
    st.fragment(_watch, run_every=REST_S if _MOVED in st.session_state else None)()


def _watch() -> None:
    if time.monotonic() - st.session_state.get(_MOVED, math.inf) >= 0.8 * REST_S:
        st.rerun()
