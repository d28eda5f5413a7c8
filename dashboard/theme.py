"""Names in, colours out: one scale for classes, one for runs, the same on every page, readable in light and dark."""

from __future__ import annotations

from collections.abc import Sequence

CLASS_COLORS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c8c8c", "#b0a33a")
"""Okabe and Ito's colour-blind-safe scale; its yellow is darkened and its black greyed, to stay legible in both modes."""

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
    "pooler": "#7d6ca8",
    "head": "#b4590f",
}
"""Parts of a model; parts not named here are drawn in `OTHER_COLOR`."""

OTHER_COLOR = "#8a9297"
TRAIN_OPACITY = 0.28
MUTED = "rgba(128,140,146,0.9)"
GRID = "rgba(128,140,146,0.22)"

STATE_SIGNS = {
    "queued": ("○", "gray"),
    "running": ("▶", "blue"),
    "finished": ("✓", "green"),
    "failed": ("✕", "red"),
    "stopped": ("■", "orange"),
    "interrupted": ("!", "orange"),
}
"""State of a run -> (sign, Streamlit colour name); the word is always written beside the sign."""

METHOD_COLORS = {"synonym": "#0072b2", "swap": "#009e73", "typo": "#d55e00", "context": "#cc79a7"}

CSS = """
<style>
  html body .stApp { font-variant-numeric: tabular-nums; }
  .stMainBlockContainer { max-width: 1480px; padding-bottom: 4rem; }
  .lab-lede { color: color-mix(in srgb, currentColor 68%, transparent); margin: -0.7rem 0 0.6rem 0; font-size: 1.02rem; }
  .lab-note { color: color-mix(in srgb, currentColor 66%, transparent); font-size: .88rem; line-height: 1.45; }
  .lab-text { font-size: 1.12rem; line-height: 2.0; overflow-wrap: anywhere; white-space: pre-wrap; }
  .lab-text.small { font-size: .95rem; line-height: 1.75; }
  .lab-text del { opacity: .62; text-decoration-thickness: 1.5px; margin-right: .22em; }
  .lab-text ins { text-decoration: none; border-bottom: 2px solid var(--edit); border-radius: 3px 3px 0 0; padding: 0 .12em;
                  background: color-mix(in srgb, var(--edit) 20%, transparent); cursor: help; }
  .lab-pieces { font-family: var(--st-code-font, monospace); font-size: .8rem; line-height: 2; overflow-wrap: anywhere; }
  .lab-pieces span { border: 1px solid rgba(128,140,146,.35); border-radius: 4px; padding: .08em .36em; margin-right: .28em;
                     display: inline-block; line-height: 1.5; }
  .lab-pieces span.new { border-color: #d55e00; background: color-mix(in srgb, #d55e00 14%, transparent); }
  .lab-facts { display: grid; grid-template-columns: auto 1fr; gap: .28rem .9rem; font-size: .92rem; margin: 0; }
  .lab-facts dt { color: color-mix(in srgb, currentColor 62%, transparent); }
  .lab-facts dd { margin: 0; overflow-wrap: anywhere; }
  .lab-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.4rem, 1fr)); gap: .3rem 1.6rem; }
  .lab-figures div { padding: .3rem 0; border-top: 2px solid rgba(128,140,146,.25); min-width: 0; }
  .lab-figures b { display: block; font-size: 1.42rem; font-weight: 550; line-height: 1.3; white-space: nowrap; }
  .lab-figures span { font-size: .82rem; color: color-mix(in srgb, currentColor 64%, transparent); }
  .lab-figures i { display: block; font-style: normal; font-size: .82rem; }
  .lab-dot { display: inline-block; width: .72em; height: .72em; border-radius: 50%; margin-right: .4em; vertical-align: -.04em; }
  .lab-scroll { overflow-x: auto; }
  .lab-table { border-collapse: collapse; font-size: .87rem; width: 100%; }
  .lab-table th, .lab-table td { text-align: left; padding: .26rem .7rem .26rem 0; vertical-align: top;
                                 border-bottom: 1px solid rgba(128,140,146,.22); overflow-wrap: anywhere; }
  .lab-table th { font-weight: 600; } .lab-table tr.same { color: color-mix(in srgb, currentColor 60%, transparent); }
  .lab-table tr.differs td { font-weight: 550; }
  .st-key-launch_summary { position: sticky; top: 3.4rem; }
  @media (max-width: 640px) { .st-key-launch_summary { position: static; } .stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; } }
</style>
"""


def class_colors(labels: Sequence[str]) -> dict[str, str]:
    """Each label's colour, in the order of the task's labels; more labels than colours start over."""
    return {label: CLASS_COLORS[index % len(CLASS_COLORS)] for index, label in enumerate(labels)}


def class_symbols(labels: Sequence[str]) -> dict[str, str]:
    return {label: CLASS_SYMBOLS[index % len(CLASS_SYMBOLS)] for index, label in enumerate(labels)}


def run_colors(run_ids: Sequence[str], taken: dict[str, int] | None = None) -> dict[str, str]:
    """Each run's colour. `taken` (run -> place in the scale) is remembered by the caller, so a run keeps its colour
    when others are added or taken away; it is extended in place."""
    places = {} if taken is None else taken
    for run_id in run_ids:
        if run_id not in places:
            here = {places[other] % len(RUN_COLORS) for other in run_ids if other in places}
            free = [place for place in range(len(RUN_COLORS)) if place not in here]
            places[run_id] = free[0] if free else len(places)
    return {run_id: RUN_COLORS[places[run_id] % len(RUN_COLORS)] for run_id in run_ids}
