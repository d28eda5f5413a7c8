"""How long the surgery takes, and how well it does: layers of the real size, with random or given weights.

    python -m tests.benchmarks.surgery [MODEL] [--layers 12] [--rank 64] [--seed 0] [--compare]

One thread; processor time is what counts on a busy machine. Nothing is read from or written to the cache of factors.
`--compare` also runs TensorLy's own random start at 500 iterations on the first layers (several seconds each).
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
        began, worked = time.perf_counter(), time.process_time()
        light = LightMobileBertForSequenceClassification.from_mobilebert(
            model, layers=arguments.layers, rank=arguments.rank, seed=arguments.seed
        )
        wall, cpu = time.perf_counter() - began, time.process_time() - worked
        print(
            f"{attempt:8} {wall:6.2f} s ({cpu:.2f} s of processor) for {arguments.layers} layers, rank {arguments.rank}"
        )
    errors = light.config.attention_errors
    print(f"errors   mean {np.mean(errors):.5f}, least {min(errors):.5f}, most {max(errors):.5f}")
    if arguments.compare:
        for layer in range(min(4, arguments.layers)):
            compare(model, layer, arguments, errors[layer])


def compare(model, layer, arguments, ours):
    import tensorly
    from tensorly.decomposition import parafac

    attention = model.mobilebert.encoder.layer[layer].attention.self
    heads = model.config.num_attention_heads
    q, k = (
        p.weight.detach().double().numpy().reshape(heads, -1, p.in_features) for p in (attention.query, attention.key)
    )
    tensor = np.einsum("hdq,hdk->qhk", q, k)
    began = time.process_time()
    cp = parafac(tensor, arguments.rank, n_iter_max=500, init="random", tol=1e-6, random_state=arguments.seed)
    error = np.linalg.norm(tensor - tensorly.cp_to_tensor(cp)) / np.linalg.norm(tensor)
    spent = time.process_time() - began
    print(f"layer {layer}: ours {ours:.5f}, TensorLy's random start at 500 iterations {error:.5f} ({spent:.1f} s)")


if __name__ == "__main__":
    main()
