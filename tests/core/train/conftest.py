"""Workers: real processes with the real `fit`, forked from a server that has imported torch once."""

from __future__ import annotations

import multiprocessing
import os
import resource
from pathlib import Path

import pytest

from core import worker
from core.runs.folder.store import Store
from core.train.fit import fit
from tests.core.children import children


@pytest.fixture(scope="session")
def never_stopped(tmp_path_factory):
    """`never_stopped(config)`: a finished run of it, trained once and only read by the tests that ask for it."""
    store, made = Store(tmp_path_factory.mktemp("never-stopped")), {}

    def run_of(config):
        if config not in made:
            run = store.create(config)
            assert fit(run) == "finished"
            made[config] = run
        return made[config]

    return run_of


@pytest.fixture(scope="session")
def forked():
    """`forked(function, *arguments)`: a process with all libraries loaded. None outlives the tests."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.core.train.preloaded"])
    first = context.Process(target=os.getpid)
    first.start()
    first.join()  # the server has imported everything
    with children() as started:

        def start_process(function, *arguments):
            child = context.Process(target=function, args=arguments)
            child.start()
            started.append(child)
            return child

        yield start_process


@pytest.fixture(scope="session")
def start(forked):
    """`start(run)`: a worker process on it, with so many bytes of `room` for what it takes."""
    return lambda run, room=None: forked(_work, run.dir, room)


def _work(folder, room):
    if room is not None:
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + room, taken + room))
    return worker.main(folder)
