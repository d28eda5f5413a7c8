"""Points of a figure that a click chooses: they stand in the address, so that a link lists the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import plotly.graph_objects as go
import streamlit as st

from core.runs.folder.run import Run
from dashboard.shared import markup, saving

Mark = tuple[int, ...]
"""The `customdata` of a point."""


def draw(
    figure: go.Figure,
    key: str,
    parameter: str,
    name: Callable[[Mark], str],
    run: Run,
    place: st.delta_generator.DeltaGenerator,
) -> list[Mark]:
    """Draw it; the points that the address names under `parameter`, which a click rewrites."""

    def remember() -> None:
        points = st.session_state[key].selection.points
        st.query_params[parameter] = list(dict.fromkeys(name(tuple(point["customdata"])) for point in points))

    there = {name(tuple(one)): tuple(one) for trace in figure.data for one in trace.customdata or ()}
    opened = f"{key}-opened"
    if key not in st.session_state:  # drawn for the first time: a click's own marks are kept by the browser
        st.session_state[opened] = [one for one in st.query_params.get_all(parameter) if one in there]
        if missing := [one for one in st.query_params.get_all(parameter) if one not in there]:
            st.toast(markup.escape_markdown(f"The address asks for rows of “{missing[0][:60]}”; there are none."))
    mark(figure, [there[one] for one in st.session_state[opened] if one in there])
    saving.draw(figure, key, [run], place, on_select=remember, selection_mode="points")
    return [there[one] for one in st.query_params.get_all(parameter) if one in there]


def mark(figure: go.Figure, chosen: Sequence[Mark]) -> None:
    """Show these points as chosen; none chosen: all alike."""
    if not chosen:
        return
    for trace in figure.data:
        if trace.customdata is not None:
            trace.selectedpoints = [i for i, one in enumerate(trace.customdata) if tuple(one) in chosen]
