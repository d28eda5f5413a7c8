"""Runs in, those that a page is about out: chosen on the page, kept in the session and in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.runs.folder.store import Run, RunError, RunInfo, Store
from dashboard import state
from dashboard.shared import run_words

Propose = Callable[[list[str]], list[str]]
"""What to begin with, given the runs that were chosen elsewhere."""


def having_embeddings(infos: Sequence[RunInfo]) -> list[RunInfo]:
    """Runs that kept embeddings, in the order given."""
    store = Store()
    return [info for info in infos if info.config is not None and kept_steps(store, info.id)]


def kept_steps(store: Store, run_id: str) -> list[int]:
    """Steps whose embeddings a run kept; none of a run that is not there any more."""
    try:
        return store.get(run_id).embedding_steps()
    except RunError:
        return []


def choose(
    infos: Sequence[RunInfo],
    key: str,
    most: int,
    label: str = "Runs",
    propose: Propose | None = None,
    place: st.delta_generator.DeltaGenerator | None = None,
) -> list[Run]:
    """A field for up to `most` of these runs; without a proposal it begins with those chosen before, else the newest
    that did not fail.

    A choice whose runs are all gone begins anew; one that was emptied by hand stays empty.
    """
    ids, names = [info.id for info in infos], run_words.unique_names(infos)
    before = st.session_state.get(key)
    kept = [run_id for run_id in before or () if run_id in ids]
    if before is None or (before and not kept):
        chosen = state.selected_runs(ids)
        sound = [info.id for info in infos if info.state != "failed"]
        kept = propose(chosen) if propose else chosen[:most] or (sound or ids)[:1]
    st.session_state[key] = kept
    picked = (place or st).multiselect(label, ids, format_func=names.__getitem__, key=key, max_selections=most)
    state.remember_runs(picked)
    return [Store().get(run_id) for run_id in picked]
