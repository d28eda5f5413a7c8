"""Embeddings of several runs and steps as pictures in one space: the same embedding lies in the same place everywhere.

PCA has one centre, one pair of axes and one scale for all. t-SNE and UMAP start from that picture and are turned back
onto it, each by itself: equal embeddings give equal pictures, and what moves in the axes stays comparable. These two
run in a process of their own, since on hard input their compiled code can end a process without a word.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from core.files import cache_folder, replace_file
from core.runs.processes import helper_environment

PROJECTIONS = ("pca", "tsne", "umap")
FEWEST = {"pca": 3, "tsne": 8, "umap": 16}
"""Distinct rows that a projection needs; with fewer, positions are an accident."""
PATIENCE_S = 900
"""Seconds after which a projection is given up."""
MOST_KEPT = 2_000
"""Pictures in the cache; the oldest go first."""
_VERSION = "1"
_ROOT = Path(__file__).resolve().parents[2]
Progress = Callable[[int, int], None]


class ProjectionError(ValueError):
    """These rows cannot be projected that way, said in one sentence."""


def align(
    spaces: Sequence[np.ndarray], method: str = "pca", seed: int = 0, progress: Progress = lambda done, total: None
) -> list[np.ndarray]:
    """Each space (n, hidden) as a picture (n, 2), all of them on one basis; `progress` hears how many are done.

    Spaces of other width than the first have axes of their own, turned as a whole onto the first, where the last of
    each has as many rows. Raises ProjectionError.
    """
    if method not in PROJECTIONS:
        raise ProjectionError(f"unknown projection {method!r}; choose from {list(PROJECTIONS)}")
    points = [np.asarray(space, dtype=np.float64) for space in spaces]
    for space in points:
        _check(space)
    base = _principal(points)
    if method == "pca":
        return base
    for space in points:
        _check_distinct(space, method)
    return [
        _onto(_normalised(picture), reference)
        for picture, reference in zip(_apart(points, base, method, seed, progress), base, strict=True)
    ]


def distinct(space: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(number of a row of each place, place of each row): rows equal to six digits of the whole's size share one."""
    size = float(np.abs(space - space.mean(axis=0)).max()) or 1.0
    rounded = np.round((space - space.mean(axis=0)) / size, 6) + 0.0
    _, first, place = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    return first, place.reshape(-1)


def explained(spaces: Sequence[np.ndarray]) -> float:
    """Share of the spread within the spaces that the two common axes of PCA show."""
    covariance = _covariance([np.asarray(space, dtype=np.float64) for space in spaces])
    values = np.linalg.eigvalsh(covariance)
    total = float(values.sum())
    return float(values[-2:].sum() / total) if total > 0 else 1.0


def _check(space: np.ndarray) -> None:
    if len(space) < FEWEST["pca"]:
        rows = "1 row" if len(space) == 1 else f"{len(space)} rows"
        raise ProjectionError(f"{rows} cannot be projected; at least {FEWEST['pca']} are needed")
    if not np.isfinite(space).all():
        raise ProjectionError("the embeddings hold values that are no numbers: the run has diverged")


def _check_distinct(space: np.ndarray, method: str) -> None:
    there = len(distinct(space)[0])
    if there < FEWEST[method]:
        name = {"tsne": "t-SNE", "umap": "UMAP"}[method]
        places = "one place" if there == 1 else f"{there} different places"
        raise ProjectionError(
            f"{name} needs {FEWEST[method]} rows with different embeddings; these {len(space):,} rows lie in {places}: "
            "look at them with PCA"
        )


def _principal(points: Sequence[np.ndarray]) -> list[np.ndarray]:
    """PCA pictures with one centre, one pair of axes, one scale; one such basis for each width."""
    widths = list(dict.fromkeys(space.shape[1] for space in points))
    found: dict[int, np.ndarray] = {}
    reference: np.ndarray | None = None
    for width in widths:
        members = {at: space for at, space in enumerate(points) if space.shape[1] == width}
        pictures = dict(zip(members, _one_basis(list(members.values())), strict=True))
        last = pictures[max(pictures)]
        if reference is None:
            reference = last
        elif last.shape == reference.shape:
            turn = _rotation(last, reference)
            pictures = {at: picture @ turn for at, picture in pictures.items()}
        found |= pictures
    return [found[at] for at in range(len(points))]


def _one_basis(spaces: Sequence[np.ndarray]) -> list[np.ndarray]:
    # The axes show the spread within the spaces, not the shift between them; the centre is common, so a shift is seen.
    _, vectors = np.linalg.eigh(_covariance(spaces))
    axes = vectors[:, ::-1][:, :2]
    if axes.shape[1] < 2:  # a single dimension
        axes = np.hstack([axes, np.zeros((len(axes), 1))])
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    axes = axes * np.where(signs == 0, 1, signs)
    centre = np.mean([space.mean(axis=0) for space in spaces], axis=0)
    pictures = [(space - centre) @ axes for space in spaces]
    scale = max(_size(picture) for picture in pictures) or 1.0
    return [picture / scale for picture in pictures]


def _covariance(spaces: Sequence[np.ndarray]) -> np.ndarray:
    parts = [(space - space.mean(axis=0)).T @ (space - space.mean(axis=0)) / len(space) for space in spaces]
    return np.mean(parts, axis=0)


def _apart(
    points: Sequence[np.ndarray], base: Sequence[np.ndarray], method: str, seed: int, progress: Progress
) -> list[np.ndarray]:
    """The pictures, from the cache or from a process of their own. Later steps first: they are looked at first."""
    files = [_kept_file(space, start, method, seed) for space, start in zip(points, base, strict=True)]
    missing = {file: at for at, file in reversed(list(enumerate(files))) if not file.is_file()}
    pictures: dict[Path, np.ndarray] = {}
    if missing:
        with tempfile.TemporaryDirectory(prefix="projection-") as folder:
            order = list(missing.items())
            pictures = dict(
                zip(
                    missing,
                    _run([_distinct_part(points[at], base[at]) for _, at in order], method, seed, folder, progress),
                    strict=True,
                )
            )
        _keep(pictures)
    return [_spread(points[at], pictures.get(file), file) for at, file in enumerate(files)]


def _distinct_part(space: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, _ = distinct(space)
    return space[first], start[first]


def _spread(space: np.ndarray, picture: np.ndarray | None, file: Path) -> np.ndarray:
    """The picture of the distinct rows given back to every row."""
    if picture is None:
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            picture = load(file.read_bytes())["picture"]
        except (OSError, SafetensorError, KeyError):
            file.unlink(missing_ok=True)
            raise ProjectionError(f"the picture in {file.parent} was damaged and is thrown away; try again") from None
    _, place = distinct(space)
    return np.asarray(picture, dtype=np.float64)[place]


def _run(
    parts: Sequence[tuple[np.ndarray, np.ndarray]], method: str, seed: int, folder: str, progress: Progress
) -> list[np.ndarray]:
    from safetensors.numpy import load_file, save_file

    there = Path(folder)
    for number, (space, start) in enumerate(parts):
        arrays = {"points": np.ascontiguousarray(space, np.float32), "start": np.ascontiguousarray(start, np.float32)}
        save_file(arrays, there / f"{number}.in")
    command = [sys.executable, "-m", "core.analysis.projection_process", folder, method, str(seed), str(len(parts))]
    progress(0, len(parts))
    with subprocess.Popen(
        command, cwd=_ROOT, env=helper_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        timer = _ended_after(process)
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            for line in process.stdout:
                with contextlib.suppress(ValueError):
                    progress(json.loads(line), len(parts))
            said = process.stderr.read().strip().splitlines()
            code = process.wait()
        finally:
            timer.cancel()
            process.kill()
    if code:
        name = {"tsne": "t-SNE", "umap": "UMAP"}[method]
        why = said[-1][:200] if said and code > 0 else f"its process was ended by signal {-code}"
        raise ProjectionError(f"{name} could not project these rows: {why}; look at them with PCA")
    return [load_file(there / f"{number}.out")["picture"] for number in range(len(parts))]


def _ended_after(process: subprocess.Popen[str]) -> threading.Timer:
    timer = threading.Timer(PATIENCE_S, process.kill)
    timer.daemon = True
    timer.start()
    return timer


def _kept_file(space: np.ndarray, start: np.ndarray, method: str, seed: int) -> Path:
    digest = hashlib.sha256(f"{_VERSION} {method} {seed} {space.shape}".encode())
    for array in (space, start):
        digest.update(np.ascontiguousarray(array, np.float32).tobytes())
    return cache_folder("pictures") / f"{digest.hexdigest()[:40]}.safetensors"


def _keep(pictures: dict[Path, np.ndarray]) -> None:
    """Into the cache, as far as that can be written to; the oldest make room."""
    from safetensors.numpy import save

    with contextlib.suppress(OSError, RuntimeError):
        for file, picture in pictures.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, save({"picture": np.ascontiguousarray(picture, np.float32)}))
        kept = sorted(file.parent.glob("*.safetensors"), key=os.path.getmtime)
        for old in kept[: max(0, len(kept) - MOST_KEPT)]:
            old.unlink(missing_ok=True)


def _size(picture: np.ndarray) -> float:
    return float(np.sqrt((picture - picture.mean(axis=0)).var(axis=0).sum()))


def _normalised(picture: np.ndarray) -> np.ndarray:
    return (picture - picture.mean(axis=0)) / (_size(picture) or 1.0)


def _onto(picture: np.ndarray, reference: np.ndarray) -> np.ndarray:
    return picture @ _rotation(picture, reference)


def _rotation(picture: np.ndarray, reference: np.ndarray) -> np.ndarray:
    from scipy.linalg import orthogonal_procrustes

    return orthogonal_procrustes(picture - picture.mean(axis=0), reference - reference.mean(axis=0))[0]
