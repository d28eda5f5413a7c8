"""Workers: real processes with the real `fit`, forked from a server that has imported torch once."""

from __future__ import annotations

import multiprocessing
import os

import pytest

from core.runs import worker


@pytest.fixture(scope="session")
def start():
    """`start(run)`: a worker process on it. None outlives the test."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["core.train.fit", "core.runs.worker"])
    children = [context.Process(target=os.getpid)]
    children[0].start()
    children[0].join()  # the server has imported everything

    def start_worker(run):
        child = context.Process(target=worker.main, args=(run.dir,))
        child.start()
        children.append(child)
        return child

    yield start_worker
    for child in children:
        child.kill()
        child.join()
