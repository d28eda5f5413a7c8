"""What a visitor sees when something fails."""

from __future__ import annotations


def test_failure_is_told_in_plain_words_and_logged(caplog):
    from streamlit.testing.v1 import AppTest

    def page():
        from dashboard.shared import errors

        with errors.boundary("The table"):
            raise RuntimeError("disk <gone>")

    app = AppTest.from_function(page).run()
    assert not app.exception
    assert "The table could not be shown" in app.error[0].value
    assert "RuntimeError: disk <gone>" in caplog.text
