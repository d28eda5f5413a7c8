"""AUGMENTATION: what does an augmentation do to a sentence?"""

from __future__ import annotations

import streamlit as st

from core.augment.methods import METHODS
from core.config import RunConfig
from core.sections import STYLES
from dashboard.augmentation import preview as augment_view
from dashboard.augmentation import sample, wordnet
from dashboard.augmentation.preview import EPOCHS
from dashboard.shared import errors, markup, readers

EXAMPLE = "the new film is funny and clever , and its young cast plays a really charming story"
SOURCES = ("Typed text", "Row of a task")
MODELS = ("demo", "google/mobilebert-uncased")


def draw_settings() -> None:
    """How it is augmented."""
    moved = augment_view.preview_first
    st.caption("Presets")
    with st.container(horizontal=True, gap="small"):
        for name in augment_view.PRESETS:
            st.button(name, key=f"preset-{name}", on_click=augment_view.apply_preset, args=(name,))
    st.pills(
        "Methods", list(METHODS), selection_mode="multi", default=list(METHODS)[:3],
        key="methods", bind="query-params", on_change=moved,
    )  # fmt: skip
    left, right = st.columns(2)
    left.segmented_control(
        "Style", STYLES, default=STYLES[0], required=True, key="style", bind="query-params",
        on_change=moved,
    )  # fmt: skip
    right.number_input("Seed", 0, 2**32 - 1, 13, key="seed", bind="query-params", on_change=moved)
    st.slider(
        "Strength, % of the words (typo: of the letters); 0 is each method's own", 0, 60, 0, 5,
        key="strength", bind="query-params", on_change=moved,
    )  # fmt: skip
    st.slider(
        "Share of rows changed in an epoch, %", 0, 100, 10, 5, key="fraction", bind="query-params", on_change=moved
    )
    st.toggle("Once, before training (as the notebook did)", key="static", bind="query-params", on_change=moved)
    st.selectbox(
        "Model: whose word pieces, guesses and embeddings", MODELS, key="model", bind="query-params",
        accept_new_options=True, placeholder="demo, a folder, or a hub id",
    )  # fmt: skip


def settings() -> RunConfig | None:
    """What the controls say, as a configuration; None while no method is chosen."""
    said = st.session_state
    if not said["methods"]:
        return None
    return RunConfig(seed=int(said["seed"]), model=said["model"] or MODELS[0]).replace(
        {
            "augment.methods": said["methods"], "augment.style": said["style"],
            "augment.fraction": said["fraction"] / 100, "augment.strength": said["strength"] / 100 or None,
            "augment.mode": "static" if said["static"] else "dynamic",
        }
    )  # fmt: skip


def draw_source() -> tuple[str | None, int, str, str | None, int]:
    """What is augmented: (task, row number, text, second text, rows of the task); no task for a typed text."""
    source = st.segmented_control(
        "Source", SOURCES, default=SOURCES[0], required=True, key="source",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if source == SOURCES[0]:
        text = st.text_input(
            "Text", EXAMPLE, key="text", bind="query-params", max_chars=augment_view.MOST_CHARACTERS, live="30ms",
        )  # fmt: skip
        return None, 0, text or "", None, 0
    left, right = st.columns([2, 1])
    name = left.selectbox("Task", readers.local_tasks(), key="task", bind="query-params")
    rows = readers.corpus(RunConfig(task=name)).train
    row = int(right.number_input(f"Row (0 to {len(rows) - 1:,})", 0, len(rows) - 1, 0, key="row", bind="query-params"))
    return name, row, rows.texts[row], rows.pairs[row] if rows.pairs is not None else None, len(rows)


def draw_scrubber() -> int:
    """The epoch shown; the button lets them pass by."""
    playing = st.session_state.get("playing", False)
    if playing:
        st.session_state["epoch"] = (st.session_state.get("epoch", -1) + 1) % len(EPOCHS)
    left, right = st.columns([6, 1], vertical_alignment="bottom")
    epoch = left.segmented_control("Epoch", EPOCHS, default=0, required=True, key="epoch", bind="query-params")
    if right.button(
        "Stop" if playing else "Play", key="play", icon=f":material/{'stop' if playing else 'play_arrow'}:"
    ):
        st.session_state["playing"] = not playing
        st.rerun()
    return int(epoch)


@errors.boundary("The preview")
def draw_preview(waiting: bool) -> None:
    """The text in one epoch, large; then the same text in every epoch."""
    augment_view.page_follows()
    config = settings()
    if config is None:
        markup.empty("Choose at least one method.")
        return
    task, row, text, pair, n_rows = draw_source()
    epoch = draw_scrubber()
    ready = augment_view.tools(config, 0.3)
    if waiting and ready.ready:
        st.rerun()
    if not ready.ready:
        markup.note("Loading synonyms and model … the first time on a machine takes some seconds.")
        return
    if ready.error:
        raise ValueError(ready.error)
    if not text.strip():
        markup.empty("Type a text to see what becomes of it.")
        return
    if task:
        drawn = augment_view.epochs_of_row(config, task, row)
        told = ", ".join(map(str, drawn)) or f"none of the first {len(EPOCHS)}"
        markup.note(
            f"A run over these {n_rows:,} rows changes this one in epoch: {told}. "
            "Shown is what each epoch would make of it."
        )
    shown = augment_view.shown(config, task, row, text, pair, ready.value)
    augment_view.draw_bars(shown)
    augment_view.draw_epoch(shown, epoch)
    augment_view.method_legend(config.augment.methods)
    wordnet.draw_notice()
    for preview in (preview for preview in shown if preview.epoch == epoch):
        augment_view.draw_pieces(preview)
    with st.expander("The same text through all epochs", expanded=True):
        augment_view.draw_epochs(shown)


def body() -> None:
    st.session_state.pop(augment_view.MOVED, None)
    markup.heading("Augmentation", "What synonyms, swaps and typos do to a sentence: edit by edit, epoch by epoch.")
    left, right = st.columns([2, 1], gap="large")
    with right:
        draw_settings()
    config = settings()
    waiting = config is not None and not augment_view.tools(config, augment_view.WAIT_S).ready
    tick = 0.4 if waiting else augment_view.PLAY_S if st.session_state.get("playing") else None
    with left:
        st.fragment(draw_preview, run_every=tick, key=augment_view.PREVIEW)(waiting)
    if config is None:
        return
    st.divider()
    with errors.boundary("The sample"):
        name = st.selectbox("Sample from", readers.local_tasks(), key="sample_task", bind="query-params", width=320)
        if not waiting:
            sample.draw(config, name)


body()
