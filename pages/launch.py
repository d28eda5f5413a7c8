"""LAUNCH: what shall we train? A form made of the configuration's own keys; what it will do stands beside it."""

from __future__ import annotations

import streamlit as st

from core.config import RunConfig
from core.plan.recipes import RECIPES
from core.tasks import TASKS
from dashboard import actions, state
from dashboard.launch import file_card, form_layout, forms, outlook
from dashboard.shared import errors, markup

BLANK = "blank"
FOLLOWED = {"model": outlook.fit_cut, "model.variant": outlook.fit_cut}
"""Fields whose change other fields follow."""


def choose_recipe() -> tuple[RunConfig, ...]:
    """The chosen recipe's runs. A newly chosen one fills the form; what is changed then holds for all its runs."""
    pending = state.take_pending()
    if pending is not None:
        st.session_state["recipe"] = BLANK
    titles = {name: recipe.title for name, recipe in RECIPES.items()} | {BLANK: "Blank"}
    name = st.pills(
        "Recipe", list(titles), format_func=titles.__getitem__, required=True, key="recipe",
        default=next(iter(titles)),
        bind="query-params",
    )  # fmt: skip
    recipe = RECIPES.get(name)
    configs = recipe.configs if recipe else (RunConfig(),)
    if pending is not None:
        forms.fill(st.session_state, pending)
    elif state.session().recipe != name or not forms.started(st.session_state):
        forms.fill(st.session_state, configs[0])
    state.session().recipe = name
    st.page_link(actions.page("sweeps"), label="One setting at several values: a sweep", icon=":material/grid_view:")
    markup.note(
        recipe.description if recipe else "Every setting as it is by default, or as it was in the run you cloned."
    )
    return configs


def draw_card(card: form_layout.Card, errors: dict[str, str]) -> None:
    fields, titles = forms.fields(), {name: task.title for name, task in TASKS.items()}
    options = {"task": tuple(TASKS), "model": outlook.MODELS}
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{card.title}**")
        first, *others = card.main
        named = titles if first == "task" else None
        forms.draw(fields[first], errors.get(first), options.get(first, ()), named, FOLLOWED.get(first))
        for column, key in zip(st.columns(len(others), vertical_alignment="top"), others, strict=True):
            with column:
                forms.draw(fields[key], errors.get(key), on_change=FOLLOWED.get(key))
        with st.expander("More settings", expanded=any(key in errors for key in card.more)):
            for key in card.more:
                forms.draw(fields[key], errors.get(key))


def draw_form(errors: dict[str, str]) -> None:
    for pair in (form_layout.CARDS[:2], form_layout.CARDS[2:]):
        for column, card in zip(st.columns(2, gap="small"), pair, strict=True):
            with column:
                draw_card(card, errors)
        if pair[0].title == "Data" and st.session_state[forms.widget_key("task")] == "file":
            file_card.draw(errors)


@errors.boundary("The plan of these runs")
def draw_summary(configs: list[RunConfig], form_errors: dict[str, str], waited: bool) -> None:
    """What will happen, always in view: figures, obstacles, the click, and the same thing as text."""
    plan, ahead = outlook.plan_all(configs)
    if waited and ahead.ready:
        st.rerun()  # the answers are in: draw the page once more, and stop asking
    with st.container(border=True):
        markup.headline_figures(outlook.plan_figures(plan, configs, ahead))
        for text in outlook.plan_remarks(plan, configs, ahead):
            markup.note(text)
        forms.draw(forms.fields()["run.name"], form_errors.get("run.name"))
        label = "Launch" if len(configs) < 2 else f"Launch {len(configs)} runs"
        problems = outlook.problems(form_errors, plan, ahead)
        if st.button(label, type="primary", disabled=bool(problems) or plan.waiting, width="stretch", key="launch"):
            actions.start_and_show(configs)
        for text in problems:
            st.markdown(f":red[{markup.escape_markdown(text)}]")
        if plan.waiting:
            st.caption("Asking the model hub …")
    if configs:
        command, document = st.tabs(["Command line", "JSON"])
        command.code(forms.command_lines(configs), language="bash", wrap_lines=True)
        document.code(configs[0].to_json(), language="json", height=260)


def body() -> None:
    markup.heading("Launch", "Choose rows, a model, an augmentation and a loss; the run goes on without this page.")
    state.show_messages()
    recipe = choose_recipe()
    config, errors = forms.check(forms.values(st.session_state))
    configs = outlook.variants(config, recipe) if config else []
    plan, ahead = outlook.plan_all(configs)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        draw_form({**errors, **plan.errors})
    with right, st.container(key="launch_summary"):
        st.fragment(draw_summary, run_every=None if ahead.ready else 1.0)(configs, errors, not ahead.ready)


body()
