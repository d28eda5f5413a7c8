"""t-SNE and UMAP, in a process of their own: `python -m core.analysis.layout_process METHOD SEED`."""

from __future__ import annotations

import sys
from functools import partial

import numpy as np

from core.analysis import umap_layout
from core.analysis.aside import Arrays, Message, Words, answer
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


def _picture(arrays: Arrays, _: Words, method: str, seed: int) -> Message:
    picture = reduce(arrays["points"], arrays["start"], method, seed)
    if not np.isfinite(picture).all():
        sys.exit("it found no finite layout")
    return {"picture": picture.astype(np.float32)}, {}


if __name__ == "__main__":
    answer(partial(_picture, method=sys.argv[1], seed=int(sys.argv[2])))
