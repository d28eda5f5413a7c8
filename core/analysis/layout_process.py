"""t-SNE and UMAP in a process of their own: `python -m core.analysis.layout_process FOLDER METHOD SEED COUNT`.

Reads `0.in`, `1.in`, ... (safetensors: `points` and `start`), writes `0.out`, ... (`picture`), and says on stdout how
many are done.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from core.analysis import umap_layout
from core.analysis.neighbours import neighbours

STEPS = 500
"""Of t-SNE's descent. Begun from principal axes it has settled by then, in half the time of the usual 1,000."""
NEAREST = 15
"""Rows of which UMAP's graph is made, a row itself among them: its own default."""


def reduce(points: np.ndarray, start: np.ndarray, method: str, seed: int) -> np.ndarray:
    """(n, 2): `points` (n, hidden), all of them different, laid out from `start` (n, 2)."""
    spread = float(start[:, 0].std()) or 1.0
    if method == "tsne":
        from sklearn.manifold import TSNE

        init = (1e-4 * start / spread).astype(np.float32)  # as sklearn scales its own
        perplexity = min(30.0, (len(points) - 1) / 3)
        return TSNE(perplexity=perplexity, init=init, max_iter=STEPS, random_state=seed, n_jobs=-1).fit_transform(
            points
        )
    near = neighbours(points, min(NEAREST, len(points)) - 1)
    gaps = np.linalg.norm(points[near] - points[:, None], axis=2)
    jitter = 1e-4 * np.random.default_rng(seed).normal(size=start.shape)
    return umap_layout.lay_out(near, gaps, 10 * start / spread + jitter, seed)


def main(folder: str, method: str, seed: str, count: str) -> None:
    from safetensors.numpy import load_file, save_file

    for number in range(int(count)):
        given = load_file(Path(folder) / f"{number}.in")
        picture = reduce(given["points"], given["start"], method, int(seed))
        if not np.isfinite(picture).all():
            sys.exit("it found no finite layout")
        save_file({"picture": np.ascontiguousarray(picture, np.float32)}, Path(folder) / f"{number}.out")
        print(number + 1, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
