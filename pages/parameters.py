"""PARAMETERS: where do the parameters sit, and what does cutting them do?"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.model.latency import Latency
from core.model.parameters import ParameterReport, count_parameters
from core.model.source import FULL_SIZE
from core.model.variant import CUT, Structure
from dashboard.parameters import costs, measurement, panels, sentence, tables
from dashboard.parameters.tables import NAMES, Limits
from dashboard.shared import errors, markup, saving

MODELS = {FULL_SIZE: "MobileBERT, full size (architecture only)", "demo": "demo: the small one shipped with the lab"}
MOST_KEPT = 3
WAIT_TICK_S = 0.2
SEQ_LENS = (32, 64, 128, 256, 512)
VIEWS = (
    "Where they sit",
    "Your sentence",
    "Operations",
    "A layer, before and after",
    "Reconstruction",
    "What the papers print",
)


def choose_model() -> tuple[str, list[str]]:
    first, second = st.columns(2, vertical_alignment="bottom")
    model = first.selectbox(
        "Model", list(MODELS), format_func=lambda name: MODELS.get(name, name), key="model", bind="query-params",
        accept_new_options=True, help="Type a folder or a hub id to count that model; only its configuration is read.",
    )  # fmt: skip
    chosen = second.pills(
        "Compare", list(NAMES), format_func=NAMES.__getitem__, selection_mode="multi",
        default=["base", "lora", "light"], key="variants", bind="query-params",
    )  # fmt: skip
    return model, list(chosen or ["base"])


def choose_cut(model: str, most: Limits) -> Structure:
    """How deep to cut; keys carry the model's limits, since a slider's ends cannot move under it."""
    one, two, three, four = st.columns(4)
    layers, rank = most.layers, 0
    if not most.uncut:
        layers = one.slider(
            "Layers kept (light)", 1, most.layers, min(12, most.layers), key=f"layers-{most.layers}",
            bind="query-params",
        )  # fmt: skip
        rank = two.slider(
            "CP rank (light)", 0, most.width, most.width // 2, key=f"rank-{most.width}", bind="query-params",
            help="0 leaves the attention as it is.",
        )  # fmt: skip
    lora_r = three.slider("LoRA rank r", 1, 64, 8, key="r", bind="query-params")
    lengths = [length for length in SEQ_LENS if length <= most.positions]
    seq_len = four.selectbox(
        "Input length (word pieces)", lengths, index=min(2, len(lengths) - 1), key=f"length-{most.positions}",
        bind="query-params",
    )  # fmt: skip
    return Structure(model, "base", layers, rank, lora_r, seq_len=seq_len)


def choose_kept(cut: Structure) -> list[str]:
    """Cuts that stay beside the one that the sliders make, by name; those that this model does not have are told."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    here = f"light:{cut.layers}:{cut.rank}"
    left.button("Keep this cut beside", key="keep", icon=":material/add:", on_click=keep, args=(here,),
                disabled=here in st.session_state.get("kept", ()))  # fmt: skip
    names = right.multiselect(
        "Kept beside", tables.KEPT, key="kept", bind="query-params",
        accept_new_options=True, max_selections=MOST_KEPT, label_visibility="collapsed",
        placeholder="Other cuts, such as light:8:32 for 8 layers at rank 32",
    )  # fmt: skip
    fitting = []
    for name in names:
        try:
            count_parameters(cut.of(name))
            fitting.append(name)
        except ValueError as error:
            markup.note(f"{tables.name_of(name)} is left out: {error}")
    return fitting


def keep(name: str) -> None:
    st.session_state["kept"] = [*st.session_state.get("kept", ()), name][-MOST_KEPT:]


def draw_figures(reports: dict[str, ParameterReport], cut: Structure) -> None:
    """Size and cost of each variant against the base; latency once it was asked for."""
    place = st.container()
    words = [*tables.command(cut, "base"), "--latency", ",".join(reports)]
    found = measurement.offer("latency", "Measure latency on this machine", words)
    if found and found.words[:3] != tuple(words[:3]):
        found = None  # of another model
    times = {name: Latency(**one) for name, one in found.document["latency_ms"].items()} if found else {}
    place.html(markup.plain_table(tables.figures(reports, times)))
    if found:
        pieces = found.words[found.words.index("--seq-len") + 1]
        old = "" if found.words == tuple(words) else " Measured before the settings were changed."
        markup.note(tables.timing_note(times["base"], pieces) + old)


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


def draw_counted(model: str, chosen: list[str], most: Limits) -> None:
    cut = choose_cut(model, most)
    if most.uncut:
        markup.note(most.uncut)
        chosen = [name for name in chosen if name not in CUT] or ["base"]
    else:
        chosen = [*chosen, *choose_kept(cut)]
    reports = {name: count_parameters(cut.of(name)) for name in dict.fromkeys(["base", *chosen])}
    draw_figures(reports, cut)
    sizes, own_sentence, operations, layer, reconstruction, papers = st.tabs(
        list(VIEWS), key="view", on_change="rerun", bind="query-params"
    )
    if sizes.open:
        with sizes:
            panels.sizes({name: reports[name] for name in chosen})
    if own_sentence.open:
        with own_sentence:
            sentence.draw(cut, most)
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
    markup.heading(
        "Parameters", "Where a model's parameters sit, and what LoRA, fewer layers and low-rank attention do to them."
    )
    model, chosen = choose_model()
    answer = tables.ready(model)
    if not answer.ready:
        st.fragment(draw_wait, run_every=WAIT_TICK_S)(model)
        return
    try:
        draw_counted(model, chosen, tables.limits(model))
    except ValueError as error:
        st.error(markup.escape_markdown(str(error)), icon=":material/error:")


body()
