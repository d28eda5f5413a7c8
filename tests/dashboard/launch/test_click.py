"""The button that starts runs: no click is lost while the plan is worked out, none starts other runs."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from core.config import RunConfig
    from core.plan.check import Plan
    from dashboard.launch.click import launch_button
    from dashboard.launch.outlook import Outlook

    state = st.session_state
    plan = Plan(errors={"task": "no such task"} if state.wrong else {})
    st.text(launch_button("Launch", [RunConfig(seed=state.seed)], Outlook(plan, waiting=state.waiting), "go"))


@pytest.mark.parametrize(
    ("seed", "wrong", "started"), [(1, False, "True"), (2, False, "False"), (1, True, "False")], ids=str
)
def test_click_before_the_plan_is_known_waits_for_it_and_holds_for_these_runs_alone(seed, wrong, started):
    app = AppTest.from_function(page)
    for key, value in {"seed": 1, "wrong": False, "waiting": True}.items():
        app.session_state[key] = value
    app.run().button(key="go").click().run()
    assert app.text[0].value == "False"
    assert app.run().text[0].value == "False"  # a tick later it still waits
    for key, value in {"seed": seed, "wrong": wrong, "waiting": False}.items():
        app.session_state[key] = value
    assert app.run().text[0].value == started
    assert app.run().text[0].value == "False"  # once
