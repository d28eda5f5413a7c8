"""The controls of the augmentation page, and the configuration that they say."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.augment.methods import method_names
from core.augment.opened import VARIABLE as OPENED
from core.config import RunConfig
from core.model.source import OFFERED
from core.sections import STYLES, AugmentConfig
from dashboard import state
from dashboard.shared import debounce, markup

PRESETS: dict[str, dict[str, object]] = {
    "Careful": {"style": "careful", "static": False},
    "As the paper": {"style": "paper", "static": False},
    "As the notebook": {"style": "paper", "static": True},
}
"""Widget key to value. The paper augments anew each epoch; its notebook augmented one tenth once."""
_ALIKE = {"methods": list(AugmentConfig.methods), "fraction": 10, "usual": True, "own_weights": False}
_NO_FILTER: dict[str, object] = {
    "augment.min_words": 0, "augment.max_words": None, "augment.pattern": None,
    "augment.classes": [], "augment.class_weights": [],
}  # fmt: skip


def apply_preset(name: str) -> None:
    for key, value in (_ALIKE | PRESETS[name]).items():
        st.session_state[key] = value


def draw(labels: Sequence[str]) -> None:
    """How it is augmented. `labels`: the classes that rows may be chosen by."""
    st.caption("Presets")
    with st.container(horizontal=True, gap="small"):
        for name in PRESETS:
            st.button(name, key=f"preset-{name}", on_click=apply_preset, args=(name,))
    offered = method_names()
    state.read_choices(
        "methods", offered,
        f"there is: {', '.join(offered)}. Code comes only from the folder of {OPENED}, or from a path in the shell.",
    )  # fmt: skip
    st.pills(
        "Methods", offered, selection_mode="multi", default=list(AugmentConfig.methods),
        key="methods", bind="query-params", on_change=_methods_chosen,
    )  # fmt: skip
    if "methods-dropped" in st.session_state:
        st.warning(markup.escape_markdown(st.session_state["methods-dropped"]))
    with st.container(horizontal=True, gap="medium"):
        st.segmented_control(
            "Style",
            STYLES,
            default=STYLES[0],
            required=True,
            key="style",
            bind="query-params",
            on_change=debounce.moved,
        )
        st.number_input("Seed", 0, 2**32 - 1, 13, key="seed", bind="query-params", on_change=debounce.moved, width=140)
    st.slider(
        "Share of rows changed in an epoch, %", 0, 100, 10, 5, key="fraction", bind="query-params",
        on_change=debounce.moved,
    )  # fmt: skip
    st.toggle(
        "Usual strength", True, key="usual", bind="query-params", on_change=debounce.moved,
        help="Of each method: what its authors, or the lab, use where nothing else is asked for.",
    )  # fmt: skip
    if not st.session_state["usual"]:
        st.slider(
            "Strength, % of the words (typo: of the letters)", 5, 60, 10, 5, key="strength", bind="query-params",
            on_change=debounce.moved,
        )  # fmt: skip
    st.toggle(
        "Only once", key="static", bind="query-params", on_change=debounce.moved,
        help="Before training, as the notebook did; otherwise each epoch draws anew.",
    )  # fmt: skip
    st.selectbox(
        "Model (word pieces, guesses, embeddings)", OFFERED, key="encoder", bind="query-params",
        accept_new_options=True, placeholder="demo, a folder, or a hub id",
    )  # fmt: skip
    with st.expander("Weights, and which rows"):
        _draw_weights()
        _draw_filters(labels)
    _, problem = _filtered(_plain())
    if problem:
        said = f"{problem}. Until then neither weights nor filters hold."
        st.error(markup.escape_markdown(said), icon=":material/error:")


def _methods_chosen() -> None:
    st.session_state.pop("methods-dropped", None)
    debounce.moved()


def _draw_weights() -> None:
    st.toggle(
        "Weights of my own", key="own_weights", bind="query-params", on_change=debounce.moved,
        help="Otherwise the task's own where it has some (CoLA: no careful swaps), else equal ones.",
    )  # fmt: skip
    chosen = st.session_state["methods"] or []
    if st.session_state["own_weights"] and chosen:
        with st.container(horizontal=True, gap="small"):
            for method in chosen:
                st.number_input(
                    method, 0.0, 100.0, 1.0, 0.5, key=f"weight-{method}", bind="query-params",
                    on_change=debounce.moved, width=125,
                )  # fmt: skip


def _draw_filters(labels: Sequence[str]) -> None:
    left, right = st.columns(2)
    left.number_input(
        "Words in a row, at least", 0, 10**6, 0, key="min_words", bind="query-params", on_change=debounce.moved
    )
    right.number_input(
        "Words in a row, at most", 1, 10**6, None, key="max_words", bind="query-params", on_change=debounce.moved,
        placeholder="any",
    )  # fmt: skip
    st.text_input(
        "Rows that match the pattern", key="pattern", bind="query-params", on_change=debounce.moved, max_chars=1000,
        placeholder="a regular expression, such as (?i)\\bnot\\b",
    )  # fmt: skip
    if labels:
        st.multiselect("Rows of these classes", labels, key="classes", on_change=debounce.moved, placeholder="all")
        st.text_input(
            "Classes augmented more often", key="class_weights", bind="query-params", on_change=debounce.moved,
            placeholder=f"{labels[-1]}:5", help="CLASS:WEIGHT, with commas between; others weigh 1.",
        )  # fmt: skip


def config() -> RunConfig | None:
    """What the controls say; None while no method is chosen. Where weights or a filter cannot be read, all of them are
    left out, and that is said."""
    found, _ = _filtered(_plain())
    return found


def unfiltered(config: RunConfig) -> RunConfig:
    """For what is made of one row: which rows are drawn plays no part, and a typed text has no class."""
    return config.replace(_NO_FILTER)


def _plain() -> RunConfig | None:
    said = st.session_state
    methods = said["methods"]
    if not methods:
        return None
    return RunConfig(seed=int(said["seed"]), model=said["encoder"] or OFFERED[0]).replace(
        {
            "augment.methods": methods, "augment.style": said["style"], "augment.fraction": said["fraction"] / 100,
            "augment.strength": None if said["usual"] else said.get("strength", 10) / 100,
            "augment.mode": "static" if said["static"] else "dynamic",
        }
    )  # fmt: skip


def _filtered(config: RunConfig | None) -> tuple[RunConfig | None, str]:
    """With weights and filters, and an empty text; or without them, and what is wrong with them."""
    if config is None:
        return None, ""
    said = st.session_state
    weights = [said.get(f"weight-{method}", 1.0) for method in config.augment.methods] if said["own_weights"] else []
    named = [part.strip() for part in (said.get("class_weights") or "").split(",") if part.strip()]
    try:
        return config.replace(
            {
                "augment.min_words": int(said.get("min_words") or 0), "augment.max_words": said.get("max_words"),
                "augment.pattern": said.get("pattern") or None, "augment.classes": said.get("classes") or [],
                "augment.class_weights": named, "augment.weights": weights,
            }
        ), ""  # fmt: skip
    except ValueError as error:
        return config, str(error)
