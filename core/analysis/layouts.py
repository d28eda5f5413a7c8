"""t-SNE and UMAP of each space by itself: read from the cache, or worked out in another process.

In a process of their own: on hard input t-SNE's compiled code can end a process without a word, and neither is to hold
up the pages.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from core.analysis.aside import Aside, AsideError
from core.digests import pack, unpack
from core.files import cache_folder, replace_file

NAMES = {"tsne": "t-SNE", "umap": "UMAP"}
PATIENCE_S = 900
"""Seconds after which a projection is given up."""
MOST_KEPT = 2_000
"""Pictures in the cache; the oldest go first."""
_VERSION = "3"
Progress = Callable[[int, int], None]


class ProjectionError(ValueError):
    """These rows cannot be projected that way, said in one sentence."""


def distinct(space: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(number of a row of each place, place of each row): rows equal to six digits of the whole's size share one."""
    size = float(np.abs(space - space.mean(axis=0)).max()) or 1.0
    rounded = np.round((space - space.mean(axis=0)) / size, 6) + 0.0  # no minus zero: its bits differ
    seen: dict[bytes, int] = {}
    place = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in rounded], dtype=int)
    return np.unique(place, return_index=True)[1], place


def laid_out(
    points: Sequence[np.ndarray], base: Sequence[np.ndarray], method: str, seed: int, progress: Progress
) -> list[np.ndarray]:
    """The pictures, from the cache or from a process of their own. Later steps first: they are looked at first."""
    files = [_kept_file(space, start, method, seed) for space, start in zip(points, base, strict=True)]
    missing = {file: at for at, file in reversed(list(enumerate(files))) if not file.is_file()}
    pictures: dict[Path, np.ndarray] = {}
    if missing:
        parts = [_distinct_part(points[at], base[at]) for at in missing.values()]
        pictures = dict(zip(missing, _worked_out(parts, method, seed, progress), strict=True))
        _keep(pictures)
    return [_spread(points[at], pictures.get(file), file) for at, file in enumerate(files)]


def _distinct_part(space: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, _ = distinct(space)
    return space[first], start[first]


def _spread(space: np.ndarray, picture: np.ndarray | None, file: Path) -> np.ndarray:
    """The picture of the distinct rows given back to every row."""
    if picture is None:
        try:
            picture = unpack(file.read_bytes())["picture"]
        except (OSError, ValueError, KeyError):
            file.unlink(missing_ok=True)
            raise ProjectionError(f"the picture in {file.parent} was damaged and is thrown away; try again") from None
    _, place = distinct(space)
    return np.asarray(picture, dtype=np.float64)[place]


def _worked_out(
    parts: Sequence[tuple[np.ndarray, np.ndarray]], method: str, seed: int, progress: Progress
) -> list[np.ndarray]:
    pictures: list[np.ndarray] = []
    # Threads that wait let others work: beside a busy core t-SNE's spun for three times what they computed.
    process = Aside("core.analysis.layout_process", method, str(seed), patience_s=PATIENCE_S, OMP_WAIT_POLICY="passive")
    try:
        with process as aside:
            for space, start in parts:
                progress(len(pictures), len(parts))
                arrays, _ = aside.ask({"points": space.astype(np.float32), "start": start.astype(np.float32)})
                pictures.append(arrays["picture"])
    except AsideError as error:
        raise ProjectionError(f"{NAMES[method]} could not project these rows: {error}; look at them with PCA") from None
    progress(len(parts), len(parts))
    return pictures


def _kept_file(space: np.ndarray, start: np.ndarray, method: str, seed: int) -> Path:
    digest = hashlib.sha256(f"{_VERSION} {method} {seed} {space.shape}".encode())
    for array in (space, start):
        digest.update(np.ascontiguousarray(array, np.float32).tobytes())
    return cache_folder("pictures") / f"{digest.hexdigest()[:40]}.safetensors"


def _keep(pictures: dict[Path, np.ndarray]) -> None:
    """Into the cache, as far as that can be written to; the oldest make room."""
    with contextlib.suppress(OSError, RuntimeError):
        for file, picture in pictures.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, pack({"picture": np.asarray(picture, np.float32)}))
        kept = sorted(file.parent.glob("*.safetensors"), key=os.path.getmtime)
        for old in kept[: max(0, len(kept) - MOST_KEPT)]:
            old.unlink(missing_ok=True)
