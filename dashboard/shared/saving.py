"""A figure with buttons that save it: SVG and PNG at 1280 x 720 that hold its data and settings, or the data as CSV."""

from __future__ import annotations

import html
import itertools
import json
import re
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.runs.folder.run import Run

HERE = Path(__file__).parent
FILES = HERE / "figure_files.js"
"""What turns a drawing into a file, for a component's script to begin with."""
COLUMNS = ("x", "y", "z", "labels", "parents", "values", "text")
"""What of a trace is data; the rest is how it looks."""
ZOOM = [["zoom2d", "resetScale2d"]]
MOST_LINES = 20_000
HELD_S = 3.0
"""An answer is sent so long: the next tick may replace it before the browser has looked. It acts on it once."""
_CSS = """.saving { display: flex; min-height: 24px; justify-content: flex-end; gap: 2px; margin-top: -6px; }
.saving button { font: 12px var(--st-font); color: var(--st-text-color); opacity: .65; background: none; border: 0;
  border-radius: 4px; padding: 4px 8px; min-height: 24px; cursor: pointer; }
.saving button:hover { opacity: 1; text-decoration: underline; }
.saving button:focus-visible { opacity: 1; outline: 2px solid var(--st-primary-color); }"""


def draw(
    figure: go.Figure,
    key: str,
    runs: Iterable[Run] = (),
    place: st.delta_generator.DeltaGenerator | None = None,
    tools: bool = True,
    **more: Any,
) -> Any:
    """Draw a figure as `st.plotly_chart` does, with zoom where `tools` is set; `runs` are those that it shows."""
    config = {"displaylogo": False, "scrollZoom": False, "displayModeBar": tools, "modeBarButtons": ZOOM}
    with place or nullcontext():
        event = st.plotly_chart(figure, key=key, config=config, **more)
        buttons(key, re.sub(r"<[^>]*>", " ", figure.layout.title.text or key), table(figure), runs)
    return event


def buttons(key: str, title: str, data: pd.DataFrame, runs: Iterable[Run] = ()) -> None:
    """Buttons that save the Plotly figure drawn under `key`; one of a single run bears its name, which stands beside it
    on the page alone."""
    runs = list(runs)
    of = runs[0].meta().name if len(runs) == 1 else ""
    _mount(key, title, _about(title, data, runs), of=html.escape(of), name=_file_name(f"{title} {of}"))


def on_demand(key: str, title: str, make: Callable[[], tuple[go.Figure, pd.DataFrame]], runs: Iterable[Run]) -> None:
    """The same for a figure that grows: what `make` gives is made and sent once a button is pressed, not at each tick;
    the figure is drawn for the file alone."""
    asked = st.session_state.get(f"asked-{key}")
    # Held from its first answer on: by the click, one on a page that takes longer to draw was lost.
    if not asked or time.monotonic() - asked.setdefault("since", time.monotonic()) > HELD_S:
        _mount(key, title, {}, grows=True)
        return
    figure, data = make()
    _mount(key, title, _about(title, data, runs), grows=True, asked=asked, figure=json.loads(figure.to_json()))


def _about(title: str, data: pd.DataFrame, runs: Iterable[Run]) -> dict[str, Any]:
    settings = {"view": {name: st.query_params.get_all(name) for name in st.query_params},
                "runs": {run.id: run.config().to_dict() for run in runs}}  # fmt: skip
    about = {"title": title, "settings": settings, "data": data.head(MOST_LINES).to_csv(index=False)}
    return dict(json.loads(json.dumps(about)))


def _mount(key: str, title: str, about: dict[str, Any], **more: Any) -> None:
    def remember() -> None:
        st.session_state[f"asked-{key}"] = dict(st.session_state[f"save-{key}"]["ask"])

    data = {"key": key, "title": title, "name": _file_name(title), "about": about, **more}
    _component()(key=f"save-{key}", data=data, on_ask_change=remember)


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:80].strip("-") or "figure"


def table(figure: go.Figure) -> pd.DataFrame:
    """The numbers behind a figure: a line a point, with the trace it belongs to, the edges of the band around it, and
    of several pictures side by side the one in which it stands.

    Gathered in lists: frames put together trace by trace took half of what drawing a slider's pictures takes.
    """
    bands = {(trace.legendgroup, trace.xaxis): trace for trace in figure.data if _is_band(trace) and trace.legendgroup}
    several = len({trace.xaxis for trace in figure.data if "xaxis" in trace}) > 1
    found: dict[str, list[Any]] = {"picture": [], "trace": []} if several else {"trace": []}
    for number, trace in enumerate(figure.data):
        if _is_band(trace):
            continue
        points = _points(trace)
        before, count = len(found["trace"]), len(next(iter(points.values()), ()))
        band = bands.get((trace.legendgroup, trace.xaxis)) if "xaxis" in trace else None
        if band is not None and len(band.y) == 2 * count:  # there along its upper edge, and back
            points |= {"low": list(band.y[: count - 1 : -1]), "high": list(band.y[:count])}
        points["trace"] = [_plain(trace.name or f"{trace.type} {number + 1}")] * count
        if several:
            points["picture"] = [_plain(_picture(figure, trace.xaxis or "x"))] * count
        for name in (*found, *(name for name in points if name not in found)):
            found.setdefault(name, [None] * before).extend(points.get(name, [None] * count))
    return pd.DataFrame(found)


def _is_band(trace: Any) -> bool:
    return bool(trace.hoverinfo == "skip" and trace.showlegend is False)


def _picture(figure: go.Figure, axis: str) -> str:
    """What stands above the picture with this x axis, else beneath it."""
    drawn = figure.layout[f"xaxis{axis[1:]}"]
    low, high = drawn.domain or (0.0, 1.0)
    above = [note.text for note in figure.layout.annotations
             if note.yanchor == "bottom" and abs(note.x - (low + high) / 2) < 1e-6]  # fmt: skip
    return str(above[0] if above else drawn.title.text or axis)


def _plain(cell: Any) -> Any:
    """Words as people read them: in a figure they are markup, with breaks between lines."""
    return html.unescape(cell.replace("<br>", " ")) if isinstance(cell, str) else cell


def _points(trace: Any) -> dict[str, list[Any]]:
    """The columns of a trace's numbers and words, all of one length; of a heat map a line a cell."""
    columns = {name: trace[name] for name in COLUMNS if name in trace and trace[name] is not None}
    if "z" in columns and np.ndim(columns["z"]) == 2:
        across, down = _list(columns["x"]), _list(columns["y"])
        cells = [row[: len(across)] for row in map(_list, columns["z"])]
        return {"x": across * len(down), "y": [y for y in down for _ in across], "z": [*itertools.chain(*cells)]}
    for axis in ("x", "y"):
        error = getattr(trace, f"error_{axis}", None)
        for end in ("array", "arrayminus"):
            if error is not None and error[end] is not None:
                columns[f"error_{axis}" + ("_below" if end == "arrayminus" else "")] = error[end]
    kept = {name: _list(values) for name, values in columns.items() if not isinstance(values, str)}
    longest = max(map(len, kept.values()), default=0)
    return {name: values for name, values in kept.items() if len(values) == longest}


def _list(values: Any) -> list[Any]:
    numbers = isinstance(values, np.ndarray) and values.dtype.kind in "fiub"  # times stay what they are
    return values.tolist() if numbers else [_plain(one) for one in values]


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    script = "\n".join(path.read_text(encoding="utf-8") for path in (FILES, HERE / "saving.js"))
    return st.components.v2.component("lab.saving", html='<div class="saving"></div>', css=_CSS, js=script)
