"""The larger panels of the Parameters page: where parameters sit, a layer drawn, what a decomposition loses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core import wording
from core.config import RunConfig
from core.model.parameters import ParameterReport, count_parameters
from core.model.source import resolve_model
from core.model.variant import Structure
from dashboard import measurement
from dashboard.parameters import costs, figures, layer_drawing, opened, tables
from dashboard.parameters.tables import NAMES, Limits
from dashboard.shared import markup, saving

cached = st.cache_resource(
    show_spinner=False, max_entries=40,
    hash_funcs={ParameterReport: lambda one: hash((one.structure, tuple(one.rows)))},  # Streamlit's own takes 0.2 s
)  # fmt: skip
"""What is made of these variants once for all visitors."""


def _rows(reports: tuple[ParameterReport, ...], names: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    return {tables.name_of(name): tables.frame(report) for name, report in zip(names, reports, strict=True)}


@cached
def _tree(reports: tuple[ParameterReport, ...], names: tuple[str, ...], level: str) -> go.Figure:
    return figures.icicle(_rows(reports, names), level)


@cached
def _by_layer(reports: tuple[ParameterReport, ...], names: tuple[str, ...]) -> tuple[go.Figure, pd.DataFrame]:
    rows = _rows(reports, names)
    return figures.layer_bars(rows), tables.module_table(rows)


def sizes(reports: Mapping[str, ParameterReport]) -> None:
    """The picture that the page opens with, alone: bars and a table beneath it, out of sight, held it up by half."""
    settings = tuple((name, report.structure) for name, report in reports.items())
    level = opened.level("icicle", settings)
    saving.draw(_tree(tuple(reports.values()), tuple(reports), level), "icicle", tools=False)
    opened.follow("icicle", settings)
    rim = " Adapters have a rim in their colour, to be seen at all." if any("lora" in name for name in reports) else ""
    markup.note(
        f"Areas are parameters, all on one scale.{rim} Click a box to open it; the path along the top leads back."
    )


def by_layer(reports: Mapping[str, ParameterReport]) -> None:
    """Layers as bars, and every tensor in a table to search and to take along."""
    bars, table = _by_layer(tuple(reports.values()), tuple(reports))
    saving.draw(bars, "layers", tools=False)
    wanted = st.text_input("Search modules", key="search", placeholder="attention.self.query", live=True)
    shown = table[table["module"].str.contains(wanted, case=False, regex=False)]
    config = {
        "params": st.column_config.NumberColumn("parameters", format="localized"),
        "layer": st.column_config.NumberColumn(format="%d"),
    }
    st.dataframe(
        shown, column_config=config, hide_index=True, height=380, placeholder="–", alt="Parameters of every module",
        column_order=("variant", "layer", "part", "params", "shape", "module", "trainable"),  # names are the longest
    )  # fmt: skip
    st.download_button(
        "Download this table (CSV)", lambda: shown.to_csv(index=False), "parameters.csv", "text/csv", key="download",
        icon=":material/download:", type="tertiary",
    )  # fmt: skip


def layer(cut: Structure, most: Limits) -> None:
    if most.foreign:
        markup.note(f"{most.uncut} Its layers' tensors are in the table of “Layer by layer”.")
        return
    variants = ["lora"] if most.uncut else ["lora", "light", "light+lora"]
    after = st.segmented_control(
        "After", variants, format_func=NAMES.__getitem__, default=variants[len(variants) // 2], key="after",
        required=True, bind="query-params",
    )  # fmt: skip
    for column, variant in zip(st.columns(2), ("base", after), strict=True):
        rows = tables.frame(count_parameters(replace(cut, variant=variant)))
        with column:
            inside = int(rows.loc[rows["layer"] == 0, "params"].sum())
            st.markdown(f"**{NAMES[variant]}: {inside:,} parameters in each layer**")
            picture = layer_drawing.drawing(rows, most.heads, most.width, st.context.theme.type)
            st.image(picture, width=430, alt=layer_drawing.in_words(rows))
    markup.note(
        "Each box: parameters with biases and norms, and the sizes that go through. The bar in it is its share of the "
        "largest box. The sums of what goes round each block (residuals) have no parameters and are left out."
    )


def reconstruction(cut: Structure, most: Limits) -> None:
    if most.uncut:
        markup.note(most.uncut)
        return
    markup.note(
        "How much of each kept layer's query-key tensor a CP decomposition misses, as a share of its norm, and the "
        "floor: what the singular values beyond the rank make every decomposition of that rank miss. These are the "
        "very factors that a run with these weights uses, and they are kept for it."
    )
    source = resolve_model(cut.model, tokenizer=False)
    if source.note:
        said = f"{wording.capital(source.note)}. Trained weights give other curves."
        st.info(markup.escape_markdown(said), icon=":material/casino:")
    ranks = tables.ranks(most.width, cut.rank)
    words = tables.command(cut, "light")
    words += [
        "--reconstruct",
        ",".join(map(str, ranks)),
        "--seed",
        str(RunConfig.seed),
    ]  # a run finds these in the cache
    found = measurement.offer("curve", "Work out the errors", words)
    if found is None:
        return
    if found.words != tuple(words):
        markup.note("Measured before the settings were changed.")
    table = pd.DataFrame(found.document["reconstruction"])
    layer = st.selectbox("Layer", ["all kept layers", *range(cut.layers)], key="layer")
    left, right = st.columns(2)
    lines = costs.error_lines(table, layer if isinstance(layer, int) else None)
    saving.draw(lines, "errors", place=left, tools=False)
    saving.draw(costs.error_bars(table, cut.rank or most.width), "by-layer", place=right, tools=False)
