"""The curve is the surgery's own error, over its floor."""

from __future__ import annotations

import pytest

from core.analysis.reconstruction import reconstruction_curve
from core.model.light_mobilebert import LightMobileBertForSequenceClassification

pytestmark = pytest.mark.usefixtures("own_cache")


def test_errors_are_those_of_the_surgery_and_lie_above_the_floor(tiny_model):
    model = tiny_model()
    seen = []
    points = reconstruction_curve(model, [0, 2], [4, 16, 32], seed=3, progress=lambda *step: seen.append(step))
    assert [(p.layer, p.rank) for p in points] == [(layer, rank) for layer in (0, 2) for rank in (4, 16, 32)]
    assert seen == [(2, 6), (4, 6), (6, 6)]  # a rank of all layers at once
    for point in points:
        light = LightMobileBertForSequenceClassification.from_mobilebert(model, layers=4, rank=point.rank, seed=3)
        assert light.config.attention_errors[point.layer] == point.error
        assert point.floor <= point.error + 1e-7
    assert points[2].error < 1e-6
    assert points[2].floor == 0


def test_folder_without_weights_is_drawn_from_the_seed(folder):
    (folder / "model.safetensors").unlink()
    first, again, other = (reconstruction_curve(str(folder), [1], [8], seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_full_size_architecture_is_decomposed_without_weights():
    (point,) = reconstruction_curve("mobilebert", [3], [128], seed=1)
    assert point.error < 1e-6
    assert point.floor == 0


def test_progress_that_raises_ends_the_work(tiny_model):
    seen = []

    def stop(done, total):
        seen.append(done)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        reconstruction_curve(tiny_model(), [0, 1], [4, 8], progress=stop)
    assert seen == [2]  # both layers at the first rank


def test_what_is_not_there_is_named(tiny_model):
    model = tiny_model()
    with pytest.raises(ValueError, match="this model has 4"):
        reconstruction_curve(model, [4], [8])
    with pytest.raises(ValueError, match="each must be 1 or more"):
        reconstruction_curve(model, [0], [0])
    light = LightMobileBertForSequenceClassification.from_mobilebert(model, layers=2, rank=8)
    with pytest.raises(ValueError, match="only a MobileBERT"):
        reconstruction_curve(light, [0], [8])
