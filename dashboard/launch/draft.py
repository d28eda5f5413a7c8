"""What was changed on the launch form stands in the address, so that it survives a reload and can be shared."""

from __future__ import annotations

import streamlit as st

from core.config import RunConfig, parse_assignments
from core.plan.command import changes

PARAMETER = "set"
"""`set=train.epochs=5`, once for each key that differs from the recipe's."""


def restore(start: RunConfig) -> RunConfig:
    """The recipe's configuration with what the address changes; what is not a setting, or not possible, is ignored."""
    try:
        return start.replace(parse_assignments(st.query_params.get_all(PARAMETER)))
    except ValueError:
        return start


def keep(config: RunConfig, start: RunConfig) -> None:
    """Write what differs from the recipe into the address."""
    wanted = changes(config, start)
    if st.query_params.get_all(PARAMETER) != wanted:
        st.query_params[PARAMETER] = wanted
