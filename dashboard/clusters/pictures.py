"""The pictures side by side, drawn and played in the browser; which rows were chosen there comes back."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.analysis.kept_rows import KeptRows
from core.analysis.neighbours import Suggestion
from dashboard import theme
from dashboard.clusters.frames import Frame

HERE = Path(__file__).resolve().parent
COLOURINGS = {"class": "Class", "prediction": "Prediction", "error": "Error", "distortion": "Distortion"}
RIGHT_WRONG = (("right", "#7f9aa8", "circle"), ("wrong", "#d55e00", "x"))
MOST_CHOSEN = 10_000
MOST_LETTERS = 400
"""Of a text that is hovered."""


@dataclass(frozen=True)
class Chosen:
    """What was chosen in the pictures."""

    rows: list[int]
    row: int | None
    """The one that was clicked."""
    step: int | None
    """Where the slider rests; None at the end."""


def draw(data: Mapping[str, Any], at: int | None = None, key: str = "pictures") -> Chosen:
    """Draw `payload(...)`; the answer is what the visitor has chosen so far. `at` is where the slider begins, else at
    the end."""
    nothing: dict[str, Any] = {"rows": [], "row": None, "step": None}
    if (st.session_state.get(key) or nothing).get("step") is not None:
        at = None  # it was moved since
    result = _component()(
        key=key, data={**data, "at": at}, default=nothing,
        on_rows_change=_ignore, on_row_change=_ignore, on_step_change=_ignore,
    )  # fmt: skip
    count = len(data["texts"])
    rows = [row for row in (result.rows or [])[:MOST_CHOSEN] if isinstance(row, int) and 0 <= row < count]
    row = result.row if isinstance(result.row, int) and 0 <= result.row < count else None
    step = result.step if result.step in data["steps"] else at if result.step is None else None
    return Chosen(rows, row, step)


def _ignore() -> None:
    """Streamlit keeps a component's value only where somebody listens to it."""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component(
        "lab.pictures",
        html='<div class="pictures"></div>',
        css=(HERE / "pictures.css").read_text(encoding="utf-8"),
        js="\n".join(
            (HERE / name).read_text(encoding="utf-8") for name in ("../shared/figure_files.js", "pictures.js")
        ),
    )


def payload(
    names: Sequence[str],
    frames: Sequence[Sequence[Frame]],
    kept: KeptRows,
    texts: Sequence[str],
    classes: Mapping[int, str],
    colouring: str,
    suggestions: Sequence[Suggestion] = (),
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything the browser needs, so that playing asks the server nothing. Arrays are base64, little-endian."""
    every = [frame for run in frames for frame in run]
    corners = np.array([end(frame.points, axis=0) for end in (np.min, np.max) for frame in every])
    box = np.array([corners.min(axis=0), corners.max(axis=0)])  # lowest and highest x, y of all
    labels, scores = kept.labels, kept.is_score
    values = [float(v) for frame in every for v in (frame.predicted.min(), frame.predicted.max())]
    spread = [min(float(labels.min()), *values), max(float(labels.max()), *values)] if scores else [0, 1]
    return {
        "runs": [
            {"name": name, "frames": [_packed(frame, box, scores) for frame in run]}
            for name, run in zip(names, frames, strict=True)
        ],
        "steps": sorted({frame.step for frame in every}),
        "box": box.ravel().tolist(),
        "texts": [text[:MOST_LETTERS] for text in texts] or [""] * len(labels),
        "labels": _base64(labels, np.float32),
        "classes": [
            {"id": number, "name": name, "color": color, "symbol": symbol}
            for (number, name), (color, symbol) in zip(classes.items(), signs(len(classes)), strict=True)
        ],
        "errors": [{"name": name, "color": color, "symbol": symbol} for name, color, symbol in RIGHT_WRONG],
        "colouring": colouring,
        "settings": dict(settings or {}),
        "scores": scores,
        "range": spread,
        "suggestions": [{"title": one.title, "rows": list(one.rows)} for one in suggestions],
    }


def signs(count: int) -> list[tuple[str, str]]:
    """Colour and symbol of each class; no two of the first 64 classes share both."""
    colors, symbols = theme.CLASS_COLORS, theme.CLASS_SYMBOLS
    return [(colors[i % len(colors)], symbols[(i + i // len(colors)) % len(symbols)]) for i in range(count)]


def _packed(frame: Frame, box: np.ndarray, scores: bool) -> dict[str, Any]:
    """Places in the 65,536ths of the box, which no screen tells from exact ones: half of what floats take."""
    share = (frame.points - box[0]) / np.where(np.ptp(box, axis=0), np.ptp(box, axis=0), 1)
    wide = len(frame.near) > 65_536
    return {
        "step": frame.step,
        "points": _base64(np.rint(65_535 * share), np.uint16),
        "predicted": _base64(frame.predicted, np.float32 if scores else np.uint16),
        "near": _base64(frame.near, np.uint32 if wide else np.uint16),
        "wide": wide,
        "across": frame.near.shape[1],
        "distortion": _base64(np.rint(255 * frame.distortion), np.uint8),
        "figures": [list(pair) for pair in frame.figures],
    }


def _base64(array: np.ndarray, kind: type) -> str:
    little = np.dtype(kind).newbyteorder("<")
    return base64.b64encode(np.ascontiguousarray(array, dtype=little).tobytes()).decode("ascii")
