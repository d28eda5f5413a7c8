"""A box for a text, and beneath it what every chosen run answers, why, and what would turn the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.analysis.recorded import task_of_run
from core.runs.folder.store import Run, RunError
from dashboard import state, theme
from dashboard.playground import drawings, findings, models
from dashboard.shared import background, debounce, errors, markup

WAIT_S, TICK_S, ANSWERS_TICK_S = 0.25, 0.3, 0.1
"""For the answers of all runs together; probes are looked for at each tick: a page that waits draws nothing newer."""
LONGEST = 2000
"""Characters of a text."""
LIVE = "60ms"
"""How long no key must have been struck before the models are asked."""
VIEWS = ("Why?", "What would change its mind?", "Does it survive noise?")
Names = Mapping[str, str]
_LAST = "playground_last"


@errors.boundary("The playground")
def draw(runs: Sequence[Run], names: Names) -> None:
    """What hangs on the text of `box`: a fragment, so that a key redraws no more than this.

    Its places are the same whatever stands in them. Of a drawing that a newer one overtakes the browser gets only those
    parts that look for answers by themselves; one at a place that it knows nothing of takes the whole page down.
    """
    text, pair = _said(runs)
    missing = _missing(text, pair)
    now = () if missing else models.questions(runs, text, pair)
    models.abandon([key for key in st.session_state.get(_LAST, ()) if key not in now])
    st.session_state[_LAST] = now
    choice, beneath, question, below = st.empty(), st.container(key="playground-answers"), st.empty(), st.container()
    if missing:
        with choice:
            markup.empty(missing)
        beneath.empty()
        below.empty()
        return
    view = choice.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    with beneath:
        _live(_answers, runs, names, text, pair, every=ANSWERS_TICK_S)
    with question.container():
        asked = view == VIEWS[0] or _asked(view, (text, pair, tuple(run.id for run in runs)))
    with below:
        if asked:
            question.empty()
            _live({VIEWS[0]: _why, VIEWS[1]: _flips, VIEWS[2]: _noise}[view], runs, names, text, pair)
        else:
            st.empty()


def _missing(text: str, pair: str | None) -> str:
    if not text.strip():
        return "Type a text above: every run answers as you type."
    return "This is about two texts: type the second one, too." if pair is not None and not pair.strip() else ""


def _asked(view: str, about: tuple[Any, ...]) -> bool:
    """Whether what takes seconds was asked for about this text; the button that asks."""
    kept = st.session_state.setdefault("playground_asked", set())
    if (view, *about) in kept:
        return True
    label = "Try small edits" if view == VIEWS[1] else "Draw fifty times"
    if not st.button(label, icon=":material/play_arrow:", key="playground-ask"):
        markup.note(_told(view))
        return False
    if len(kept) > 50:
        kept.clear()
    kept.add((view, *about))
    return True


def _told(view: str) -> str:
    if view == VIEWS[1]:
        return "Synonyms, typos, swapped neighbours and negations are tried, the smallest first: 3 s at most."
    return "The text as fifty epochs of each run's own augmentation would show it."


def box(runs: Sequence[Run]) -> None:
    """The text, and the second one where a chosen run is about pairs. At first a row that the first run kept.

    It stands outside `draw`: a drawing that overtakes another takes along what the other has drawn, and the box with
    what is being typed in it must never go.
    """
    paired = next((run for run in runs if task_of_run(run).is_pair), None)
    if "playground_text" not in st.session_state:
        first = _first_row(paired or runs[0])
        st.session_state["playground_text"] = str(first.get("text") or "")[:LONGEST]
        st.session_state["playground_pair"] = str(first.get("pair") or "")[:LONGEST]
    elif "playground_pair" not in st.session_state:
        st.session_state["playground_pair"] = ""
    kept: dict[str, Any] = {
        "live": LIVE, "max_chars": LONGEST, "persist_state": "session", "on_change": debounce.moved,
    }  # fmt: skip
    if paired is None:
        st.text_input("A text of your own", key="playground_text", **kept)
        return
    one, other = task_of_run(paired).columns
    st.text_input(markup.escape_markdown(f"First text ({one})"), key="playground_text", **kept)
    st.text_input(markup.escape_markdown(f"Second text ({other})"), key="playground_pair", **kept)


def _said(runs: Sequence[Run]) -> tuple[str, str | None]:
    """What stands in the box now; no second text where no run is about pairs."""
    text = st.session_state.get("playground_text") or ""
    paired = any(task_of_run(run).is_pair for run in runs)
    return text, (st.session_state.get("playground_pair") or "") if paired else None


def _first_row(run: Run) -> dict[str, Any]:
    try:
        return next(iter(run.load_eval_rows()), {})
    except RunError:
        return {}


def _live(part: Callable[..., bool], *given: Any, every: float = TICK_S) -> None:
    """Draw a part; while it is not ready, look again and again, and draw all once more when it is."""

    def look(drawn_ready: bool) -> None:
        with errors.boundary("This part"):
            if part(*given) and not drawn_ready:
                st.rerun()

    place = st.empty()
    with place.container():
        ready = part(*given)
    if not ready:
        place.empty()
        st.fragment(look, run_every=every)(False)


LOADING = "The model is being loaded; the first one brings its libraries along, which takes some seconds …"


def _answers(runs: Sequence[Run], names: Names, text: str, pair: str | None) -> bool:
    """A column a run; whether all of them have answered."""
    found = models.answers(runs, text, pair, WAIT_S)
    colors = state.run_colors([run.id for run in runs])
    for column, run, one in zip(st.columns(len(runs)), runs, found, strict=True):
        with column:
            if _unready(one, LOADING):
                continue
            answer, milliseconds = one.value
            shades = theme.class_colors(list(answer.probabilities))
            st.html(
                drawings.answer_html(
                    names[run.id], colors[run.id], answer.label, answer.probabilities, shades, milliseconds
                )
            )
    return all(one.ready for one in found)


def _unready(one: background.Answer, waiting: str) -> bool:
    """Say that it is not there yet, or why it never will be."""
    if not one.ready:
        markup.note(waiting)
    elif one.error:
        st.error(markup.escape_markdown(one.error), icon=":material/error:")
    return not one.ready or bool(one.error)


def _each(
    runs: Sequence[Run], names: Names, found: Sequence[background.Answer], waiting: str, draw_one: Callable[[Any], None]
) -> bool:
    for run, one in zip(runs, found, strict=True):
        if len(runs) > 1:
            st.markdown(f"**{markup.escape_markdown(names[run.id])}**")
        if not _unready(one, waiting):
            draw_one(one.value)
    return all(one.ready for one in found)


def _why(runs: Sequence[Run], names: Names, text: str, pair: str | None) -> bool:
    """Every word's part in the answer."""
    found = [models.explained(run, text, pair) for run in runs]
    return _each(runs, names, found, "Looking at each word …", lambda one: findings.salience(one, text, pair))


def _flips(runs: Sequence[Run], names: Names, text: str, pair: str | None) -> bool:
    found = [models.flipped(run, text, pair) for run in runs]
    return _each(runs, names, found, "Trying small edits …", findings.flip)


def _noise(runs: Sequence[Run], names: Names, text: str, pair: str | None) -> bool:
    found = [models.under_noise(run, text, pair) for run in runs]
    return _each(runs, names, found, "Drawing …", lambda one: findings.survival(one, text, pair))
