"""What a model does not have is told before the run, in the words that the run itself would use."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.model.build import build_model
from core.model.limits import model_problems
from core.plan.check import preflight

LIGHT = {"model.variant": "light", "model.layers": 2, "model.rank": 4}


@pytest.mark.parametrize("changes", [{}, LIGHT, LIGHT | {"model.rank": 0}])
def test_targets_that_lora_can_adapt_are_those_of_the_built_model(changes):
    config = RunConfig().replace({**changes, "lora.targets": "quary"})
    with pytest.raises(ValueError, match="quary") as said:
        build_model(config, 2)
    assert model_problems(config) == {"lora.targets": str(said.value)}
    adaptable = str(said.value).partition("hoose from ")[2].strip("[]").replace("'", "").replace(" ", "")
    assert model_problems(config.replace({"lora.targets": adaptable})) == {}
    assert build_model(config.replace({"lora.targets": adaptable}), 2)


def test_more_layers_than_the_model_has_are_refused_before_the_run():
    config = RunConfig().replace({"task": "demo-intents", **LIGHT, "model.layers": 7})
    with pytest.raises(ValueError, match="7 layers asked for; this model has 6") as built:
        build_model(config, 2)
    with pytest.raises(ValueError, match="7 layers") as looked:
        preflight(config)
    assert str(looked.value) == str(built.value)
    assert model_problems(config.replace({"model.variant": "base"})) == {}
    assert model_problems(config.replace({"model.layers": 6})) == {}


def test_targets_do_not_matter_without_lora():
    assert model_problems(RunConfig().replace({"lora.enabled": False, "lora.targets": "quary"})) == {}
