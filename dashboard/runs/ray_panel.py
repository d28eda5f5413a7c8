"""A cluster's nodes and jobs in, a panel out: which nodes live, and what runs where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.runs.folder.store import RunInfo, Store
from core.runs.remote.ray_api import default_address
from core.runs.remote.ray_jobs import RemoteSnapshot, snapshots
from dashboard import state
from dashboard.shared import errors, markup, run_words
from dashboard.shared.background import lane

TICK_S = 1.0
KEEP_S = 2.5  # longer than a tick: an answer has to be seen before the question is put again


def draw(infos: Sequence[RunInfo]) -> None:
    """The clusters of the environment and of active runs; nothing where there is none."""
    if default_address() or any(info.status and info.status.job and run_words.is_active(info) for info in infos):
        _panels()


@st.fragment(run_every=TICK_S)
@errors.boundary("The cluster")
def _panels() -> None:
    store = Store()
    answer = lane().ask(("cluster", str(store.root)), lambda: snapshots(store), keep_s=KEEP_S)
    if answer.ready:
        state.session().remotes = answer.value or []
    names = {info.status.job: info.name for info in store.list() if info.status and info.status.job}
    for seen in state.session().remotes or [RemoteSnapshot(default_address())]:
        label = f"Cluster {seen.address.partition('://')[2]}: {summary(seen)}"  # the whole would become a link
        with st.expander(markup.escape_markdown(label), key=f"cluster-{seen.address}", icon=":material/hub:"):
            if seen.problem:
                markup.note(f"{seen.problem}. Runs on this machine go on.")
            st.html(markup.plain_table(node_frame(seen, names)))


def summary(seen: RemoteSnapshot) -> str:
    """The cluster in a few words: how many nodes live, how many jobs run and wait."""
    if seen.problem:
        return "out of reach"
    if not seen.nodes:
        return "asking …"
    states = [job.state for job in seen.jobs]
    alive = sum(node.is_alive for node in seen.nodes)
    return f"{alive} of {len(seen.nodes)} nodes, {states.count('RUNNING')} running, {states.count('PENDING')} waiting"


def node_frame(seen: RemoteSnapshot, names: Mapping[str, str]) -> pd.DataFrame:
    """One row a node: its name, state, processors, and the runs at work on it (`names`: job -> run)."""
    running = [job for job in seen.jobs if job.state == "RUNNING"]
    rows = [
        {
            "Node": f"{node.name} (head)" if node.is_head else node.name,
            "State": "alive" if node.is_alive else "lost",
            "Cores": f"{node.cpus:g}",
            "GPUs": f"{node.gpus:g}",
            "Runs": ", ".join(names.get(job.id, f"job {job.id}") for job in running if job.node == node.id) or "–",
        }
        for node in seen.nodes
    ]
    return pd.DataFrame(rows, columns=["Node", "State", "Cores", "GPUs", "Runs"])
