"""The larger panels of the Parameters page: where parameters sit, a layer drawn, what a decomposition loses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from core.model.parameters import ParameterReport, count_parameters
from core.model.source import resolve_model
from core.model.variant import Structure
from dashboard.parameters import costs, figures, layer_drawing, measurement, tables
from dashboard.parameters.tables import NAMES, Limits
from dashboard.shared import charts, formatting, markup

MOST_ABREAST = 4
SEED = 13
"""A run's own default: what is worked out here, such a run finds in the cache."""


def sizes(reports: Mapping[str, ParameterReport]) -> None:
    rows = {name: tables.frame(report) for name, report in reports.items()}
    most = max(figures.tallest_layer(of_one) for of_one in rows.values())
    abreast = min(MOST_ABREAST, len(rows))
    places = [column for _ in range(0, len(rows), abreast) for column in st.columns(abreast)]
    for column, (name, of_one) in zip(places, rows.items(), strict=False):
        with column:
            called = tables.name_of(name)
            st.markdown(f"**{called}: {formatting.short_count(reports[name].unique)}**")
            tree = figures.treemap(of_one, called)
            st.plotly_chart(tree, key=f"treemap-{name}", config=charts.PLAIN)
            bars = figures.layer_bars(of_one, "Parameters of each layer by part", most)
            st.plotly_chart(bars, key=f"bars-{name}", config=charts.PLAIN)
    markup.note("Areas are parameters. Click a part or a layer to open it, the bar above it to go back.")
    wanted = st.text_input("Search modules", key="search", placeholder="attention.self.query", live=True)
    table = tables.module_table(rows, wanted)
    config = {
        "params": st.column_config.NumberColumn("parameters", format="localized"),
        "layer": st.column_config.NumberColumn(format="%d"),
    }
    st.dataframe(table, column_config=config, hide_index=True, height=380, alt="Parameters of every module")
    st.download_button(
        "Download this table (CSV)", table.to_csv(index=False), "parameters.csv", "text/csv", key="download",
        icon=":material/download:", type="tertiary",
    )  # fmt: skip


def layer(cut: Structure, most: Limits) -> None:
    variants = ["lora"] if most.light else ["lora", "light", "light+lora"]
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
    if most.light:
        markup.note("This model's attention is decomposed already.")
        return
    markup.note(
        "How much of each kept layer's query-key tensor a CP decomposition misses, as a share of its norm, and the "
        "floor: what the singular values beyond the rank make every decomposition of that rank miss. These are the "
        "very factors that a run with these weights uses, and they are kept for it."
    )
    source = resolve_model(cut.model, tokenizer=False)
    if source.note:
        said = f"{source.note[0].upper()}{source.note[1:]}. Trained weights give other curves."
        st.info(markup.escape_markdown(said), icon=":material/casino:")
    ranks = tables.ranks(most.width, cut.rank)
    words = tables.command(cut, "light")
    words += ["--reconstruct", ",".join(map(str, ranks)), "--seed", str(SEED)]
    found = measurement.offer("curve", "Work out the errors", words)
    if found is None:
        return
    if not found.current:
        markup.note("Measured before the settings were changed.")
    table = pd.DataFrame(found.document["reconstruction"])
    layer = st.selectbox("Layer", ["all kept layers", *range(cut.layers)], key="layer")
    left, right = st.columns(2)
    left.plotly_chart(
        costs.error_lines(table, layer if isinstance(layer, int) else None), key="errors", config=charts.PLAIN
    )
    right.plotly_chart(costs.error_bars(table, cut.rank or most.width), key="by-layer", config=charts.PLAIN)
