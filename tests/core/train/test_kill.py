"""kill -9 at random moments of the real training: the folder is readable, and the run goes on to the same bits."""

from __future__ import annotations

import random
import time

import pytest

from core.runs.folder.store import Store
from core.train.checkpoint import checkpoints, newest_checkpoint
from tests.core.train.tiny_runs import VARIANTS, assert_equal, config_for, finish, queue_again

KILLS = 8
"""For each of the three variants: 24 in all."""


def check_readable(store, run):
    """Everything that a page reads of a run, whatever moment it was cut at."""
    (info,) = [info for info in store.list() if info.id == run.id]
    assert info.state in ("queued", "interrupted", "finished"), info
    steps = [row["step"] for row in run.metrics()[0] if "loss" in row]
    assert steps == list(range(1, len(steps) + 1))
    for step in run.embedding_steps():
        assert run.load_embeddings(step)["pooled"].shape == (24, 32)
    for epoch in run.augmented_epochs():
        assert len(run.load_augmented(epoch)) == 20
    if checkpoints(run.checkpoint_dir):
        assert newest_checkpoint(run.checkpoint_dir)
    run.log_tail(), run.meta(), run.size(), run.config()


@pytest.mark.parametrize("variant", VARIANTS)
def test_killed_at_any_moment_it_is_readable_and_goes_on_to_the_same_bits(run_root, tiny_model_dir, start, variant):
    store, dice = Store(), random.Random(variant)
    config = config_for(tiny_model_dir, train__loss="joint", train__checkpoint_every=2, **VARIANTS[variant])
    whole = store.create(config)
    begin = time.monotonic()
    start(whole).join(250)
    length = time.monotonic() - begin
    assert whole.status().state == "finished", whole.status().error
    cut = 0
    for kill in range(KILLS):
        if kill % 4 == 0:  # each run is killed four times
            run = store.create(config)
        child = start(run)
        if kill % 4 == 3:  # any moment: start-up, the first evaluation, the saving of the model
            child.join(length * dice.random())
        else:  # in training: steps, evaluations, checkpoints
            begin = time.monotonic()
            steps_before = len(run.metrics()[0])
            while child.is_alive() and len(run.metrics()[0]) <= steps_before and time.monotonic() - begin < 30:
                time.sleep(0.002)
            child.join(0.06 * dice.random())
        child.kill()
        child.join()
        check_readable(store, run)
        cut += run.status().state == "interrupted"
        if run.status().state == "interrupted":
            queue_again(run)
        if kill % 4 == 3:
            finish(run, start)
            assert_equal(run, whole)
    assert cut >= KILLS // 2
