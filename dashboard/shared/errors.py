"""What a visitor sees when something fails: two sentences in its place, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.fields import ConfigError
from core.runs.folder.files import RunError
from dashboard.shared.markup import escape_markdown

log = logging.getLogger("dashboard")


@contextmanager
def boundary(subject: str) -> Iterator[None]:
    """Whatever fails inside is said in two sentences; the traceback goes to the server's log, never to the page.

    As a decorator it guards a fragment, which reruns outside the shell.
    """
    try:
        yield
    except ConfigError as error:  # the lab is as it should be: no report, and a reload alone helps nothing
        log.warning("%s could not be shown: %s", subject, error)
        _say(subject, error, "It lies in a setting or in a file of your own: once that is mended, reload the page.")
    except RunError as error:
        log.warning("%s could not be shown: %s", subject, error)
        _say(subject, error, "A run whose files are damaged can be left out of the choice, or deleted on Runs.")
    except Exception as error:  # Streamlit's own stop and rerun signals are BaseExceptions and pass through
        log.exception("%s could not be shown", subject)
        report = "Reload the page to try again. The full report is in the terminal where the lab was started."
        _say(subject, error, report)


def _say(subject: str, error: Exception, advice: str) -> None:
    reason = " ".join(str(error).split())[:300] or type(error).__name__
    st.error(f"**{escape_markdown(subject)} could not be shown.** {escape_markdown(reason)}", icon=":material/error:")
    st.caption(advice)
