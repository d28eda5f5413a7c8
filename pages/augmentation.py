"""AUGMENTATION: what does an augmentation do to a sentence?"""

from __future__ import annotations

import streamlit as st

from core.config import RunConfig
from dashboard import state
from dashboard.augmentation import preview, sample, settings, source, wordnet
from dashboard.augmentation.preview import EPOCHS
from dashboard.shared import debounce, errors, markup


def draw_scrubber() -> int:
    """The epoch shown; the button lets them pass by."""
    playing = st.session_state.get("playing", False)
    if playing:
        st.session_state["epoch"] = (st.session_state.get("epoch", -1) + 1) % len(EPOCHS)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        epoch = st.segmented_control("Epoch", EPOCHS, default=0, required=True, key="epoch", bind="query-params")
        if st.button(
            "Stop" if playing else "Play", key="play", icon=f":material/{'stop' if playing else 'play_arrow'}:"
        ):
            st.session_state["playing"] = not playing
            st.rerun()
    return int(epoch)


def draw_place(config: RunConfig, found: source.Source) -> None:
    """The label of a task's row, and when a run would change it."""
    try:
        drawn = preview.epochs_of_row(config.replace(dict(found.data)), found.row)
    except ValueError as error:  # a filter names classes of another task
        markup.note(f"Label: {found.label}. {error}")
        return
    told = ", ".join(map(str, drawn)) or f"none of the first {len(EPOCHS)}"
    st.html(
        f'<div class="lab-note"><span class="lab-label">{markup.escape_html(found.label)}</span>'
        f"A run over these {found.rows:,} rows changes this one in epoch: {told}. "
        "Shown is a draw for each epoch; in a run the other rows have a say in its method, so that the mix holds.</div>"
    )


@errors.boundary("The preview")
def draw_preview(waiting: bool) -> None:
    """The text in one epoch, under its original; then the same text in every epoch."""
    debounce.page_follows()
    config = settings.config()
    if config is None:
        markup.empty("No method is chosen, so nothing is changed. Choose at least one method.")
        return
    found = source.draw()
    if found is None:
        return
    epoch = draw_scrubber()
    ready = preview.tools(config, 0.3)
    if waiting and ready.ready:
        st.rerun()
    if not ready.ready:
        markup.note("Loading synonyms and model … the first time on a machine takes some seconds.")
        return
    if ready.error:
        raise ValueError(ready.error)
    if not found.text.strip():
        markup.empty("Type a text to see what becomes of it.")
        return
    if found.task:
        draw_place(config, found)
    shown = preview.shown(settings.unfiltered(config), found.task, found.row, found.text, found.pair, ready.value)
    preview.draw_bars(shown)
    preview.draw_epoch(shown, epoch)
    preview.draw_legend(config, found.task, shown)
    wordnet.draw_notice()
    with st.expander("The same text through all epochs", expanded=True):
        preview.draw_epochs(shown)
    with st.expander("Its word pieces", expanded=True):
        for row in (row for row in shown if row.epoch == epoch):
            preview.draw_pieces(row, ready.value)


def body() -> None:
    debounce.page_begins()
    markup.heading("Augmentation", "What synonyms, swaps and typos do to a sentence: edit by edit, epoch by epoch.")
    state.show_messages()
    left, right = st.columns([2, 1], gap="large")
    with right:
        settings.draw(sample.labels())
    config = settings.config()
    waiting = config is not None and not preview.tools(config, preview.WAIT_S).ready
    tick = 0.4 if waiting else preview.PLAY_S if st.session_state.get("playing") else None
    with left:
        debounce.live(preview.PREVIEW, draw_preview, waiting, run_every=tick)
    if config is None:
        return
    st.divider()
    with errors.boundary("The sample"):
        name = st.selectbox("Sample from", source.names(), key="sample_task", bind="query-params", width=320)
        if not waiting:
            sample.draw(config, name)


body()
