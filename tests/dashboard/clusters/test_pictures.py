"""What the browser is given to draw: a twentieth of a pixel is lost on the way, and nothing else."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from core.analysis.kept_rows import KeptRows
from dashboard.clusters import pictures
from dashboard.clusters.frames import Frame


def frame(step: int, points: np.ndarray, near: np.ndarray, predicted: np.ndarray) -> Frame:
    return Frame(step, points, predicted, near, np.zeros(len(points)), ())


def sent(text: str, kind: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), kind)


@pytest.mark.parametrize("rows", [12, 70_000])
def test_places_neighbours_and_predictions_come_back_as_they_were(rows):
    rng = np.random.default_rng(0)
    labels, near = rng.integers(0, 300, rows), rng.integers(0, rows, (rows, 5))
    first, later = rng.normal(size=(rows, 2)), 3 * rng.normal(size=(rows, 2)) + 5
    later[0] = first[0]
    kept = KeptRows("run", 0, first, np.eye(300)[labels[:1]].repeat(2, 0), labels, np.arange(rows))
    drawn = pictures.payload(
        ["one", "two"], [[frame(0, first, near, labels)], [frame(0, later, near, labels)]], kept, [],
        {i: str(i) for i in range(300)}, "class",
    )  # fmt: skip
    low, high = np.array(drawn["box"]).reshape(2, 2)
    back = []
    for run, points in zip(drawn["runs"], (first, later), strict=True):
        (packed,) = run["frames"]
        back.append(low + sent(packed["points"], "<u2").reshape(-1, 2) / 65_535 * (high - low))
        np.testing.assert_allclose(
            back[-1], points, rtol=0, atol=(high - low).max() / 65_535
        )  # a frame has 1,000 pixels
        np.testing.assert_array_equal(sent(packed["near"], "<u4" if packed["wide"] else "<u2").reshape(-1, 5), near)
        np.testing.assert_array_equal(sent(packed["predicted"], "<u2"), labels)
    assert (back[0][0] == back[1][0]).all()  # equal places stay equal


def test_points_on_a_line_are_drawn(run_root):
    flat = np.stack([np.arange(3.0), np.zeros(3)], axis=1)
    kept = KeptRows("run", 0, flat, np.eye(2)[[0, 1, 0]], np.array([0, 1, 0]), np.arange(3))
    drawn = pictures.payload(
        ["one"], [[frame(0, flat, np.zeros((3, 0), int), kept.labels)]], kept, [], {0: "a"}, "class"
    )
    assert sent(drawn["runs"][0]["frames"][0]["points"], "<u2").tolist() == [0, 0, 32_768, 0, 65_535, 0]
