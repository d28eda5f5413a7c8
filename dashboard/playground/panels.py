"""One box for a text, and beneath it what every chosen run answers, why, and what would turn the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.analysis.recorded import task_of_run
from core.runs.folder.store import Run, RunError
from core.wording import percent
from dashboard import state, theme
from dashboard.playground import drawings, models
from dashboard.shared import background, errors, formatting, markup

if TYPE_CHECKING:
    from core.analysis.playground.probes import Attempt, Flip, Survival
    from core.analysis.playground.salience import Salience

WAIT_S, TICK_S = 0.25, 0.3
"""For the answers of all runs together; probes are looked for at each tick: a page that waits draws nothing newer."""
LONGEST = 2000
"""Characters of a text."""
LIVE = "60ms"
"""How long no key must have been struck before the models are asked."""
VIEWS = ("Why?", "What would change its mind?", "Does it survive noise?")
SHOWN = 6
"""Draws that turned the answer."""
Names = Mapping[str, str]
_LAST = "playground_last"


@errors.boundary("The playground")
def draw(runs: Sequence[Run], names: Names) -> None:
    """The box and all that hangs on it: a fragment, so that a key redraws no more than this."""
    text, pair = _box(runs)
    if not text.strip():
        markup.empty("Type a text above: every run answers as you type.")
        return
    if pair is not None and not pair.strip():
        markup.note("This is about two texts: type the second one, too.")
    now = models.probes(runs, text, pair)
    models.abandon([key for key in st.session_state.get(_LAST, ()) if key not in now])
    st.session_state[_LAST] = now
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    with st.container(key="playground-answers"):
        _live(_answers, runs, names, text, pair)
    if view == VIEWS[0]:
        _live(_why, runs, names, text, pair)
        return
    asked = (view, text, pair, tuple(run.id for run in runs))
    kept = st.session_state.setdefault("playground_asked", set())
    if asked not in kept:
        label = "Try small edits" if view == VIEWS[1] else "Draw fifty times"
        if not st.button(label, icon=":material/play_arrow:", key="playground-ask"):
            markup.note(_told(view))
            return
        if len(kept) > 50:
            kept.clear()
        kept.add(asked)
    _live(_flips if view == VIEWS[1] else _noise, runs, names, text, pair)


def _told(view: str) -> str:
    if view == VIEWS[1]:
        return "Synonyms, typos, swapped neighbours and negations are tried, the smallest first: 3 s at most."
    return "The text as fifty epochs of each run's own augmentation would show it."


def _box(runs: Sequence[Run]) -> tuple[str, str | None]:
    """The text, and the second one where a chosen run is about pairs. At first a row that the first run kept."""
    paired = next((run for run in runs if task_of_run(run).is_pair), None)
    if "playground_text" not in st.session_state:
        first = _first_row(paired or runs[0])
        st.session_state["playground_text"] = str(first.get("text") or "")[:LONGEST]
        st.session_state["playground_pair"] = str(first.get("pair") or "")[:LONGEST]
    elif "playground_pair" not in st.session_state:
        st.session_state["playground_pair"] = ""
    kept: dict[str, Any] = {"live": LIVE, "max_chars": LONGEST, "persist_state": "session"}
    if paired is None:
        return st.text_input("A text of your own", key="playground_text", **kept) or "", None
    one, other = task_of_run(paired).columns
    text = st.text_input(markup.escape_markdown(f"First text ({one})"), key="playground_text", **kept)
    pair = st.text_input(markup.escape_markdown(f"Second text ({other})"), key="playground_pair", **kept)
    return text or "", pair or ""


def _first_row(run: Run) -> dict[str, Any]:
    try:
        return next(iter(run.load_eval_rows()), {})
    except RunError:
        return {}


def _live(part: Callable[..., bool], *given: Any) -> None:
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
        st.fragment(look, run_every=TICK_S)(False)


def _answers(runs: Sequence[Run], names: Names, text: str, pair: str | None) -> bool:
    """A column a run; whether all of them have answered."""
    found = models.answers(runs, text, pair, WAIT_S)
    colors = state.run_colors([run.id for run in runs])
    for column, run, one in zip(st.columns(len(runs)), runs, found, strict=True):
        with column:
            if _unready(one, "The model is being loaded …"):
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
    return _each(runs, names, found, "Looking at each word …", lambda one: _salience(one, text, pair))


def _salience(found: Salience, text: str, pair: str | None) -> None:
    texts = [text] if {word.side for word in found.words} <= {0} or pair is None else [text, pair]
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"Left out, one word at a time: **{markup.escape_markdown(found.answer)}** would lose")
        st.html(drawings.words_html(found.words, found.left_out, texts))
    with right:
        st.markdown("Integrated gradients: what each word adds as all fade in")
        st.html(drawings.words_html(found.words, found.gradients, texts))
        total = sum(part or 0.0 for part in found.gradients) + found.rest
        said = "as they should" if found.sums_up else "and should not be so far off: read them with care"
        markup.note(
            f"With the words the model stands at {found.whole:.3f}, without any at {found.empty:.3f}: a difference of "
            f"{found.whole - found.empty:+.3f}. The parts sum to {total:+.3f}, {said} ({found.nodes} points)."
        )
    markup.note("In log-odds of the answer (a score: in its own unit). Teal speaks for it, orange against it.")


def _flips(runs: Sequence[Run], names: Names, text: str, pair: str | None) -> bool:
    found = [models.flipped(run, text, pair) for run in runs]
    return _each(runs, names, found, "Trying small edits …", _flip)


def _flip(found: Flip) -> None:
    tried = sum(found.tried.values())
    more = f"; {formatting.number(found.left)} more were left untried" if found.left else ""
    budget = f"{formatting.number(tried)} edits in {found.seconds:.1f} s{more}"
    one = found.smallest
    if one is not None:
        st.markdown(
            f"{_characters(one)} **{markup.escape_markdown(found.label)}** into "
            f"**{markup.escape_markdown(one.label)}** ({budget})."
        )
        markup.show_edits(one.text, one.edits, one.kind)
    elif found.closest is not None:
        now = f"from {formatting.number(found.odds)} to {formatting.number(found.closest.odds)}"
        st.markdown(
            f"Nothing that was tried turns **{markup.escape_markdown(found.label)}** ({budget}). Nearest, {now}:"
        )
        markup.show_edits(found.closest.text, found.closest.edits, found.closest.kind)
    else:
        st.markdown("There is nothing to edit in this text.")
        return
    rows = [(kind, count, found.by_kind.get(kind)) for kind, count in found.tried.items()]
    cells = "".join(
        f"<tr><td>{markup.escape_html(kind)}</td><td>{count}</td><td>{_edit(best)}</td>"
        f"<td>{markup.escape_html(best.label) if best else '–'}</td></tr>"
        for kind, count, best in rows
    )
    head = "<tr><th>kind</th><th>tried</th><th>smallest edit</th><th>new answer</th></tr>"
    st.html(markup.framed_table(head + cells))


def _characters(one: Attempt) -> str:
    return "1 changed character turns" if one.size == 1 else f"{one.size} changed characters turn"


def _edit(one: Attempt | None) -> str:
    if one is None:
        return "none did"
    return markup.escape_html("; ".join(f"“{edit.before}” → “{edit.after}”" for edit in one.edits))


def _noise(runs: Sequence[Run], names: Names, text: str, pair: str | None) -> bool:
    found = [models.under_noise(run, text, pair) for run in runs]
    return _each(runs, names, found, "Drawing …", lambda one: _survival(one, text, pair))


def _survival(found: Survival, text: str, pair: str | None) -> None:
    count, kept = len(found.draws), len(found.draws) - len(found.lost)
    st.markdown(
        f"**{markup.escape_markdown(found.label)}** stays in **{kept} of {count}** draws "
        f"({percent(found.kept.value)}; 95 % interval {percent(found.kept.low)} to {percent(found.kept.high)})."
    )
    source = "the run's own augmentation" if found.own else "the default augmentation, as this run augments nothing"
    markup.note(f"Drawn from {source}; in {found.unchanged} draws it found nothing to change.")
    lines = []
    for row, label in found.lost[:SHOWN]:
        sides = [(before, side) for before, side in ((text, row.text), (pair, row.pair)) if before is not None and side]
        color = theme.method_color(row.method)
        shown = "<br>".join(markup.edited_html(before, side.edits, color) for before, side in sides)
        lines.append(f"<tr><td>{markup.escape_html(label)}</td><td>{shown}</td></tr>")
    if lines:
        more = f" (the first {len(lines)})" if len(found.lost) > len(lines) else ""
        head = f"<tr><th>answer</th><th>draws that turned it{more}</th></tr>"
        st.html(markup.framed_table(head + "".join(lines), "lab-text", "small"))
