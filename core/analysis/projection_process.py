"""t-SNE and UMAP in a process of their own: `python -m core.analysis.projection_process FOLDER METHOD SEED COUNT`.

Reads `0.in`, `1.in`, ... (safetensors: `points` and `start`), writes `0.out`, ... (`picture`), and says on stdout how
many are done.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

STEPS = 500
"""Of t-SNE's descent. Begun from principal axes it has settled by then, in half the time of the usual 1,000."""


def reduce(points: np.ndarray, start: np.ndarray, method: str, seed: int) -> np.ndarray:
    """(n, 2): `points` (n, hidden), all of them different, laid out from `start` (n, 2)."""
    rows = len(points)
    spread = float(start[:, 0].std()) or 1.0
    if method == "tsne":
        from sklearn.manifold import TSNE

        init = (1e-4 * start / spread).astype(np.float32)  # as sklearn scales its own
        return TSNE(
            perplexity=min(30.0, (rows - 1) / 3), init=init, max_iter=STEPS, random_state=seed, n_jobs=-1
        ).fit_transform(points)
    import umap

    rng = np.random.default_rng(seed)
    init = (10 * start / spread + 1e-4 * rng.normal(size=start.shape)).astype(np.float32)
    return umap.UMAP(
        n_neighbors=min(15, rows - 1), init=init, random_state=seed, n_jobs=1, metric="euclidean"
    ).fit_transform(points)


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
