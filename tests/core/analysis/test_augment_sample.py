"""A sample: every method over the same rows, and how far a model's embeddings of them move."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis.augment_sample import MIXTURE, draw_sample
from core.analysis.preview import PreviewRow
from core.analysis.similarity import changed_rows, mean_states, row_similarities
from core.augment.edits import Edit
from core.config import RunConfig
from core.data.rows import Rows
from core.model.pieces import load_pieces
from core.tasks import get_task

ROWS = Rows(["a wonderful film about cats and dogs .", "seven and 12", "the movie is really long"] * 4, None, [0] * 12)
CONFIG = RunConfig(task="demo-sentiment")


def test_each_method_is_tried_on_every_row_and_the_mixture_is_what_a_run_sees() -> None:
    from core.augment.policy import run_policy

    task = get_task("demo-sentiment")
    sample = draw_sample(CONFIG.replace({"augment.fraction": 0.1}), task, ROWS, load_pieces("demo"))
    assert list(sample.by_method) == ["synonym", "swap", "typo", MIXTURE]
    for method, shown in sample.by_method.items():
        assert [row.row for row in shown] == list(range(12))
        assert method == MIXTURE or {row.method for row in shown} == {method}
    run = run_policy(CONFIG.replace({"augment.fraction": 1.0}), task).epoch(ROWS, 0)[0]
    assert [row.augmented for row in sample.drawn] == run.texts
    assert {finding.rule for finding in sample.findings} == {"sentiment word", "negation", "another word"}
    assert sample.shares.rows == 12
    assert sample.reservation == ""


def test_guesses_are_audited_where_the_model_guesses() -> None:
    config = RunConfig(task="demo-intents").replace({"augment.methods": "context"})
    (finding,) = draw_sample(config, get_task("demo-intents"), ROWS.take(range(3)), load_pieces("demo")).findings
    assert finding.rule == "model's guess"


def row(number: int, before: str, after: str, side: str = "text") -> PreviewRow:
    edits = () if before == after else (Edit(0, len(before), before, after, "by hand"),)
    return PreviewRow(number, 0, side, before, after, "by hand", edits)


def test_similarity_is_the_cosine_of_the_mean_states_and_only_changed_rows_have_one() -> None:
    shown = [row(0, "a fine film", "a fine movie"), row(1, "the same", "the same"), row(2, "a fine film", "zzz qqq")]
    seen: list[tuple[int, int]] = []
    found = row_similarities(CONFIG, {"by hand": shown}, lambda done, of: seen.append((done, of)))
    assert set(found["by hand"]) == {0, 2}
    assert -1 <= found["by hand"][2] < found["by hand"][0] < 1
    vectors = mean_states(CONFIG, [("a fine film",), ("a fine movie",)], lambda done, of: None)
    cosine = np.dot(*vectors) / np.prod(np.linalg.norm(vectors, axis=1))
    assert found["by hand"][0] == pytest.approx(cosine, abs=1e-5)
    assert seen[0] == (0, 3)  # three distinct texts
    assert seen[-1] == (3, 3)


def test_an_embedding_does_not_hang_on_what_else_is_embedded() -> None:
    alone = mean_states(CONFIG, [("a film",)], lambda done, of: None)
    beside = mean_states(CONFIG, [("a film",), ("a film " * 30,)], lambda done, of: None)
    np.testing.assert_allclose(beside[0], alone[0], atol=1e-5)


def test_a_pair_is_embedded_as_one_sequence_and_changed_where_either_side_is() -> None:
    shown = [row(0, "one film", "one film"), row(0, "two films", "two movies", "pair")]
    assert list(changed_rows(shown)) == [0]
    found = row_similarities(CONFIG, {"by hand": shown})["by hand"]
    alone = row_similarities(CONFIG, {"by hand": [row(0, "two films", "two movies")]})["by hand"]
    assert found[0] != pytest.approx(alone[0], abs=1e-4)


def test_nothing_changed_needs_no_embedding() -> None:
    assert row_similarities(CONFIG, {"by hand": [row(0, "same", "same")]}) == {"by hand": {}}
