"""What a run left in words: the texts its epochs changed, its log, and what people noted about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import streamlit as st

from core.augment.edits import Edit
from core.runs.folder.store import Run, RunError, RunInfo
from core.wording import percent
from dashboard import actions
from dashboard.shared import formatting, markup

LOG_BYTES = 12_000
TEXTS_SHOWN = 40
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def augmented(runs: Sequence[Run], names: Mapping[str, str]) -> None:
    """The very texts that an epoch changed, edits marked; the newest epoch until another is chosen."""
    having = {run.id: run for run in runs if run.augmented_epochs()}
    if not having:
        markup.note("No augmented texts: these runs augment nothing, or have not begun their first epoch.")
        return
    left, right = st.columns(2)
    run = having[left.selectbox("Run", list(having), format_func=lambda run_id: names[run_id], key="augmented-run")]
    epochs = run.augmented_epochs()[::-1]
    newest = f"newest ({epochs[0]})"
    chosen = right.selectbox("Epoch", ["newest", *epochs], key="augmented-epoch",
                             format_func=lambda epoch: newest if epoch == "newest" else str(epoch))  # fmt: skip
    epoch = epochs[0] if chosen not in epochs else chosen
    rows = run.load_augmented(epoch)
    shown = [row for row in rows if isinstance(row.get("text"), str)][:TEXTS_SHOWN]
    more = f"; the first {len(shown)} are shown" if len(rows) > len(shown) else ""
    markup.note(f"{len(rows)} rows changed in epoch {epoch}{more}.{_mix(run)}")
    for row in shown:
        number, text = st.columns([1, 11], gap="small")
        method = str(row.get("method", ""))
        number.html(f'<div class="lab-note">row&nbsp;{int(row.get("row", 0)):,}<br>{markup.escape_html(method)}</div>')
        with text:
            markup.show_edits(row["text"], edits_of(row.get("edits")), method, small=True)
            if isinstance(row.get("pair"), str):
                markup.show_edits(row["pair"], edits_of(row.get("pair_edits")), method, small=True)


def _mix(run: Run) -> str:
    """Asked for beside applied, of the epoch that the run's record tells of; empty where it tells of none."""
    try:
        kept = run.record().get("augmentation") or {}
        parts = [f"{name} {percent(one['asked'])} / {percent(one['applied'])}" for name, one in kept["methods"].items()]
        unchanged = percent(kept["unchanged"])
        return f" Asked for / applied in epoch {kept['epoch']}: {', '.join(parts)}; unchanged {unchanged}."
    except (RunError, AttributeError, KeyError, TypeError, ValueError):  # written by others, or before there was one
        return ""


def edits_of(saved: Any) -> list[Edit]:
    """Edits as a run keeps them; what is not an edit is left out."""
    wanted = [field.name for field in fields(Edit)]
    return [
        Edit(**{name: edit[name] for name in wanted}) for edit in saved or [] if all(name in edit for name in wanted)
    ]


def log(runs: Sequence[Run], names: Mapping[str, str]) -> None:
    """The end of a run's log."""
    by_id = {run.id: run for run in runs}
    chosen = next(iter(by_id))
    if len(by_id) > 1:
        chosen = st.selectbox("Log of", list(by_id), format_func=lambda run_id: names[run_id], key="log-run") or chosen
    try:
        text = ANSI.sub("", by_id[chosen].log_tail(LOG_BYTES)).replace("\r", "\n")
    except RunError as error:
        text = str(error)
    st.code(text.strip() or "(the log is empty)", language=None, height=420, wrap_lines=True)
    markup.note(f"The whole log: {by_id[chosen].log_path}")


def notes(infos: Sequence[RunInfo], runs: Sequence[Run], names: Mapping[str, str]) -> None:
    """Name, tags and notes of a run, kept as they are typed, and what its folder holds."""
    by_id = {run.id: (run, info) for run in runs for info in infos if info.id == run.id}
    chosen = next(iter(by_id))
    if len(by_id) > 1:
        chosen = st.selectbox("Notes on", list(by_id), format_func=lambda run_id: names[run_id], key="notes-run")
    run, info = by_id[chosen]
    left, right = st.columns(2)
    _field(left, run, "name", info.meta.name, "Name", placeholder=info.name)
    _field(right, run, "tags", ", ".join(info.meta.tags), "Tags", placeholder="words to filter by, with commas between")
    key = f"notes-{run.id}"
    st.text_area(
        "Notes", info.meta.notes, key=key, on_change=lambda: actions.describe(run, notes=st.session_state[key])
    )
    markup.facts({"Folder": str(run.dir), **_files(run, info)})


def _field(place: Any, run: Run, field: str, value: str, label: str, placeholder: str) -> None:
    key = f"{field}-{run.id}"

    def keep() -> None:
        text = st.session_state[key]
        words = [word.strip() for word in text.split(",") if word.strip()]
        actions.describe(run, **{field: words if field == "tags" else text.strip()})

    place.text_input(label, value, key=key, placeholder=placeholder, on_change=keep)


def _files(run: Run, info: RunInfo) -> dict[str, str]:
    """Sizes of what a run keeps, and the caps on its checkpoints."""
    size = {name: formatting.byte_size(count) for name, count in run.size().items()}
    facts = {"Model": size["model"], "Everything": size["total"]}
    if info.config:
        train = info.config.train
        cap = f"at most {train.keep_checkpoints}, and {train.checkpoint_mb:,} MB together"
        kept = len(list(run.checkpoint_dir.glob("step-*")))
        facts = {"Checkpoints": f"{kept} kept, {size['checkpoints']}; {cap}", **facts}
    return facts
