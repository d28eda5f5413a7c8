"""LAUNCH: what shall we train? A form made of the configuration's own keys; what it will do stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.config import RunConfig
from core.model.source import OFFERED
from core.plan.command import train_command
from core.plan.recipes import RECIPES
from dashboard import actions, state
from dashboard.launch import draft, file_card, form_layout, forms, outlook
from dashboard.launch.click import launch_button
from dashboard.shared import errors, markup

BLANK = "blank"
FOLLOWED = {"model": outlook.fit_cut, "model.variant": outlook.fit_cut}
# fields whose change other fields follow


def choose_recipe() -> tuple[RunConfig, ...]:
    """The chosen recipe's runs. A newly chosen one fills the form; what is changed then holds for all its runs."""
    pending = state.take_pending()
    if pending is not None:
        st.session_state["recipe"] = BLANK
    titles = {name: recipe.title for name, recipe in RECIPES.items()} | {BLANK: "Blank"}
    state.read_address("recipe", titles)
    name = st.pills(
        "Recipe", list(titles), format_func=titles.__getitem__, required=True, key="recipe",
        default=next(iter(titles)),
        bind="query-params",
    )  # fmt: skip
    recipe = RECIPES.get(name)
    configs = recipe.configs if recipe else (RunConfig(),)
    start = outlook.shared(configs)
    if pending is not None:
        forms.fill(st.session_state, pending)
    elif not forms.started(st.session_state):
        forms.fill(st.session_state, draft.restore(start))
    elif state.session().recipe != name:
        forms.fill(st.session_state, start)
    state.session().recipe = name
    st.page_link(actions.page("sweeps"), label="One setting at several values: a sweep", icon=":material/grid_view:")
    entered, _ = forms.check(forms.values(st.session_state))
    if recipe is None:
        markup.note("Every setting at its default, or as it was in the run that you cloned.")
    elif entered is None or entered.replace({"run.name": start.run.name}) == start:
        markup.note(recipe.description)
    else:
        markup.note(f"“{recipe.title}” with your changes; choose Blank to start afresh.")
    return configs


def draw_card(card: form_layout.Card, errors: dict[str, str], resolved: Mapping[str, Any]) -> None:
    fields, titles = forms.fields(), file_card.task_titles(st.session_state[forms.widget_key("task")])
    options = {"task": tuple(titles), "model": OFFERED}
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{card.title}**")
        first, *others = card.main
        named = titles if first == "task" else None
        forms.draw(fields[first], errors.get(first), options.get(first, ()), named, FOLLOWED.get(first))
        for column, key in zip(st.columns(len(others), vertical_alignment="top"), others, strict=True):
            with column:
                forms.draw(fields[key], errors.get(key), on_change=FOLLOWED.get(key), resolved=resolved.get(key))
        draw_more(card, errors, resolved)


def draw_more(card: form_layout.Card, errors: dict[str, str], resolved: Mapping[str, Any]) -> None:
    """The card's other fields, once they are asked for: four fifths of the form, whose values last without them."""
    shown = f"more:{card.title}"
    if any(key in errors for key in card.more):
        st.session_state[shown] = True
    more = st.expander("More settings", key=shown, on_change="rerun")
    if more.open:
        with more:
            for key in card.more:
                forms.draw(forms.fields()[key], errors.get(key), resolved=resolved.get(key))


def draw_form(errors: dict[str, str], resolved: Mapping[str, Any]) -> None:
    for pair in (form_layout.CARDS[:2], form_layout.CARDS[2:]):
        for column, card in zip(st.columns(2, gap="small"), pair, strict=True):
            with column:
                draw_card(card, errors, resolved)
        if pair[0].title == "Data" and file_card.is_own(st.session_state[forms.widget_key("task")]):
            file_card.draw(errors)


def offer_demo(config: RunConfig) -> None:
    """What needs the hub can be tried without it, in one click."""
    with st.container(border=True):
        markup.note("The model hub does not answer. The same recipe runs on the data and the model that are shipped.")
        st.button(
            "Use the demo's data and model", type="primary", key="on-demo", icon=":material/bolt:",
            on_click=forms.fill, args=(st.session_state, outlook.on_demo(config)),
        )  # fmt: skip


def draw_findings(known: outlook.Outlook) -> None:
    """What is to be known of a task's rows; that of an own file stands beside its preview."""
    found = known.plan.data.get("findings", ())
    if found and known.plan.task and known.plan.task.origin != "file":
        with st.expander(f"In the data: {len(found)} things to know"):
            for finding in found:
                markup.note(outlook.finding_told(finding))


@errors.boundary("The plan of these runs")
def draw_summary(recipe: tuple[RunConfig, ...], waited: bool) -> None:
    """What will happen, always in view: figures, obstacles, the click, and the same thing as text."""
    config, wrong = forms.check(forms.values(st.session_state))  # with the name, which is typed in here
    if config:
        draft.keep(config, outlook.shared(recipe))
    configs = outlook.variants(config, recipe) if config else []
    known = outlook.look(configs)
    with st.container(border=True):
        markup.headline_figures(outlook.plan_figures(known, configs))
        forms.draw(forms.fields()["run.name"], wrong.get("run.name"), resolved=config.subject if config else None)
        label = "Launch" if len(configs) < 2 else f"Launch {len(configs)} runs"
        if launch_button(label, configs, known, "launch"):
            actions.start_and_show(configs)
        for text in outlook.problems(wrong, known):
            markup.note(text)
        if known.waiting:
            st.caption("Working out the plan …")
        # What comes in seconds later stands beneath, so that no button moves under a click.
        for text in outlook.plan_remarks(known, configs):
            markup.note(text)
        draw_findings(known)
    if configs:
        command, document = st.tabs(["Command line", "JSON"])
        command.code(
            "\n\n".join(train_command(config, lines=True) for config in configs), language="bash", wrap_lines=True
        )
        document.code(configs[0].to_json(), language="json", height=260)
    if waited and not known.open:
        st.rerun()  # the answers are in: draw the page once more. Last, since it would drop a click on the button above


def body() -> None:
    markup.heading("Launch", "Choose rows, a model, an augmentation and a loss; the run goes on without this page.")
    state.show_messages()
    recipe = choose_recipe()
    config, wrong = forms.check(forms.values(st.session_state))
    known = outlook.look(outlook.variants(config, recipe) if config else [])
    offered = config is not None and outlook.needs_hub(known, config)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        if config is not None and offered:
            offer_demo(config)
        with st.container(key="launch_form"):
            draw_form({**wrong, **({} if offered else outlook.said_on_fields(known))}, known.plan.resolved)
    with right, st.container(key="launch_summary"):
        st.fragment(draw_summary, run_every=1.0 if known.open else None)(recipe, known.open)


body()
