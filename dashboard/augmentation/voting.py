"""The blind vote: does the label still hold? Asked of everybody who has the page open, counted by method."""

from __future__ import annotations

import hashlib
import itertools
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from core.analysis import votes
from core.wording import percent
from dashboard.shared import markup

MOST_SHOWN = 1200
"""Characters of a text that a voter is shown; nobody reads a page to judge one word."""
_COOKIE = "_streamlit_xsrf"
_FIRST, _SECOND = "Only for the first", "Only for the second"
_ANSWERS = ("For both", _FIRST, _SECOND, "For neither, or unclear")


@dataclass
class Ballots:
    """Those cast on one task and one setting, by all visitors of this server."""

    cast: list[votes.Ballot] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, ballots: Sequence[votes.Ballot]) -> None:
        with self.lock:
            room = max(0, votes.MOST_BALLOTS - len(self.cast))
            self.cast = list(dict.fromkeys([*self.cast, *ballots[:room]]))


def voter_of(cookie: str) -> str:
    """A browser by the cookie that the server gives it, so that a page that is loaded anew asks nothing twice and makes
    no second voter; drawn where there is none. Of the cookie itself nothing can be told from it."""
    try:
        _, mask, masked, _ = cookie.split("|")  # Tornado's second version: another mask each time, one token
        by = itertools.cycle(bytes.fromhex(mask))
        token = bytes(one ^ other for one, other in zip(bytes.fromhex(masked), by, strict=False))
    except ValueError:
        return secrets.token_hex(4)
    return hashlib.sha256(b"voter" + token).hexdigest()[:8]


@st.cache_resource(show_spinner=False, max_entries=100)
def ballots_of(key: str) -> Ballots:
    return Ballots()


def draw(key: str, asked: Sequence[votes.VoteQuestion], expected: Mapping[str, float], task_name: str) -> None:
    """The question, then what came of all answers so far. `expected`: by method, what the audit expects at most."""
    ballots = ballots_of(key)
    voter = st.session_state.setdefault("voter", voter_of(st.context.cookies.get(_COOKIE, "")))
    left, right = st.columns([3, 2], gap="large")
    with left:
        _draw_question(ballots, asked, voter)
    with right:
        _draw_result(ballots, expected)
        _draw_file(ballots, task_name)


def _draw_question(ballots: Ballots, asked: Sequence[votes.VoteQuestion], voter: str) -> None:
    found = votes.next_question(asked, ballots.cast, voter)
    if found is None:
        markup.empty("You have judged every changed row of this sample." if asked else "No row of the sample changed.")
        return
    place, augmented_first = found
    question = asked[place]
    st.markdown(f"For which of the two does **{markup.escape_markdown(question.label)}** hold?")
    texts = (question.original, question.augmented)
    for title, sides in zip(("First", "Second"), reversed(texts) if augmented_first else texts, strict=True):
        shown = "<br>".join(markup.escape_html(_short(side)) for side in sides)
        st.html(f'<div class="lab-note">{title}</div><div class="lab-text small lab-ballot">{shown}</div>')
    with st.container(horizontal=True, gap="small"):
        for answer in _ANSWERS:
            st.button(
                answer, key=f"vote-{answer}", on_click=_cast,
                args=(ballots, question, voter, verdict_of(answer, augmented_first)),
            )  # fmt: skip


def verdict_of(answer: str, augmented_first: bool) -> votes.Verdict:
    if answer == _ANSWERS[0]:
        return "keeps"
    only_original = _SECOND if augmented_first else _FIRST
    return "flips" if answer == only_original else "unclear"


def _cast(ballots: Ballots, question: votes.VoteQuestion, voter: str, verdict: votes.Verdict) -> None:
    one = votes.Ballot(voter, question.method, question.label, question.original, question.augmented, verdict)
    ballots.add([one])


def _short(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + " …"


def _draw_result(ballots: Ballots, expected: Mapping[str, float]) -> None:
    flips = votes.flips_by_method(ballots.cast)
    voters = len({ballot.voter for ballot in ballots.cast})
    st.markdown("**Labels that did not survive**")
    if not flips:
        markup.note(
            "No vote yet. Everybody who opens this page votes on the same sample, each on a screen of their own."
        )
        return
    st.html(markup.plain_table(result_table(flips, expected)))
    markup.note(
        f"{len(ballots.cast):,} {'vote' if len(ballots.cast) == 1 else 'votes'} of {voters} "
        f"{'voter' if voters == 1 else 'voters'}; a row counts once, by "
        "majority. The interval is the exact one, 95 %. The audit counts the rows that one of its rules touches."
    )
    st.button("Look again", key="votes-refresh", type="tertiary", icon=":material/refresh:")


def result_table(flips: Mapping[str, votes.Flips], expected: Mapping[str, float]) -> pd.DataFrame:
    """A line a method, as texts."""
    return pd.DataFrame(
        {
            "method": method,
            "flipped": f"{one.flipped} of {one.rows}",
            "share, 95 % interval": (
                f"{percent(one.share)} ({100 * one.low:.0f} to {percent(one.high)})" if one.rows else "–"
            ),
            "touched by a rule": percent(expected[method]) if method in expected else "no rule",
            "unclear": str(one.unclear),
        }
        for method, one in flips.items()
    )


def _draw_file(ballots: Ballots, task_name: str) -> None:
    if ballots.cast:
        lines = votes.to_lines(ballots.cast)
        st.download_button(
            "Save votes", lines, f"{task_name}-votes.jsonl", "application/jsonl", key="votes-save",
            help="Launch trains on accepted edits only, where this file is named under Augmentation, More settings.",
        )  # fmt: skip
    st.file_uploader(
        "Load votes", type=["jsonl"], key="votes-load", max_upload_size=20, on_change=_load, args=(ballots,)
    )
    problem = st.session_state.get("votes-problem")
    if problem:
        st.error(markup.escape_markdown(problem), icon=":material/error:")


def _load(ballots: Ballots) -> None:
    upload = st.session_state.get("votes-load")
    st.session_state["votes-problem"] = ""
    if upload is None:
        return
    try:
        ballots.add(votes.from_lines(upload.getvalue().decode("utf-8")))
    except ValueError as error:
        st.session_state["votes-problem"] = f"{upload.name}: {error}"
