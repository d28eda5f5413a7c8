"""A process that ends instead of answering says why; what is answered is tested by those who ask."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis.aside import Aside, AsideError

SENT = {"points": np.zeros((3, 2), np.float32)}


def test_its_last_words_are_told():
    with Aside("core.no_such_module") as aside, pytest.raises(AsideError, match="no_such_module"):
        aside.ask(SENT)


def test_one_that_never_answers_is_ended_when_patience_is_over():
    # json.tool waits for the end of its input
    with Aside("json.tool", patience_s=0.3) as aside, pytest.raises(AsideError, match="ended by signal 9"):
        aside.ask(SENT)
