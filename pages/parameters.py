"""PARAMETERS: where do the parameters sit, and what does cutting them do?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import cache, charts, components, structure_charts
from dashboard.cache import Count

FULL_SIZE = cache.FULL_SIZE
MODELS = {FULL_SIZE: "MobileBERT, full size (architecture only)", "demo": "demo: the small one shipped with the lab"}
VARIANTS = {"base": "base", "lora": "LoRA", "light": "light", "light+lora": "light + LoRA"}
SEQ_LENS = (32, 64, 128, 256, 512)
PAPER = pd.DataFrame(
    [
        ("MobileBERT, two labels", "–", "24,582,914", "the published architecture"),
        (
            "trained with LoRA, r = 8 (paper A)",
            "173,058",
            "173,058",
            "24 × 8 × ((128 + 128) + (512 + 128)) + 512 × 2 + 2",
        ),
        ("all with LoRA (paper A)", "24,755,972", "24,754,946", "peft keeps the head twice, frozen and trained"),
        ("LightMobileBERT (paper B)", "14.47 M", "14,476,034", "12 layers alone already give the printed number"),
        ("the same with rank 64", "–", "14,285,570", "the CP step takes 12 × 15,872 = 190,464 more off"),
    ],
    columns=["what", "printed", "counted here", "why"],
)


def draw_controls() -> tuple[str, list[str], cache.Cut]:
    """What is computed: the model, the variants, and how deep to cut."""
    first, second, third = st.columns([2, 2, 1], vertical_alignment="bottom")
    model = first.selectbox(
        "Model", list(MODELS), format_func=lambda name: MODELS.get(name, name), key="model", bind="query-params",
        accept_new_options=True, help="Type a folder or a hub id to count that model; only its configuration is read.",
    )  # fmt: skip
    chosen = second.pills(
        "Compare", list(VARIANTS), format_func=VARIANTS.get, selection_mode="multi", default=["base", "lora", "light"],
        key="variants", bind="query-params",
    )  # fmt: skip
    seq_len = third.selectbox("Input length (word pieces)", SEQ_LENS, index=2, key="length", bind="query-params")
    deepest, widest = cache.model_limits(model)
    left, middle, right = st.columns(3)
    layers = left.slider("Layers kept (light)", 1, deepest, min(12, deepest), key=f"layers-{deepest}")
    rank = middle.slider(
        "CP rank (light; 0 leaves attention as it is)", 0, widest, min(64, widest), key=f"rank-{widest}"
    )
    lora_r = right.slider("LoRA rank r", 1, 64, 8, key="r", bind="query-params")
    return model, chosen or ["base"], cache.Cut(layers, rank, lora_r, seq_len)


def draw_figures(counts: dict[str, Count]) -> None:
    """Total, trainable, bytes and multiply-accumulates of each variant, against the base."""
    base = counts["base"]
    rows = []
    for name, count in counts.items():
        rows.append(
            {
                "variant": VARIANTS[name],
                "parameters": f"{count.unique:,}",
                "against base": f"{100 * count.unique / base.unique:.3g} %",
                "trainable": f"{count.trainable:,}",
                "share trained": f"{100 * count.trainable / count.unique:.3g} %",
                "fp32": components.byte_size(count.bytes["fp32"]),
                "bf16": components.byte_size(count.bytes["bf16"]),
                "int8": components.byte_size(count.bytes["int8"]),
                f"multiply-accumulates ({count.seq_len} pieces)": components.short_count(count.macs),
                "MACs against base": f"{100 * count.macs / base.macs:.3g} %",
            }
        )
    st.html(components.plain_table(pd.DataFrame(rows)))


def draw_variant(name: str, count: Count, most: int) -> None:
    title = f"{VARIANTS[name]}: {components.short_count(count.unique)} parameters"
    st.markdown(f"**{components.escape_markdown(title)}**")
    st.plotly_chart(structure_charts.treemap(count.rows, VARIANTS[name]), key=f"treemap-{name}", config=charts.PLAIN)
    st.plotly_chart(
        structure_charts.layer_bars(count.rows, "Parameters of each layer by part", most),
        key=f"bars-{name}",
        config=charts.PLAIN,
    )


def draw_table(counts: dict[str, Count]) -> None:
    table = pd.concat([count.rows.assign(variant=VARIANTS[name]) for name, count in counts.items()], ignore_index=True)
    table["shape"] = table["shape"].map(lambda shape: " × ".join(str(size) for size in shape))
    wanted = st.text_input("Search modules", key="search", placeholder="attention.self.query", live=True)
    if wanted:
        table = table[table["module"].str.contains(wanted, case=False, regex=False)]
    order = ["variant", "module", "layer", "part", "shape", "params", "trainable"]
    config = {
        "params": st.column_config.NumberColumn("parameters", format="localized"),
        "layer": st.column_config.NumberColumn(format="%d"),
    }
    st.dataframe(table[order], column_config=config, hide_index=True, height=380, alt="Parameters of every module")
    st.download_button(
        "Download this table (CSV)", table[order].to_csv(index=False), "parameters.csv", "text/csv", key="download",
        icon=":material/download:", type="tertiary",
    )  # fmt: skip


def body() -> None:
    components.heading(
        "Parameters", "Where a model's parameters sit, and what LoRA, fewer layers and low-rank attention do to them."
    )
    model, chosen, cut = draw_controls()
    place = st.container()
    with st.spinner("Counting …"):
        try:
            counts = {name: cache.count(model, name, cut) for name in dict.fromkeys(["base", *chosen])}
        except ValueError as error:
            st.error(components.escape_markdown(str(error)), icon=":material/error:")
            return
    with place:
        draw_figures(counts)
        if model == FULL_SIZE:
            with st.expander("The papers print other numbers: why"):
                st.html(components.plain_table(PAPER))
    shown = {name: counts[name] for name in chosen}
    most = max(structure_charts.tallest_layer(count.rows) for count in shown.values())
    for column, (name, count) in zip(st.columns(len(shown)), shown.items(), strict=True):
        with column:
            draw_variant(name, count, most)
    components.note("Areas are parameters. Click a layer to open it, the bar above it to go back.")
    draw_table(shown)


body()
