"""The command that a page or a dry run shows launches the very same configuration, into the same folder of runs."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cli.training import read_config
from core.config import RunConfig
from core.plan.command import train_command


def read(command: str) -> tuple[RunConfig, str | None]:
    """As a shell joins continued lines, and the verb `train` reads what comes: the configuration, and --runs."""
    words = shlex.split(command.replace(" \\\n ", " "))
    assert words[:4] == ["python", "-m", "core", "train"]
    options = list(zip(words[4::2], words[5::2], strict=True))
    named, assignments = dict(options), [value for name, value in options if name == "--set"]
    return read_config(named["--task"], named["--model"], None, assignments), named.get("--runs")


@pytest.fixture(autouse=True, scope="module")
def _no_root():
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("LAB_RUNS", raising=False)
        yield


def test_defaults_set_nothing():
    assert train_command(RunConfig()) == "python -m core train --task demo-intents --model demo"


@given(
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
    seed=st.integers(0, 99),
    lora=st.booleans(),
    lines=st.booleans(),
)
def test_it_gives_the_same_configuration(name, seed, lora, lines):
    config = RunConfig(task="RTE", seed=seed, model="/a b/c'd").replace(
        {"run.name": name.strip(), "lora.enabled": lora, "augment.methods": "typo,swap", "train.lr": 1e-4}
    )
    assert read(train_command(config, lines=lines)) == (config, None)


def test_it_names_the_folder_of_runs_that_was_asked_for_or_is_set(monkeypatch):
    assert read(train_command(RunConfig(), "my runs")) == (RunConfig(), "my runs")
    monkeypatch.setenv("LAB_RUNS", "/set")
    assert read(train_command(RunConfig(), lines=True)) == (RunConfig(), "/set")
