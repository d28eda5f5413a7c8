"""Run infos in, one table of runs on the page: the same on Home and Runs; what was chosen in it comes back.

A table of its own, since Streamlit's chooses a row by its small box alone, shows nothing to a screen reader and sorts
"2 min" before "9 s".
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components import v2

from core.runs.folder.store import RunInfo
from core.wording import percent
from dashboard import theme
from dashboard.shared import formatting, run_words

HERE = Path(__file__).parent
PAGE = 50
FULL = 6
"""Rows from which on the frame has its full height and scrolls."""
PINNED = 5
"""Chosen rows that stay in sight while the others scroll."""
COLUMNS = {
    "state": "State",
    "name": "Run",
    "task": "Task",
    "progress": "Progress",
    "score": "Last score",
    "differs": "Differs in",
    "tags": "Tags",
    "started": "Started",
    "time": "Time",
}
SORT_BY: dict[str, Callable[[RunInfo, float], Any]] = {
    "state": lambda info, now: info.state,
    "name": lambda info, now: info.name.lower(),
    "task": lambda info, now: info.task,
    "score": lambda info, now: run_words.score_value(info),
    "started": lambda info, now: info.status.started or info.status.created if info.status else None,
    "time": lambda info, now: run_words.elapsed(info, now),
}
"""Column -> what its cells sort as; a run that has none comes last, whichever way."""


@dataclass(frozen=True)
class View:
    """How the table is looked at."""

    sort: str = ""
    """A column of `SORT_BY`; empty: newest first."""
    falling: bool = True
    page: int = 0


def in_order(infos: Sequence[RunInfo], view: View, now: float) -> list[RunInfo]:
    if view.sort not in SORT_BY:
        return list(infos)
    values = {info.id: SORT_BY[view.sort](info, now) for info in infos}
    known = [info for info in infos if values[info.id] is not None]
    known.sort(key=lambda info: values[info.id], reverse=view.falling)
    return [*known, *(info for info in infos if values[info.id] is None)]


def page_of(infos: Sequence[RunInfo], view: View, chosen: Sequence[str], now: float) -> list[RunInfo]:
    """The runs of one page; chosen ones of other pages stand before them, so that no choice is out of sight."""
    ordered = in_order(infos, view, now)
    first = min(view.page, max(0, math.ceil(len(ordered) / PAGE) - 1)) * PAGE
    shown = ordered[first : first + PAGE]
    here = {info.id for info in shown}
    return [*(info for info in ordered if info.id in chosen and info.id not in here), *shown]


def rows(
    infos: Sequence[RunInfo],
    names: Mapping[str, str],
    colors: Mapping[str, str],
    places: Mapping[str, int],
    scores: Mapping[str, str],
    now: float,
) -> list[dict[str, Any]]:
    """What each row shows; `places` are those in the queue, counted from 1, `scores` stand in for a run's own."""
    return [
        {
            "id": info.id,
            "state": info.state,
            "state_text": formatting.state_word(info.state) + (f" {places[info.id]}" if info.id in places else ""),
            "tone": theme.state_sign(info.state).color,
            "name": names.get(info.id, info.name),
            "color": colors.get(info.id, "transparent"),
            "task": info.task or "–",
            "progress": run_words.progress(info),
            "progress_text": percent(run_words.progress(info)),
            "best": "" if info.id in scores else run_words.best_text(info),
            "score": (scores.get(info.id) or run_words.score_text(info)).replace(" correlation ", " "),
            "differs": run_words.differs_in(info.config, seed=info.id not in scores)
            or ("–" if info.config else info.reason),
            "tags": ", ".join(info.meta.tags),
            "started": formatting.ago(info.status.started or info.status.created if info.status else None, now),
            "time": formatting.duration(run_words.elapsed(info, now)),
        }
        for info in infos
    ]


@st.cache_resource(show_spinner=False)
def _component() -> Callable[..., Any]:
    return v2.component(
        "mobilebert_lab.run_table",
        html='<div class="runs"></div>',
        css=(HERE / "run_table.css").read_text(encoding="utf-8"),
        js=(HERE / "run_table.js").read_text(encoding="utf-8"),
    )


def draw(
    infos: Sequence[RunInfo],
    names: Mapping[str, str],
    chosen: Sequence[str],
    colors: Mapping[str, str],
    key: str,
    places: Mapping[str, int] | None = None,
    scores: Mapping[str, str] | None = None,
    columns: Sequence[str] = tuple(COLUMNS),
) -> list[str]:
    """The table; returns the runs that are chosen now: `chosen`, changed by what was clicked."""
    kept, now = f"{key}-view", time.time()
    view = st.session_state.setdefault(kept, View())
    shown = page_of(infos, view, chosen, now)
    empty = set() if any(info.meta.tags for info in shown) else {"tags"}
    empty |= {"progress"} if all(info.state == "finished" for info in infos) else set()  # no column comes by sorting
    used = [name for name in columns if name not in empty]
    # Its room is there before the browser has loaded the table, so that nothing below it moves: look.css.
    with st.container(key=f"{key}-room-{min(len(shown), FULL)}"):
        result = _component()(
            key=key,
            data={
                "columns": [{"key": name, "label": COLUMNS[name], "sortable": name in SORT_BY} for name in used],
                "rows": rows(shown, names, colors, places or {}, scores or {}, now),
                "chosen": list(chosen),
                "view": vars(view),
                "total": len(infos),
                "size": PAGE,
                "pinned": PINNED,
            },
            on_pick_change=lambda: None,
            on_view_change=lambda: None,
        )
    if result.view:
        known = {name: result.view[name] for name in ("sort", "falling", "page") if name in result.view}
        st.session_state[kept] = replace(view, **known)
        st.rerun(scope="fragment")
    return after(chosen, result.pick, {info.id for info in infos})


def after(chosen: Sequence[str], pick: Any, known: set[str]) -> list[str]:
    """The choice after a click: a row alone, or added to (taken from) what is chosen."""
    if not pick or pick.get("id") not in known:
        return list(chosen)
    if not pick.get("add"):
        return [pick["id"]]
    left = [run_id for run_id in chosen if run_id != pick["id"]]
    return left if len(left) < len(chosen) else [*left, pick["id"]]
