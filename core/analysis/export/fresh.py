"""A request in, what exported folders answer and how long they take out: a process of its own, without the lab.

Run as `python -I fresh.py REQUEST.json ANSWER.npz`; each folder is loaded by the `answer.py` that lies in it.
"""

import json
import runpy
import sys
import time

import numpy as np

WARM_UP, PASSES, LENGTH = 3, 30, 64


def main(request, answer):
    """Logits of the first folder; times (folders, passes) in milliseconds, one pass of each folder in turn."""
    import torch

    torch.set_num_threads(1)
    with open(request, encoding="utf-8") as file:
        asked = json.load(file)
    loaded = [runpy.run_path(f"{folder}/answer.py")["Exported"](folder, threads=1) for folder in asked["folders"]]
    logits = loaded[0].logits(asked["texts"], asked["pairs"])
    ids = 5 + np.arange(LENGTH, dtype=np.int64)[None] % (min(len(one.tokenizer) for one in loaded) - 5)
    batch = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    times = np.zeros((len(loaded), PASSES))
    for turn in range(-WARM_UP, PASSES):
        for place, one in enumerate(loaded):
            began = time.perf_counter()
            one.run(batch)
            if turn >= 0:
                times[place, turn] = 1000 * (time.perf_counter() - began)
    np.savez(answer, logits=logits, times=times)


if __name__ == "__main__":
    main(*sys.argv[1:])
