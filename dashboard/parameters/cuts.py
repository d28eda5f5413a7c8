"""The sliders that say how deep a model is cut, and the cuts that stay beside it."""

from __future__ import annotations

import streamlit as st

from core.model.parameters import count_parameters
from core.model.variant import Structure
from dashboard.parameters import tables
from dashboard.parameters.tables import Limits
from dashboard.shared import debounce, markup

MOST_KEPT = 3
SEQ_LENS = (32, 64, 128, 256, 512)


def choose(model: str, most: Limits) -> tuple[Structure, list[str]]:
    """How deep to cut, and the cuts that are kept beside that one; keys carry the model's limits, since a slider's ends
    cannot move under it."""
    one, two, three, four, five = st.columns([10, 10, 10, 10, 9], vertical_alignment="bottom")
    if not most.uncut:
        one.slider(
            "Layers kept (light)", 1, most.layers, min(12, most.layers), key=f"layers-{most.layers}",
            bind="query-params", on_change=debounce.moved,
        )  # fmt: skip
        two.slider(
            "CP rank (light)", 0, most.width, most.width // 2, key=f"rank-{most.width}", bind="query-params",
            on_change=debounce.moved,
            help="0 leaves the attention as it is.",
        )  # fmt: skip
    three.slider("LoRA rank r", 1, 64, 8, key="r", bind="query-params", on_change=debounce.moved)
    lengths = [length for length in SEQ_LENS if length <= most.positions]
    four.selectbox(
        "Input length (pieces)", lengths, index=min(2, len(lengths) - 1), key=f"length-{most.positions}",
        bind="query-params", on_change=debounce.moved,
    )  # fmt: skip
    cut = said(model, most)
    if most.uncut:
        return cut, []
    with five, st.popover("Other cuts", width="stretch"):
        names = _choose_kept(cut, most)
    return cut, _fitting(cut, names)


def said(model: str, most: Limits) -> Structure:
    """What the sliders say now."""
    now = st.session_state
    layers, rank = (most.layers, 0) if most.uncut else (now[f"layers-{most.layers}"], now[f"rank-{most.width}"])
    return Structure(model, "base", layers, rank, now["r"], seq_len=now[f"length-{most.positions}"])


def _choose_kept(cut: Structure, most: Limits) -> list[str]:
    """Cuts that stay beside the one that the sliders make, by name."""
    st.button("Keep this cut beside", key="keep", icon=":material/add:", on_click=_keep,
              args=(cut.model, most), disabled=_name(cut) in st.session_state.get("kept", ()))  # fmt: skip
    return st.multiselect(
        "Kept beside", tables.KEPT, key="kept", bind="query-params", accept_new_options=True,
        max_selections=MOST_KEPT, placeholder="light:8:32 for 8 layers at rank 32",
    )  # fmt: skip


def _fitting(cut: Structure, names: list[str]) -> list[str]:
    """Those that this model has; the others are told."""
    fitting = []
    for name in names:
        try:
            count_parameters(cut.of(name))
            fitting.append(name)
        except ValueError as error:
            markup.note(f"{tables.name_of(name)} is left out: {error}")
    return fitting


def _keep(model: str, most: Limits) -> None:
    st.session_state["kept"] = [*st.session_state.get("kept", ()), _name(said(model, most))][-MOST_KEPT:]


def _name(cut: Structure) -> str:
    return f"light:{cut.layers}:{cut.rank}"
