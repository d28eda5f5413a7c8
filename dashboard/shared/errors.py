"""What a visitor sees when something fails: two sentences in its place, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.shared.markup import escape_markdown

log = logging.getLogger("dashboard")


@contextmanager
def boundary(subject: str) -> Iterator[None]:
    """Whatever fails inside is said in two sentences; the traceback goes to the server's log, never to the page.

    As a decorator it guards a fragment, which reruns outside the shell.
    """
    try:
        yield
    except Exception as error:  # Streamlit's own stop and rerun signals are BaseExceptions and pass through
        log.exception("%s could not be shown", subject)
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        st.error(
            f"**{escape_markdown(subject)} could not be shown.** {escape_markdown(reason)}", icon=":material/error:"
        )
        st.caption("Reload the page to try again. The full report is in the terminal where the lab was started.")
