"""How long the surgery takes, and how well it does: layers of the real size, with random or given weights.

    python tests/benchmarks/surgery.py [MODEL] [--layers 12] [--rank 64] [--seed 0] [--compare]

Nothing is read from or written to the cache of factors. `--compare` also runs TensorLy's own random start at 500
iterations on the first layer (several seconds).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time

import numpy as np
import torch


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?", help="folder or hub id (default: the published shape, random weights)")
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--compare", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        run(arguments)


def run(arguments):
    from transformers import MobileBertConfig, MobileBertForSequenceClassification

    from core.model.build import load_model, seeded
    from core.model.light_mobilebert import LightMobileBertForSequenceClassification
    from core.model.source import resolve_model

    with seeded(arguments.seed):
        if arguments.model:
            model = load_model(resolve_model(arguments.model), 2)
        else:
            model = MobileBertForSequenceClassification(MobileBertConfig(classifier_activation=False))
    for attempt in ("first", "cached"):
        began = time.perf_counter()
        light = LightMobileBertForSequenceClassification.from_mobilebert(
            model, layers=arguments.layers, rank=arguments.rank, seed=arguments.seed
        )
        print(f"{attempt:8} {time.perf_counter() - began:6.2f} s for {arguments.layers} layers, rank {arguments.rank}")
    errors = light.config.attention_errors
    print(f"errors   mean {np.mean(errors):.5f}, least {min(errors):.5f}, most {max(errors):.5f}")
    if arguments.compare:
        compare(model, arguments, errors[0])


def compare(model, arguments, ours):
    import tensorly
    from tensorly.decomposition import parafac

    attention = model.mobilebert.encoder.layer[0].attention.self
    heads = model.config.num_attention_heads
    q, k = (
        p.weight.detach().double().numpy().reshape(heads, -1, p.in_features) for p in (attention.query, attention.key)
    )
    tensor = np.einsum("hdq,hdk->qhk", q, k)
    for seed in range(3):
        began = time.perf_counter()
        cp = parafac(tensor, arguments.rank, n_iter_max=500, init="random", tol=1e-6, random_state=seed)
        error = np.linalg.norm(tensor - tensorly.cp_to_tensor(cp)) / np.linalg.norm(tensor)
        print(f"TensorLy, random start {seed}, 500 iterations: {error:.5f} in {time.perf_counter() - began:.1f} s")
    print(f"ours, layer 0: {ours:.5f}")


if __name__ == "__main__":
    main()
