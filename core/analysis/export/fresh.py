"""A request in, what exported folders answer and how long they take out: a process of its own, without the lab.

Run as `python -I fresh.py REQUEST.json ANSWER.npz`; each folder is loaded by the `answer.py` that lies in it.
"""

import json
import runpy
import sys
import time

import numpy as np

TURNS, WARM_UP, PASSES, LENGTH = 6, 2, 5, 64


def main(request, answer):
    """Logits of the first folder; times (folders, passes) in milliseconds, some passes of each folder in turn.

    By itself for a while, as it is used: the weights of another, passed over in between, would put its own out of the
    cache. In turn, so that a busy machine is busy for all.
    """
    import torch

    torch.set_num_threads(1)
    with open(request, encoding="utf-8") as file:
        asked = json.load(file)
    loaded = [runpy.run_path(f"{folder}/answer.py")["Exported"](folder, threads=1) for folder in asked["folders"]]
    logits = loaded[0].logits(asked["texts"], asked["pairs"])
    ids = 5 + np.arange(LENGTH, dtype=np.int64)[None] % (min(len(one.tokenizer) for one in loaded) - 5)
    batch = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    times = np.zeros((len(loaded), TURNS, PASSES))
    for turn in range(TURNS):
        for place, one in enumerate(loaded):
            for count in range(-WARM_UP, PASSES):
                began = time.perf_counter()
                one.run(batch)
                if count >= 0:
                    times[place, turn, count] = 1000 * (time.perf_counter() - began)
    np.savez(answer, logits=logits, times=times.reshape(len(loaded), -1))


if __name__ == "__main__":
    main(*sys.argv[1:])
