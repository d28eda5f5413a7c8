"""The button that starts runs, whose click is kept while it is not known yet whether they can start."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.config import RunConfig
from dashboard.launch.outlook import Outlook
from dashboard.shared import markup


def launch_button(label: str, configs: Sequence[RunConfig], known: Outlook, key: str) -> bool:
    """Whether to start these runs now: the button was clicked, and nothing stands in their way.

    A click that comes before the answer waits for it, as long as the runs stay the same: Streamlit drops the click on a
    button that is disabled by the time it arrives, as it would be after each change of the form.
    """
    blocked = not configs or not (known.possible or known.waiting)
    asked = f"{key}-asked"
    if st.button(label, type="primary", disabled=blocked, width="stretch", key=key):
        st.session_state[asked] = list(configs)
    if st.session_state.get(asked) != list(configs) or not known.waiting:
        return st.session_state.pop(asked, None) == list(configs) and known.possible
    markup.note("It starts as soon as the plan is known.")
    return False
