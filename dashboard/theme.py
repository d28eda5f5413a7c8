"""Names in, colours out: one scale for classes, one for runs, the same on every page, readable in light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

CLASS_COLORS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c8c8c", "#b0a33a")
"""Okabe and Ito's colour-blind-safe scale; yellow is darkened and black greyed, to stay legible in both modes."""

CLASS_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "x", "hexagon")
"""A second sign beside colour, in the order of `CLASS_COLORS`."""

RUN_COLORS = ("#4477aa", "#ee6677", "#228833", "#aa3377", "#b5a42e", "#3ba7cc", "#8a9297")
"""Paul Tol's bright scale (yellow and cyan darkened), so that a run is never mistaken for a class."""

PART_COLORS = {
    "embeddings": "#5b7fa3",
    "bottleneck": "#8fb4c9",
    "attention": "#2a8c82",
    "feed-forward": "#d9a441",
    "norms": "#9a9aa5",
    "adapters": "#c2557a",
    "scores": "#7d6ca8",
    "head": "#b4590f",
}
"""Parts of a model; parts not named here are drawn in `OTHER_COLOR`."""

OTHER_COLOR = "#8a9297"
INK = {"light": "#1c2529", "dark": "#e4eaec"}
"""What is written in, where no style of the page reaches: into images and canvases."""
TRAIN_OPACITY = 0.28
GRID = "rgba(128,140,146,0.22)"


class StateSign(NamedTuple):
    sign: str
    color: str
    """As Streamlit names it."""


_STATE_SIGNS = {
    "queued": StateSign("○", "gray"),
    "running": StateSign("▶", "blue"),
    "finished": StateSign("✓", "green"),
    "failed": StateSign("✕", "red"),
    "stopped": StateSign("■", "orange"),
    "interrupted": StateSign("!", "orange"),
}


def state_sign(state: str) -> StateSign:
    """Of a run's state; the word is always written beside the sign."""
    return _STATE_SIGNS.get(state, StateSign("?", "gray"))


FAMILY_COLORS = {
    "blue": "#0072b2", "green": "#009e73", "vermilion": "#d55e00", "purple": "#cc79a7", "orange": "#e69f00",
}  # fmt: skip
"""Colour families of methods of augmentation (`core.augment.method.Method.color`)."""


def ink(mode: str | None) -> str:
    """For `light` or `dark`, as the browser says; None where it has not said yet."""
    return INK[mode or "light"]


def faint(color: str) -> str:
    """`#rrggbb` as the shade of a band behind its line."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"


def method_color(method: str) -> str:
    """A method's colour by its name; those that are gone, or not methods, are grey."""
    from core.augment.methods import color_family

    return FAMILY_COLORS.get(color_family(method), OTHER_COLOR)


def class_colors(labels: Sequence[str]) -> dict[str, str]:
    """Each label's colour, in the order of the task's labels; more labels than colours start over."""
    return {label: CLASS_COLORS[index % len(CLASS_COLORS)] for index, label in enumerate(labels)}


def run_colors(run_ids: Sequence[str], taken: dict[str, int] | None = None) -> dict[str, str]:
    """Each run's colour. `taken` (run -> place in the scale) is remembered by the caller, so a run keeps its colour
    when others are added or taken away; it is extended in place."""
    places = {} if taken is None else taken
    for run_id in run_ids:
        others = [places[other] % len(RUN_COLORS) for other in run_ids if other in places and other != run_id]
        if run_id in places and places[run_id] % len(RUN_COLORS) not in others:
            continue
        if run_id in places and len(set(others)) >= len(RUN_COLORS):
            continue  # more runs than colours
        every = [place % len(RUN_COLORS) for other, place in places.items() if other != run_id]
        # Beside these runs first, then beside any seen before: two that were looked at alone may be shown together.
        places[run_id] = min(range(len(RUN_COLORS)), key=lambda place: (others.count(place), every.count(place), place))
    return {run_id: RUN_COLORS[places[run_id] % len(RUN_COLORS)] for run_id in run_ids}
