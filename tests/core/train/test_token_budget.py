"""A token budget: no batch beyond it, every row once, a number of steps known beforehand, other company each epoch."""

from __future__ import annotations

import numpy as np
import pytest
from transformers import AutoTokenizer

from core.analysis.export.script_batches import batches as written_out
from core.config import RunConfig
from core.data.sources import load_corpus
from core.plan.check import check
from core.runs.folder.store import Store
from core.sections import TrainConfig
from core.train.batches import encode, make_batches
from core.train.fit import fit
from core.train.loss_notes import loss_notes, share_within_budget
from core.train.steps import count_steps
from core.train.token_budget import TokenBudgetBatches, budget_notes
from tests.core.train.test_batches import epochs_of, meets_again, padding
from tests.core.train.tiny_runs import assert_equal, config_for


def lengths_of(rows, seed=1):
    return np.random.default_rng(seed).lognormal(3, 0.5, rows).astype(int).clip(5, 128).tolist()


def epochs(lengths, budget, count=6, seed=13):
    return epochs_of(TokenBudgetBatches(lengths, budget, seed), count)


@pytest.mark.parametrize(("rows", "budget"), [(1, 64), (9, 64), (300, 64), (635, 800), (2000, 300), (50, 10**6)])
def test_every_row_comes_once_and_only_a_row_by_itself_goes_beyond_the_budget(rows, budget):
    lengths = lengths_of(rows)
    for seed in (13, 14):
        for batches in epochs(lengths, budget, 3, seed):
            assert sorted(row for batch in batches for row in batch) == list(range(rows))
            for batch in batches:
                longest = max(lengths[row] for row in batch)
                assert len(batch) * longest <= budget or (len(batch) == 1 and longest > budget)
            assert len(batches) == count_steps(TrainConfig(token_budget=budget), rows, lengths).per_epoch


def test_by_hand_the_number_of_batches():
    count = lambda lengths, budget: len(epochs(lengths, budget, 1)[0])  # noqa: E731
    assert count([10] * 100, 100) == 10  # ten rows fit
    assert count([10] * 101, 100) == 11
    assert count([200] + [10] * 100, 100) == 11  # the long one by itself, and no other beside it
    # A window of eight batches of two rows of 50; what is left, 84 rows of 10, is more than eight batches of ten.
    assert count([50] * 16 + [10] * 84, 100) == 8 + 9
    assert count([50] * 16 + [10] * 40, 100) == 8 + 4
    assert count([50] * 16 + [10] * 39, 100) == 28  # too few for a window: two by two, as the 50s


def test_the_order_follows_from_seed_and_epoch_alone():
    lengths = lengths_of(200)
    assert epochs(lengths, 300, 3) == epochs(lengths, 300, 3)
    assert epochs(lengths, 300, 1) != epochs(lengths, 300, 1, seed=14)
    late = TokenBudgetBatches(lengths, 300, 13)
    late.set_epoch(2)
    assert list(late) == epochs(lengths, 300, 3)[2]


@pytest.mark.parametrize(("rows", "budget"), [(635, 900), (2490, 1500), (1000, 700)])
def test_rows_of_a_batch_part_in_the_next_epoch_and_little_is_padding(rows, budget):
    lengths = lengths_of(rows)
    found = epochs(lengths, budget)
    assert meets_again(found) < 0.15
    assert padding(found, lengths) < 0.28
    assert np.mean([len(batch) * max(lengths[row] for row in batch) for batch in found[0]]) > 0.85 * budget


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("task", "limit", "budget", "batches", "share", "again"),
    [("WNLI", None, 1300, 25, 0.21, 0.11), ("RTE", None, 4800, 41, 0.13, 0.12), ("CoLA", 1000, 400, 38, 0.13, 0.13)],
)
def test_the_table_in_the_documentation_is_what_real_rows_give(real_data, task, limit, budget, batches, share, again):
    rows = load_corpus(RunConfig(task=task)).train
    rows = rows.take(range(limit or len(rows)))
    tokenizer = AutoTokenizer.from_pretrained(real_data / "mobilebert-uncased")
    lengths = [len(item["input_ids"]) for item in encode(tokenizer, rows, 128)]
    found = epochs(lengths, budget, 12)
    assert len(found[0]) == batches
    assert padding(found, lengths) == pytest.approx(share, abs=0.015)
    assert meets_again(found) == pytest.approx(again, abs=0.02)


def test_what_a_run_does_is_what_was_said_before(run_root, tiny_model_dir):
    config = config_for(tiny_model_dir, train__token_budget=96, train__loss="joint")
    plan, run = check([config], Store(), thorough=False), Store().create(config)
    assert fit(run) == "finished"
    steps = [row for row in run.metrics()[0] if "loss" in row]
    assert [row["step"] for row in steps] == list(range(1, plan.steps.total + 1))
    assert plan.steps.total == 2 * plan.steps.per_epoch == run.record()["resolved"]["train.max_steps"]
    assert steps[-1]["epoch"] == 2
    # The rate of the last step is a third of the peak; the line shows what comes after it, where it stays.
    assert steps[-1]["lr"] == pytest.approx(plan.resolved["train.lr"] / 3)
    assert {note for note in plan.notes if "token" in note} <= set(run.record()["notes"])
    assert any("batches an epoch, of" in note for note in plan.notes)


@pytest.mark.parametrize("cut", [2, 9])
def test_a_stopped_and_resumed_run_equals_one_never_stopped(run_root, tiny_model_dir, never_stopped, cut):
    config = config_for(tiny_model_dir, train__token_budget=160)
    run = Store().create(config)
    assert fit(run, lambda: any(row["step"] >= cut for row in run.metrics()[0] if "loss" in row)) == "stopped"
    assert fit(run) == "finished"
    assert_equal(run, never_stopped(config))


@pytest.mark.parametrize(("classes", "budget"), [(40, 60), (6, 400), (3, 30)])
def test_expected_share_without_partner_is_what_drawn_batches_have(classes, budget):
    lengths = lengths_of(280)
    labels = np.arange(280) % classes
    alone = total = 0
    for batches in epochs(lengths, budget, 40):
        for batch in batches:
            alone += int((np.bincount(labels[batch], minlength=classes)[labels[batch]] == 1).sum())
            total += len(batch)
    assert share_within_budget(labels.tolist(), lengths, budget) == pytest.approx(alone / total, abs=0.02)


def test_a_contrastive_term_that_is_always_zero_is_said_so():
    train = TrainConfig(loss="joint", token_budget=30)
    assert "always zero: no batch of 30 word pieces" in loss_notes(train, [0, 1] * 20, False, [20] * 40)[0]
    assert loss_notes(train, [0, 1] * 20, False, [5] * 40) == []
    (said,) = loss_notes(train, list(range(40)) * 10, False, [5] * 400)
    assert "a larger train.token_budget" in said


def test_rows_among_few_weigh_more_and_it_is_said():
    weighs, alone = budget_notes([50] * 16 + [10] * 84 + [200], 100)
    assert "18 batches an epoch, of 1 to 10 rows" in weighs
    assert "10 times" in weighs
    assert "1 training rows are longer" in alone
    assert budget_notes([10] * 100, 100) == []
    (on_top,) = budget_notes([10] * 100, 100, augmented=True)
    assert "augmentation adds" in on_top


def test_runs_whose_batches_differ_say_that_their_steps_do(run_root):
    base = RunConfig().replace({"data.max_train_rows": 200})
    runs = [base.replace({"train.token_budget": budget}) for budget in (None, 400, 1600)]
    steps = [check([one], Store(), thorough=False).steps.total for one in runs]
    (said,) = [note for note in check(runs, Store(), thorough=False).notes if "since their batches differ" in note]
    assert f"{min(steps)} to {max(steps)} steps" in said
    same = [runs[1].replace({"train.batch_size": size}) for size in (8, 16)]
    assert any("train.batch_size changes nothing" in note for note in check(same, Store(), thorough=False).notes)


@pytest.mark.parametrize("budget", [None, 100, 700])
def test_a_script_makes_the_same_batches(budget):
    train = TrainConfig(token_budget=budget)
    lengths, names = lengths_of(500), {"np": np, "SEED": 13, "BATCH": train.batch_size}
    exec(written_out(train), names)  # noqa: S102 - what write_script writes
    sampler = make_batches(train, lengths, 13)
    for epoch in range(2):
        sampler.set_epoch(epoch)
        assert names["batches"](lengths, epoch) == list(sampler)
