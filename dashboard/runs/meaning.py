"""What a finished run's score means, what to try next, and a box whose text the trained model answers."""

from __future__ import annotations

import textwrap

import streamlit as st

from core import wording
from core.plan.recipes import RECIPES
from core.runs.folder.store import Run, RunError, RunInfo, Store
from dashboard import actions, state
from dashboard.launch.form_layout import for_people
from dashboard.shared import background, charts, errors, formatting, markup, metric_frames, run_words
from dashboard.shared.command import Command

TICK_S = 0.4
LONGEST = 2000
"""Characters of a sentence."""


def draw(info: RunInfo, run: Run) -> None:
    """For one finished run; nothing while there is no score."""
    said = compared(info, run)
    if not said:
        return
    st.header(markup.escape_markdown(f"What {run_words.score_in_words(info)} means"), anchor=False)
    if info.status and info.status.verdict:
        markup.note(f"{wording.capital(for_people(info.status.verdict))}.")
    markup.headline_figures(said)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Next**")
        if st.button("Compare two losses", key="next-pair", icon=":material/scatter_plot:"):
            actions.compare(RECIPES["ce-joint"].configs)
        st.page_link(actions.page("clusters"), label="See its classes apart", icon=":material/bubble_chart:")
        if info.config and info.config.augment.changes_rows:
            st.button("See what augmentation changed", key="next-texts", type="tertiary", icon=":material/edit_note:",
                      on_click=st.session_state.update, kwargs={"view": "Augmented texts"})  # fmt: skip
    _ask(run)


def compared(info: RunInfo, run: Run) -> list[tuple[str, str, str]]:
    """The score beside what it has to beat: the commonest class, and the model before its first step."""
    value, status = run_words.score_value(info), info.status
    if value is None or status is None:
        return []
    name = next(key for key, number in status.metrics.items() if number is not None)
    figures = [(charts.metric_name(name), formatting.number(float(value)), "after training")]
    majority = status.majority.get(name)
    if majority is not None:
        figures.append(("always the commonest class", formatting.number(float(majority)), "what no model has to learn"))
    steps, scores = metric_frames.series(state.metric_frame(run), f"eval_{name}")
    if steps.size and steps[0] == 0:
        own = "own head goes on" in status.weights_note
        head = "the model as it came" if own else "a classifier of random weights on the encoder as it came"
        figures.append(("before the first step", formatting.number(float(scores[0])), head))
    return figures


def _ask(run: Run) -> None:
    """A text of one's own, answered by the trained model in a process of its own."""
    try:
        first = next(iter(run.load_eval_rows()), {})
    except RunError:
        return
    if first.get("pair"):
        return  # it answers about two texts
    example = textwrap.shorten(str(first.get("text", "")), 60, placeholder=" …")
    with st.form(f"ask-{run.id}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Try a sentence of your own", key=f"asked-{run.id}", placeholder=example, max_chars=LONGEST
        )
        asked = st.form_submit_button("Ask", icon=":material/send:")
    if asked and text.strip():
        st.session_state[f"question-{run.id}"] = text.strip()
    question = st.session_state.get(f"question-{run.id}")
    if question:
        ready = _answer(run, question).ready
        st.fragment(_show, run_every=None if ready else TICK_S)(run, question, ready)


def _answer(run: Run, text: str) -> background.Answer:
    words = ["predict", run.id, f"--text={text}", "--runs", str(Store().root)]
    return background.lane().ask(tuple(words), Command(words), wait_s=0.2)


@errors.boundary("This answer")
def _show(run: Run, text: str, drawn: bool) -> None:
    answer = _answer(run, text)
    if answer.ready and not drawn:
        st.rerun()
    if not answer.ready:
        markup.note("The trained model is being loaded …")
    elif answer.error:
        st.error(markup.escape_markdown(answer.error), icon=":material/error:")
    else:
        given = answer.value["rows"][0]
        ranked = sorted(given["probabilities"].items(), key=lambda item: -item[1])[:3]
        st.markdown(f"**{markup.escape_markdown(str(given['label']))}**: “{markup.escape_markdown(text)}”")
        markup.note(" · ".join(f"{name} {float(share):.3f}" for name, share in ranked))
