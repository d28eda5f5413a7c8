"""Pictures in one space: identical embeddings in identical places, hard input refused with a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis import aside, layouts, projection
from core.analysis.projection import ProjectionError, align


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def blobs(rows: int = 60, hidden: int = 8, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 3 * rng.normal(size=(3, hidden))[np.arange(rows) % 3] + rng.normal(size=(rows, hidden))


def principal_picture(points: np.ndarray) -> np.ndarray:
    """PCA by singular values, a second way."""
    centred = points - points.mean(axis=0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T


def pairwise(picture: np.ndarray) -> np.ndarray:
    return np.linalg.norm(picture[:, None] - picture[None], axis=-1)


def test_one_space_is_principal_components_up_to_turn_and_scale():
    points = blobs()
    (picture,) = align([points])
    expected = pairwise(principal_picture(points))
    found = pairwise(picture)
    assert found / found.max() == pytest.approx(expected / expected.max(), abs=1e-9)


def test_identical_embeddings_lie_in_identical_places_whatever_comes_after():
    start, late, other = blobs(seed=0), 2 * blobs(seed=1), 3 * blobs(seed=2)
    first, _, second, _ = align([start, late, start, other])
    assert (first == second).all()


def test_rows_alike_in_two_runs_lie_alike_where_the_others_differ():
    one, two = blobs(seed=0), blobs(seed=1)
    two[:10] = one[:10]
    a, b = align([one, two])
    assert a[:10] == pytest.approx(b[:10], abs=1e-12)


def test_one_scale_for_all_so_that_growth_is_seen():
    points = blobs()
    small, large = align([points, 4 * points])
    assert np.ptp(large, axis=0) == pytest.approx(4 * np.ptp(small, axis=0))


def test_spaces_of_other_width_are_turned_onto_the_first():
    points = blobs()
    rng = np.random.default_rng(5)
    turned = points @ np.linalg.qr(rng.normal(size=(12, 8)))[0].T  # the same points in 12 dimensions
    a, b = align([points, turned])
    assert a == pytest.approx(b, abs=1e-6)


def test_tsne_keeps_identical_embeddings_in_identical_places_and_is_read_from_the_cache():
    points, other = blobs(), blobs(seed=1)
    points[5] = points[8]  # duplicates lie on one another
    heard = []
    first, _, second = align([points, other, points], "tsne", progress=lambda done, total: heard.append((done, total)))
    assert (first == second).all()
    assert (first[5] == first[8]).all()
    assert heard[-1] == (2, 2)
    heard.clear()
    again = align([points, other, points], "tsne", progress=lambda done, total: heard.append(done))
    assert (again[0] == first).all()
    assert not heard


def test_tsne_keeps_neighbours_together():
    points = blobs(90)
    (picture,) = align([points], "tsne")
    gaps = pairwise(picture) + np.diag(np.full(90, np.inf))
    near = gaps.argsort(axis=1)[:, :10]
    assert (near % 3 == (np.arange(90) % 3)[:, None]).mean() > 0.95


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_rows_that_all_coincide_are_refused_in_one_sentence(method):
    with pytest.raises(ProjectionError, match="200 rows lie in one place: look at them with PCA"):
        align([np.ones((200, 8))], method)


def test_nearly_equal_rows_count_as_equal():
    points = np.ones((60, 8)) + 1e-15 * np.random.default_rng(0).normal(size=(60, 8))
    points[0] += 1
    with pytest.raises(ProjectionError, match="2 different places"):
        align([points], "tsne")


def test_rows_that_coincide_are_drawn_by_pca():
    assert np.isfinite(align([np.ones((200, 8))])[0]).all()


@pytest.mark.parametrize(("rows", "said"), [(1, "1 row cannot"), (2, "2 rows cannot")])
def test_too_few_rows_are_refused(rows, said):
    with pytest.raises(ProjectionError, match=said):
        align([np.ones((rows, 8))])


def test_diverged_embeddings_are_refused():
    points = blobs()
    points[3, 2] = np.inf
    with pytest.raises(ProjectionError, match="diverged"):
        align([points])


def test_process_that_dies_is_reported_and_this_one_lives(monkeypatch):
    monkeypatch.setattr(aside.sys, "executable", "/bin/false")
    with pytest.raises(ProjectionError, match="t-SNE could not project"):
        align([blobs()], "tsne")


def test_cache_that_cannot_be_written_costs_nothing_but_time(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert align([blobs(30)], "tsne")[0].shape == (30, 2)


def test_oldest_pictures_make_room(monkeypatch):
    monkeypatch.setattr(layouts, "MOST_KEPT", 2)
    for seed in range(3):
        align([blobs(20, seed=seed)], "tsne")
    folder = layouts.cache_folder("pictures")
    assert len(list(folder.glob("*.safetensors"))) == 2
    heard = []
    align([blobs(20, seed=2)], "tsne", progress=lambda done, total: heard.append(done))
    assert not heard  # the newest are there


def test_unknown_projection_lists_the_choices():
    with pytest.raises(ProjectionError, match="choose from"):
        align([blobs()], "lda")


def test_share_of_spread_that_is_shown():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(500, 3)) * [3, 2, 1]
    values = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) ** 2
    assert projection.explained([points]) == pytest.approx(values[:2].sum() / values.sum())


def test_spread_before_training_does_not_decide_the_axes():
    """Untrained rows that spread widely where nothing is told leave the trained classes their own picture."""
    rng = np.random.default_rng(0)
    trained = blobs()
    untrained = trained + 50 * rng.normal(size=(len(trained), 1)) * rng.normal(size=8)
    _, picture = align([untrained, trained], axes_of=[1])
    expected, found = pairwise(principal_picture(trained)), pairwise(picture)
    assert found / found.max() == pytest.approx(expected / expected.max(), abs=1e-9)
