"""The option of a figure of runs in, the same as a Plotly figure out: what is saved of a curve while it grows."""

from __future__ import annotations

import html

import plotly.graph_objects as go

from dashboard.runs.curves import Option
from dashboard.shared import charts

DASHES = {"solid": "solid", "dotted": "dot"}


def figure(option: Option) -> go.Figure:
    """Every line that is seen, with the figure's title, units and legend."""
    made, told = go.Figure(), set()
    for line in option["series"]:
        style = line["lineStyle"]
        if style.get("opacity") == 0:  # the pointer's, unseen
            continue
        name = html.escape(line["name"])
        dash = DASHES.get(kind, "solid") if isinstance(kind := style.get("type", "solid"), str) else "dash"
        made.add_scatter(
            x=[x for x, _ in line["data"]], y=[y for _, y in line["data"]], name=name, legendgroup=name,
            showlegend=name not in told, opacity=style.get("opacity", 1),
            mode="lines" if line["symbol"] == "none" else "lines+markers",
            line={"color": style["color"], "width": style["width"], "dash": dash}, marker={"size": 7},
        )  # fmt: skip
        told.add(name)
    title = option["title"][0]
    more = f"<br><sub>{html.escape(title['subtext'])}</sub>" if "subtext" in title else ""
    x, y = option["xAxis"], option["yAxis"]
    charts.style(made, html.escape(title["text"]) + more, x["name"], y["name"], 540)
    made.update_xaxes(range=[x["min"], x["max"]] if x["max"] is not None else None)
    return made
