"""PARAMETERS: where do the parameters sit, and what does cutting them do?"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.model.latency import Latency
from core.model.parameters import ParameterReport, count_parameters
from core.model.source import FULL_SIZE
from core.model.variant import CUT, Structure
from dashboard import measurement
from dashboard.parameters import costs, cuts, panels, sentence, tables
from dashboard.parameters.tables import NAMES, Limits
from dashboard.shared import debounce, errors, markup, saving

MODELS = {FULL_SIZE: "MobileBERT, full size (architecture only)", "demo": "demo: the small one shipped with the lab"}
WAIT_TICK_S = 0.2
VIEWS = (
    "Where they sit",
    "Layer by layer",
    "Your sentence",
    "Operations",
    "A layer, before and after",
    "Reconstruction",
    "What the papers print",
)


def choose_model() -> tuple[str, list[str], DeltaGenerator]:
    """The model, its variants, and the place beside them for what can be measured of them."""
    first, second, third = st.columns([34, 38, 28], vertical_alignment="bottom")
    model = first.selectbox(
        "Model", list(MODELS), format_func=lambda name: MODELS.get(name, name), key="model", bind="query-params",
        accept_new_options=True, help="Type a folder or a hub id to count that model; only its configuration is read.",
    )  # fmt: skip
    chosen = second.pills(
        "Compare", list(NAMES), format_func=NAMES.__getitem__, selection_mode="multi",
        default=["base", "lora", "light"], key="variants", bind="query-params",
    )  # fmt: skip
    return model, list(chosen or ["base"]), third


@errors.boundary("The count")
def draw_counts(model: str, most: Limits, chosen: list[str]) -> None:
    """The table of sizes and costs, which follows the sliders at once."""
    debounce.page_follows()
    cut = cuts.said(model, most)
    draw_figures(counted(cut, chosen), cut)


def counted(cut: Structure, chosen: list[str]) -> dict[str, ParameterReport]:
    return {name: count_parameters(cut.of(name)) for name in dict.fromkeys(["base", *chosen])}


def draw_figures(reports: dict[str, ParameterReport], cut: Structure) -> None:
    """Size and cost of each variant against the base; latency once it was asked for."""
    words = latency_words(reports, cut)
    found = measurement.found("latency")
    if found and found.words[:3] != tuple(words[:3]):
        found = None  # of another model
    times = {name: Latency(**one) for name, one in found.document["latency_ms"].items()} if found else {}
    st.html(markup.plain_table(tables.figures(reports, times)))
    if found:
        pieces = found.words[found.words.index("--seq-len") + 1]
        old = "" if found.words == tuple(words) else " Measured before the settings were changed."
        markup.note(tables.timing_note(times["base"], pieces) + old)


def latency_words(reports: dict[str, ParameterReport], cut: Structure) -> list[str]:
    return [*tables.command(cut, "base"), "--latency", ",".join(reports)]


def draw_operations(reports: dict[str, ParameterReport], cut: Structure, most: Limits) -> None:
    parts = {tables.name_of(name): report.macs_by_part for name, report in reports.items()}
    saving.draw(costs.operation_bars(parts, cut.seq_len), "operations", tools=False)
    if not most.uncut:
        light = count_parameters(replace(cut, variant="light"))
        st.markdown("**Fewer parameters are not always fewer operations.**")
        st.markdown(markup.escape_markdown(tables.scores_note(light, most.heads, most.width)))


@errors.boundary("The count")
def draw_wait(model: str) -> None:
    """Until the libraries that count are loaded, once for all visitors: say so, and draw the page when they are."""
    if tables.ready(model).ready:
        st.rerun()
    markup.note("Reading the model …")


def draw_counted(model: str, chosen: list[str], most: Limits, beside: DeltaGenerator) -> None:
    cut, kept = cuts.choose(model, most)
    if most.uncut:
        markup.note(most.uncut)
        chosen = [name for name in chosen if name not in CUT] or ["base"]
    chosen = [*chosen, *kept]
    reports = counted(cut, chosen)
    with beside:
        measurement.offer("latency", "Measure latency", latency_words(reports, cut))
    debounce.live("counts", draw_counts, model, most, chosen)
    sizes, by_layer, own_sentence, operations, layer, reconstruction, papers = st.tabs(
        list(VIEWS), key="view", on_change="rerun", bind="query-params"
    )
    if sizes.open:
        with sizes:
            st.fragment(panels.sizes)({name: reports[name] for name in chosen})
    if by_layer.open:
        with by_layer:
            panels.by_layer({name: reports[name] for name in chosen})
    if own_sentence.open:
        with own_sentence:
            sentence.draw(model, most)
    else:
        sentence.prepare(model, most)
    if operations.open:
        with operations:
            draw_operations(reports, cut, most)
    if layer.open:
        with layer:
            panels.layer(cut, most)
    if reconstruction.open:
        with reconstruction:
            panels.reconstruction(cut, most)
    if papers.open:
        papers.html(markup.plain_table(tables.printed()))


def body() -> None:
    debounce.page_begins()
    markup.heading(
        "Parameters", "Where a model's parameters sit, and what LoRA, fewer layers and low-rank attention do to them."
    )
    model, chosen, beside = choose_model()
    answer = tables.ready(model)
    if not answer.ready:
        st.fragment(draw_wait, run_every=WAIT_TICK_S)(model)
        return
    try:
        draw_counted(model, chosen, tables.limits(model), beside)
    except ValueError as error:
        st.error(markup.escape_markdown(str(error)), icon=":material/error:")


body()
