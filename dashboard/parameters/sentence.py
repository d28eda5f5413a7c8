"""The tab of one's own sentence: typed, sent through a model before and after a cut, or before and after training."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core import wording
from core.model.piece_marks import legend
from core.model.source import FULL_SIZE
from core.wording import percent
from dashboard.parameters import attention_figures, cuts, sentence_models
from dashboard.parameters.sentence_models import CUT, TRAINING
from dashboard.parameters.tables import Limits
from dashboard.shared import background, debounce, errors, markup, run_words, saving

if TYPE_CHECKING:
    from core.analysis.drift import Surgery

WAIT_S = 0.3
TICK_S = 0.4
LOOK_S = 0.15
"""Between two looks at an answer that somebody waits for."""
EXAMPLE = "please cancel my order and send the money back"
LONGEST = 400
TITLE = "The layers it started from, then the trained ones, under this run's head"
Ask = Callable[..., tuple[tuple, background.Answer]]
"""With how long to wait; the question's key and its answer out."""
_LAST, _AHEAD, _MASKED, _PREPARED = "surgery_asked", "surgery_ahead", "surgery_masked", "surgery_prepared"


def draw(model: str, most: Limits) -> None:
    """The sentence's box, its masked word or run, and the answer, drift and attention before and after."""
    if model == FULL_SIZE:
        markup.note("This is the architecture alone: it reads no text.")
        st.button("Look at the demo", key="surgery_demo", on_click=_take_demo, icon=":material/arrow_forward:")
        return
    left, right = st.columns([3, 2])
    with right:
        run_id, change = _choose(model, most)
    if change == TRAINING and run_id is None:
        markup.note(f"{most.uncut} What training moves in a sentence is seen here once a run of it is finished.")
        return
    text = left.text_input(
        "A sentence of your own", EXAMPLE, key="surgery_text", max_chars=LONGEST, live=True, persist_state="session"
    )
    text = (text or "").strip()
    if not text:
        markup.note("Type a sentence.")
        return
    if change == TRAINING:
        _live_training(model, str(run_id), text)
        return
    debounce.live("sentence", _live, model, most, run_id, text)
    if cuts.said(model, most).rank:
        st.fragment(_ahead, run_every=TICK_S)(model, most, run_id)


def prepare(model: str, most: Limits) -> None:
    """While another tab is read: load the model and decompose its first rank, which this tab would ask for.

    Once a model: sliders that move come first.
    """
    if model == FULL_SIZE or most.uncut or st.session_state.get(_PREPARED) == model:
        return
    st.session_state[_PREPARED] = model
    if (cut := cuts.said(model, most)).rank:
        sentence_models.prepare(model, cut.layers, cut.rank)


def _take_demo() -> None:
    st.session_state["model"] = "demo"


def _choose(model: str, most: Limits) -> tuple[str | None, str]:
    """(The run that answers, None for the pre-trained model itself; which change is seen)."""
    infos = sentence_models.runs_of(model)
    names = run_words.unique_names(infos)
    options: list[str | None] = [*([] if most.uncut else [None]), *(info.id for info in infos)]
    if not options:
        return None, TRAINING
    if st.session_state.get("surgery_run") not in options:
        st.session_state["surgery_run"] = options[0]
    run_id = st.selectbox(
        "Which model answers", options, key="surgery_run",
        format_func=lambda one: "the model itself: guesses a masked word" if one is None else names[one],
    )  # fmt: skip
    if run_id is None:
        return None, CUT
    if most.uncut or run_id not in {info.id for info in infos if sentence_models.can_be_cut(info)}:
        return run_id, TRAINING
    return run_id, st.segmented_control(
        "Before and after", (CUT, TRAINING), default=CUT, key="surgery_change", required=True
    )


@errors.boundary("This sentence")
def _live(model: str, most: Limits, run_id: str | None, text: str) -> None:
    """Ask, and draw what is there; where it is not there yet look again and again."""
    cut = cuts.said(model, most)
    masked = None
    if run_id is None:
        ask_words = partial(sentence_models.words, cut.model, run_id, text)
        known = ask_words(wait_s=WAIT_S)
        if not known.ready:  # a cut asked now would be of the sentence without its masked word, and stay
            markup.note("Reading this sentence …")
            st.fragment(_wait, run_every=LOOK_S)(lambda: ask_words(wait_s=0.0))
            return
        masked = _choose_word(known.value or [])
    rank = f"rank {cut.rank}" if cut.rank else "attention as it is"
    title = f"{cut.layers} layer{'s' if cut.layers > 1 else ''}, {rank}"
    ask = partial(sentence_models.cut, cut.model, run_id, text, cut.layers, cut.rank, masked)
    _draw_or_wait(ask, title, f"Decomposing {cut.layers} layers at rank {cut.rank}: once for each rank …")


@errors.boundary("This sentence")
def _live_training(model: str, run_id: str, text: str) -> None:
    _draw_or_wait(
        partial(sentence_models.training, model, run_id, text), TITLE, "Reading the run and what it started from …"
    )


def _draw_or_wait(ask: Ask, title: str, waiting: str) -> None:
    if _asked(ask, title):
        return
    markup.note(waiting)
    st.fragment(_wait, run_every=LOOK_S)(lambda: ask(wait_s=0.0)[1])


def _asked(ask: Ask, title: str) -> bool:
    """Draw the answer; False where it is still worked out. What was asked before and nobody waits for is forgotten."""
    key, found = ask(wait_s=WAIT_S)
    last = st.session_state.get(_LAST)
    if last not in (None, key) and not found.ready:
        background.lane("probes").forget(last)
    st.session_state[_LAST] = key
    if found.error:
        st.error(markup.escape_markdown(found.error), icon=":material/error:")
    elif found.ready:
        _show(found.value, title)
    return found.ready


def _wait(look: Callable[[], background.Answer]) -> None:
    if look().ready:
        st.rerun()


def _ahead(model: str, most: Limits, run_id: str | None) -> None:
    """While nobody asks, decompose the ranks next to this one, so that the slider need not wait for them."""
    cut = cuts.said(model, most)
    if st.session_state.get(_AHEAD) != (key := (cut.model, run_id, cut.layers)) and sentence_models.warm(
        cut.model, run_id, cut.layers, cut.rank, most.width
    ):
        st.session_state[_AHEAD] = key


def _choose_word(words: list[str]) -> int | None:
    if not words:
        return None
    # A widget for each sentence: under one key the browser goes on to show the word that stood there before.
    names = tuple(f"{number}. {word}" for number, word in enumerate(words, 1))
    kept = st.session_state.get(_MASKED)
    place = names.index(kept) if kept in names else max(range(len(words)), key=lambda i: len(words[i]))
    chosen = st.selectbox("Masked word", names, place, key=f"surgery_word-{names}")
    st.session_state[_MASKED] = chosen
    return names.index(chosen)


def _show(seen: sentence_models.Seen, title: str) -> None:
    surgery = seen.surgery
    if seen.note:
        markup.note(f"{wording.capital(seen.note)}.")
    if surgery.cut_off:
        markup.note(f"The last {surgery.cut_off} pieces of this sentence are left out.")
    answer, drift = st.columns([2, 3], gap="large")
    with answer:
        _answers(seen, title)
    with drift:
        saving.draw(attention_figures.drift_lines(surgery.drift, seen.change), "surgery-drift", tools=False)
    saving.draw(attention_figures.moved_map(surgery.moved), "surgery-moved", tools=False)
    _head(surgery)
    if seen.adapters:
        saving.draw(attention_figures.adapter_bars(seen.adapters), "surgery-lora", tools=False)
        uncut = ", before anything is cut" if seen.change == CUT else ""
        markup.note(f"Of this run's LoRA{uncut}: mean over this sentence's pieces.")


def _answers(seen: sentence_models.Seen, title: str) -> None:
    """Name by name, before and after."""
    before, after = seen.surgery.before.answer, seen.surgery.after.answer
    st.markdown(f"**{title}**")
    if not before:
        markup.note("This model has no head that answers: what its layers do is drawn all the same.")
    else:
        names = list(dict.fromkeys([*before, *after]))[:8]
        rows = [(name, _share(before.get(name)), _share(after.get(name))) for name in names]
        head = "guess for the masked word" if seen.masks else "class"
        st.html(markup.plain_table(pd.DataFrame(rows, columns=[head, "before", "after"])))
        first, last = next(iter(before)), next(iter(after))
        if first != last:
            st.markdown(f"The answer changes from **{markup.escape_markdown(first)}** to "
                        f"**{markup.escape_markdown(last)}**.")  # fmt: skip
        else:
            st.markdown(f"The answer stays **{markup.escape_markdown(first)}**.")
    lost = ""
    if missed := seen.surgery.errors:
        lost = f" Query-key tensors miss {percent(sum(missed) / len(missed), 1)} of their norm on average."
    work = "The cut and its pass" if seen.change == CUT else "Both passes"
    markup.note(f"{work}: {seen.milliseconds:,.0f} ms.{lost}")


def _share(value: float | None) -> str:
    return "–" if value is None else percent(value, 1) if 0 <= value <= 1 else f"{value:.3f}"


def _head(surgery: Surgery) -> None:
    """One head's attention, chosen; at first the one that the cut moves most."""
    kept, heads = surgery.moved.shape
    layers = len(surgery.before.attention)
    left, right = st.columns(2)
    key = f"{layers}-{heads}"
    # A default, for good: a value put into the state reaches the browser in one drawing, which the next may overtake.
    most_layer, most_head = st.session_state.setdefault(
        f"surgery-most-{key}", (int(surgery.moved.max(axis=1).argmax()), int(surgery.moved.max(axis=0).argmax()))
    )
    layer = left.slider("Layer", 0, layers - 1, most_layer, key=f"surgery-layer-{key}") if layers > 1 else 0
    head = right.slider("Head", 0, heads - 1, most_head, key=f"surgery-head-{key}") if heads > 1 else 0
    if layer >= kept:
        markup.note(f"Layer {layer} is cut away: there is no attention after.")
    after = surgery.after.attention[layer, head] if layer < kept else None
    saving.draw(
        attention_figures.attention_maps(
            surgery.before.attention[layer, head], after, surgery.pieces, f"layer {layer}, head {head}"
        ),
        "surgery-attention", tools=False,
    )  # fmt: skip
    if said := legend(surgery.pieces):
        markup.note(said)
