"""What another process measures is what is measured here, and it is asked where that takes long."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.analysis import measures, measuring
from core.analysis.kept_rows import KeptRows
from core.runs.folder.files import RunError


def made(rows: int = 90, classes: int = 3, step: int = 10) -> KeptRows:
    """Rows of `classes` classes, or of a score where that is 1."""
    rng = np.random.default_rng(step)
    labels = rng.integers(0, classes, rows) if classes > 1 else rng.random(rows).astype(np.float32)
    pooled = (rng.normal(size=(rows, 8)) + np.asarray(labels)[:, None]).astype(np.float32)
    logits = rng.normal(size=(rows, classes)).astype(np.float32)
    return KeptRows("a-run", step, pooled, logits, labels, np.arange(rows))


@pytest.fixture(scope="module")
def asides():
    with measuring.Measuring("pooled", "plain") as plain, measuring.Measuring("pooled", "measure") as whole:
        yield plain, whole


def flat(interval):
    return [interval.value, interval.low, interval.high], interval.over


@pytest.mark.parametrize("kept", [made(), made(classes=1), made(step=20), made(rows=2, classes=2)])
def test_another_process_measures_the_same(asides, kept):
    here, there = measures.plain(kept), asides[0].plain(kept)
    np.testing.assert_array_equal(there.near, here.near)
    assert there.figures == pytest.approx(here.figures, nan_ok=True)
    here, there = measures.measure(kept), asides[1].measure(kept)
    assert (there.measures.why, there.rows, there.used) == (here.measures.why, here.rows, here.used)
    assert (list(there.classes), there.measures.counts) == (list(here.classes), here.measures.counts)
    np.testing.assert_array_equal(there.right, here.right)
    for mine, other in ((here.halves, there.halves), (here.class_halves, there.class_halves)):
        assert mine.keys() == other.keys()
        for name in mine:
            np.testing.assert_allclose(other[name], mine[name], rtol=1e-5)
    pairs = [(here.measures.figures, there.measures.figures)]
    pairs += [(here.measures.by_class[number], there.measures.by_class[number]) for number in here.measures.by_class]
    for mine, other in pairs:
        assert mine.keys() == other.keys()
        for name in mine:
            assert flat(other[name])[1] == flat(mine[name])[1]
            assert flat(other[name])[0] == pytest.approx(flat(mine[name])[0], rel=1e-5, nan_ok=True)


def test_what_the_process_cannot_measure_is_said_with_the_run():
    broken = replace(made(), labels=np.arange(3))
    with measuring.Measuring("pooled", "plain") as aside:
        aside.plain(made())
        with pytest.raises(RunError, match=r"a-run, step 10 could not be measured: .*Error"):
            aside.plain(broken)


def test_many_rows_are_left_to_the_other_process_and_few_are_not():
    assert measuring.is_long(10_000, 1)
    assert measuring.is_long(2_000, 20)
    assert measuring.is_long(1_500, 2, whole=True)
    assert not measuring.is_long(480, 20)
    assert not measuring.is_long(480, 4, whole=True)
