"""Which box of the icicle is open, kept while the sliders move.

Streamlit builds a figure anew whenever its data change, and with it Plotly forgets what was opened in it: the figure of
the new settings is made open where the last one was. That of the same settings stays as it is, since it would be built
anew for a click that has opened the box already.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent


def level(key: str, settings: Hashable) -> str:
    """The id of the box that the figure of these settings is to open with; "" for the whole."""
    drawn = st.session_state.get(f"{key}-drawn")
    if drawn is None or drawn[0] != settings:
        drawn = settings, (st.session_state.get(f"{key}-opened") or {}).get("level") or ""
        st.session_state[f"{key}-drawn"] = drawn
    return str(drawn[1])


def follow(key: str, settings: Hashable) -> None:
    """Beneath the figure drawn under `key`: has clicks in it told."""
    _component()(key=f"{key}-opened", data={"key": key, "of": hash(settings)}, on_level_change=lambda: None)


def nearest(wanted: str, ids: Sequence[str]) -> str:
    """The box itself, or what it lies in where these settings have no such box; "" for the whole."""
    while wanted and wanted not in ids:
        wanted = wanted.rpartition("/")[0]
    return wanted


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("lab.opened", html="<i></i>", js=(HERE / "opened.js").read_text(encoding="utf-8"))
