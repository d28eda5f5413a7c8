"""Parts of Streamlit's page that are preloaded while a visitor reads the first one, so that no page waits for them."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import streamlit

HERE = Path(__file__).resolve().parent
PARTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
KINDS = (
    "ButtonGroup", "TextInput", "NumberInput", "Slider", "Checkbox", "Selectbox", "Multiselect", "TextArea",
    "BidiComponent", "DataFrame", "PlotlyChart", "EChartsChart", "StreamlitSyntaxHighlighter",
)  # fmt: skip
"""In the order in which they are wanted. Plotly's is 4.7 MB, and the browser works on it for most of a second."""


def parts() -> list[str]:
    """The files of `KINDS` in this Streamlit; their names hold a digest."""
    return [path.name for kind in KINDS for path in sorted(PARTS.glob(f"{kind}.*.js"))]


@functools.cache
def script() -> str:
    """What runs in the browser beside Streamlit's own."""
    code = (HERE / "browser.js").read_text(encoding="utf-8")
    return f"<script>window.labParts = {json.dumps(parts())};\n{code}</script>"
