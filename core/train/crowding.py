"""While other programs want the cores, threads that wait for each other are made to sleep sooner.

A thread that is through with its share of a product spins until the others are, for some milliseconds. Alone on the
machine that is the fastest. Where other programs want the cores, the thread waited for does not run while the other
spins: 25 sentences/s beside two of them on two cores, where 78 are to be had (24 layers, LoRA, bf16;
`tests.benchmarks.crowded`). libgomp, which runs torch's threads on Linux, spins a three-thousandth as long in a process
that has more of them than there are cores (its manual, GOMP_SPINCOUNT). So as long as this process's threads wait for
cores, it has a few more, asleep. What computes stays what it was: no bit of a run depends on its neighbours.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import torch

LOOK_S = 1.0
CROWDED = 0.4
"""Seconds that this process's threads stand in line for a core, of each second, from which on they are to sleep: on
two cores 0.0 alone, 0.2 beside a program that takes 0.3 of a core, 0.55 beside 0.6 (where sleeping is 1.4 times as
fast)."""
FREE = 0.3
"""The same, below which they spin again; sleeping they stand in line for 0.25 beside 0.3 of a core, 0.36 beside 0.6."""
SHARED = 1 << 17
"""Elements from which torch shares out a sum."""


@contextmanager
def eased_threads() -> Iterator[None]:
    """Inside, it is looked after; nothing where one thread computes or the system does not tell how long they wait."""
    threads, over = torch.get_num_threads(), threading.Event()
    if threads == 1 or waited() is None:
        yield
        return
    watching = threading.Thread(target=_watch, args=(threads, over), daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def waited() -> float | None:
    """Seconds that the threads of this process, those alive, have stood in line for a core; None where nobody tells."""
    found = []
    try:
        for thread in os.listdir("/proc/self/task"):
            # It may have ended meanwhile: before its file is opened, or before it is read.
            with suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/self/task/{thread}/schedstat") as file:
                found.append(int(file.read().split()[1]))
    except (OSError, ValueError, IndexError):
        return None
    return sum(found) / 1e9 if found else None


class Sleepers:
    """Threads with a team each of libgomp's own, so many that it counts more threads than cores; asleep until `end`."""

    def __init__(self, threads: int, cores: int) -> None:
        self._over = threading.Event()
        count = max(0, cores - threads) // (threads - 1) + 1
        self._all = [threading.Thread(target=self._sleep, daemon=True) for _ in range(count)]
        for thread in self._all:
            thread.start()

    def __len__(self) -> int:
        return len(self._all)

    def _sleep(self) -> None:
        torch.zeros(SHARED).add_(1)
        self._over.wait()

    def end(self) -> None:
        """Their teams end with them, and libgomp counts them no more."""
        self._over.set()
        for thread in self._all:
            thread.join()


def decide(asleep: bool, share: float) -> bool:
    """Whether they are to sleep, from whether they do and from the seconds in line of each second."""
    return share > (FREE if asleep else CROWDED)


def _watch(threads: int, over: threading.Event) -> None:
    sleepers: Sleepers | None = None
    before, then = waited(), time.monotonic()
    while not over.wait(LOOK_S):
        now, at = waited(), time.monotonic()
        if now is None or before is None:
            break
        crowded = decide(sleepers is not None, (now - before) / (at - then))
        if crowded and sleepers is None:
            sleepers = Sleepers(threads, len(os.sched_getaffinity(0)))
        elif not crowded and sleepers is not None:
            sleepers.end()
            sleepers = None
        before, then = now, at
    if sleepers is not None:
        sleepers.end()
