"""Rows as the model hub hands them out: labels are ids, truths or scores, and a hidden one is refused."""

from __future__ import annotations

import datasets
import pytest

from core.data import hub
from core.data.rows import DataError
from core.tasks import get_task

ROWS = {
    "SST-2": {"sentence": ["fine", "dull"], "label": [1, 0]},
    "BoolQ": {"question": ["is it", "was it"], "passage": ["it is", "it was not"], "answer": [True, False]},
    "STS-B": {"sentence1": ["a", "b"], "sentence2": ["c", "d"], "label": [1.5, 0.0]},
}


@pytest.fixture
def serve(monkeypatch):
    monkeypatch.setattr("core.model.hub.hub_reachable", lambda: True)

    def of(rows):
        monkeypatch.setattr(datasets, "load_dataset", lambda *names, **options: rows)

    return of


@pytest.mark.parametrize(("task", "labels"), [("SST-2", [1, 0]), ("BoolQ", [1, 0]), ("STS-B", [1.5, 0.0])])
def test_labels_are_read_as_those_of_files(serve, task, labels):
    serve(ROWS[task])
    assert hub.read_split(get_task(task), "dev").labels == labels


@pytest.mark.parametrize(("task", "hidden"), [("SST-2", -1), ("BoolQ", None), ("STS-B", float("nan"))])
def test_a_hidden_label_is_refused_and_never_taken_for_the_last_class(serve, task, hidden):
    column = {"BoolQ": "answer"}.get(task, "label")
    serve({**ROWS[task], column: [ROWS[task][column][0], hidden]})
    with pytest.raises(DataError, match="line 2 has the label"):
        hub.read_split(get_task(task), "dev")
