"""Training and previews get the same policy: the task's sides and words, the model's own head where it is asked for."""

from __future__ import annotations

from random import Random

from core.augment.methods.context import load_context
from core.augment.run_policy import run_policy
from core.augment.transforms import augment_text
from core.config import RunConfig
from core.tasks import get_task


def test_the_task_names_sides_and_protected_words() -> None:
    assert "wonderful" in run_policy(RunConfig(), get_task("SST-2")).protect
    assert run_policy(RunConfig(), get_task("MRPC")).sides == ("text", "pair")
    assert run_policy(RunConfig(), get_task("MRPC"), ("text",)).sides == ("text",)
    assert run_policy(RunConfig()).sides == ("text",)


def test_the_method_context_brings_the_models_own_head() -> None:
    policy = run_policy(RunConfig().replace({"augment.methods": "context"}))
    assert policy.context is load_context("demo")
    done = augment_text("please cancel the order for my new coat", "context", Random(0), context=policy.context)
    assert done.method == "context"


def test_no_model_is_loaded_where_nothing_is_augmented() -> None:
    config = RunConfig(model="nowhere").replace({"augment.methods": "context", "augment.mode": "none"})
    assert run_policy(config).context is None
