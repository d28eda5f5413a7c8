"""What a click launches: fair sets of runs."""

from __future__ import annotations

import pytest

from core.analysis.results.printed import PAPER_B_GAINS
from core.config import RunConfig
from core.plan.recipes import RECIPES, SWEEPS, ablations
from core.runs.sweep import expand


@pytest.mark.parametrize("name", SWEEPS)
def test_runs_of_a_seed_share_data_order_and_steps(name):
    recipe = SWEEPS[name]
    arms = recipe.arms("demo")
    configs = expand(recipe.base, arms, [1, 2])
    assert len(configs) == 2 * len(arms)
    changed = {key for arm in arms for key in arm.changes}
    for config in configs:
        assert set(config.differences(configs[0])) <= changed | {"seed"}
    assert not changed & {"train.epochs", "train.max_steps", "data.max_train_rows", "train.lr"}


def test_ablations_take_back_one_measure_each():
    arms = {arm.name: RunConfig().replace(arm.changes) for arm in ablations("demo")}
    whole = arms["LightMobileBERT"]
    # The demo has 6 layers over a bottleneck of 64.
    assert (whole.surgery.layers, whole.surgery.rank) == (3, 32)
    one = {name: set(whole.differences(config)) for name, config in arms.items()}
    assert one["cross-entropy alone"] == {"train.loss"}
    assert one["Bert_Adam"] == {"train.optimizer"}
    assert one["without CP"] == {"model.rank"}
    assert one["all layers"] == {"model.variant"}
    assert one["MobileBERT"] == {"model.variant", "train.loss", "train.optimizer"}
    assert one["layers cut, nothing else"] == {"model.rank", "train.loss", "train.optimizer"}
    assert PAPER_B_GAINS.keys() < one.keys()


def test_ablations_of_the_full_size_are_the_papers(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "mobilebert"}')
    (tmp_path / "vocab.txt").write_text("[PAD]\n")
    changes = ablations(str(tmp_path))[0].changes
    assert (changes["model.layers"], changes["model.rank"]) == ("12", "64")


def test_pair_differs_in_its_loss_alone():
    first, second = RECIPES["ce-joint"].configs
    assert set(first.differences(second)) == {"train.loss", "run.name"}
