"""WordNet, where it is missing: fetched once in the background, and what to tell about it in one line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import streamlit as st

from core.augment.english.dictionary import wordnet_status
from core.model.hub import offline
from dashboard.shared import formatting, markup
from dashboard.shared.background import Answer, lane

_QUESTION = "wordnet"
TICK_S = 1.0


def fetch_at_start() -> None:
    """Begin the one download, and say so; nothing where WordNet is here, or where it is not to be asked for."""
    if wordnet_status().source == "builtin" and not forbidden():
        print("WordNet is being fetched in the background (11 MB, once); until it is here a thesaurus stands in.")
        _fetch()


def forbidden() -> str:
    """The setting that says not to ask for WordNet; empty where it may be asked for."""
    if os.environ.get("LAB_WORDNET"):
        return "LAB_WORDNET"
    return "HF_HUB_OFFLINE" if offline() else ""


def draw_notice() -> None:
    """One line beside the result where the thesaurus stands in; it looks again while WordNet is on its way."""
    asked = lane().find(_QUESTION)
    waiting = asked is not None and not asked.answer.ready
    if waiting or wordnet_status().source == "builtin":
        st.fragment(_line, run_every=TICK_S if waiting else None)(waiting)


def _line(waiting: bool) -> None:
    asked = lane().find(_QUESTION)
    answer = asked.answer if asked else None
    if waiting and answer is not None and answer.ready:
        st.rerun()  # with WordNet, if it has come
    words = formatting.number(wordnet_status().lemmas)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        told = f"Synonyms: thesaurus ({words} words). {_told(answer)}"
        st.html(f'<div class="lab-note">{markup.escape_html(told)}</div>', width="content")
        fetchable = not waiting and not os.environ.get("LAB_WORDNET")
        by_hand, icon = f"Or by hand: {_how()}", ":material/download:"
        if fetchable and st.button("Fetch it (11 MB)", key="wordnet", type="tertiary", icon=icon, help=by_hand):
            lane().forget(_QUESTION)
            _fetch()
            st.rerun()


def _told(answer: Answer | None) -> str:
    if answer is None:
        why = forbidden()
        return f"{why} says not to fetch WordNet." if why else f"WordNet has more: {_how()}."
    if not answer.ready:
        return "WordNet is on its way …"
    return str(answer.value[1] if not answer.error else answer.error)


def _how() -> str:
    """What brings WordNet to a system like this one."""
    debian = sys.platform == "linux" and Path("/etc/debian_version").is_file()
    python = Path(sys.executable).name
    return "apt install wordnet-base" if debian else f"{python} -m nltk.downloader wordnet"


def _fetch() -> Answer:
    from core.augment.english.download import download_wordnet

    return lane().ask(_QUESTION, download_wordnet)
