"""The drawings on the first page: SVG that takes its ink from the theme."""

from __future__ import annotations

from pathlib import Path

from dashboard import theme

HERE = Path(__file__).resolve().parent
STEPS = {
    "text": ("Text is augmented", "another tenth of the rows in every epoch"),
    "model": ("The model is cut to size", "24 layers to 12, or LoRA adapters beside them"),
    "classes": ("The loss shapes the classes", "the demo on few rows, mean of five seeds: silhouette 0.31 and 0.35"),
}
"""Drawing -> what it shows, and how."""


def drawing(name: str, mode: str | None) -> str:
    """One of `STEPS` as an SVG for `mode` `light` or `dark`: an image cannot inherit the page's text colour."""
    text = (HERE / f"{name}.svg").read_text(encoding="utf-8")
    return text.replace("currentColor", theme.ink(mode))
