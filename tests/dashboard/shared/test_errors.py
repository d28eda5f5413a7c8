"""What a visitor sees when something fails."""

from __future__ import annotations


def test_what_lies_in_a_setting_is_not_to_be_reloaded_away(caplog):
    from streamlit.testing.v1 import AppTest

    def script():
        from core.fields import ConfigError
        from dashboard.shared import errors

        with errors.boundary("The preview"):
            raise ConfigError("augment.methods", "mine.py:3: no_such_name")

    app = AppTest.from_function(script).run()
    assert app.error[0].value.replace("\\", "") == "**The preview could not be shown.** mine.py:3: no_such_name"
    assert "once that is mended" in app.caption[0].value
    assert "terminal" not in app.caption[0].value
    assert "Traceback" not in caplog.text


def test_damaged_run_is_to_be_left_out_and_not_reloaded_away():
    from streamlit.testing.v1 import AppTest

    def script():
        from core.runs.folder.store import RunError
        from dashboard.shared import errors

        with errors.boundary("Errors"):
            raise RunError("record.json is not JSON")

    app = AppTest.from_function(script).run()
    assert "record.json is not JSON" in app.error[0].value.replace("\\", "")
    assert "deleted on Runs" in app.caption[0].value


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
