"""With how many threads torch computes for a while: whole pieces of work side by side, or one piece with few."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch


@contextmanager
def single_threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Within, `count` of them; what has not begun at the end, as after an error, is left out."""
    threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)  # what later threads begin with


@contextmanager
def computing_with(threads: int) -> Iterator[None]:
    """Within, torch has so many threads: for passes in a process with several models.

    One for passes of one sentence, whatever the model's size: beside other work 12 and 24 layers of the published size
    took 0.8 to 5.6 s on two, which wait for each other at every layer, and 0.4 to 0.7 on one.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
