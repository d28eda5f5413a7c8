"""A field that takes the visitor's own file, which moves at once from the server's memory to the folder of the runs."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.data import own_file
from core.runs.folder.store import RunError, Store
from dashboard import state

ENDINGS = [*(suffix.removeprefix(".") for suffix in own_file.SUFFIXES), own_file.PACKED.removeprefix(".")]


def field(label: str, key: str, keep: Callable[[str], None]) -> None:
    """`keep` is told where the file lies now; what went wrong is said at the top of the page."""
    st.file_uploader(
        label, type=ENDINGS, key=key, max_upload_size=own_file.MAX_BYTES // 2**20, on_change=_move, args=(key, keep)
    )


def _move(key: str, keep: Callable[[str], None]) -> None:
    upload = st.session_state.get(key)
    if not isinstance(upload, UploadedFile):  # taken away, by the visitor or below
        return
    try:
        path = Store().save_upload(upload.name, upload)
    except RunError as error:
        state.queue_message(str(error))
        return
    finally:
        if context := get_script_run_ctx():
            context.uploaded_file_mgr.remove_file(context.session_id, upload.file_id)  # type: ignore[attr-defined]
    keep(str(path))
