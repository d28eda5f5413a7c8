"""`python -m core sweep`: one JSON document, real runs, plain answers to bad input."""

from __future__ import annotations

import json

import pytest

from core.__main__ import main
from core.runs.folder.store import Store

SMALL = ("data.max_train_rows=32", "data.max_eval_rows=30", "train.batch_size=16", "train.max_steps=2")


@pytest.fixture
def call(capsys):
    def run(*arguments: object):
        code = main(["sweep", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, json.loads(captured.out) if "--json" in arguments and code == 0 else captured.out, captured.err

    return run


def test_a_sweep_is_planned_started_read_and_stopped(call, run_root, tiny_model_dir):
    common = ["--task", "demo-intents", "--model", tiny_model_dir, "--grid", "train.loss=ce,joint", "--seeds", "4,5"]
    for assignment in SMALL:
        common += ["--set", assignment]
    _, plan, said = call(*common, "--dry-run", "--json")
    assert (plan["sweep"], plan["runs"], plan["plan"]["runs"]) == (None, [], 4)
    assert plan["plan"]["time_s"] > 0
    assert plan["plan"]["memory_mb"] > 256
    assert "4 runs, about" in said
    assert Store().list() == []
    _, made, _ = call(*common, "--json")
    assert set(made) == {"sweep", "runs"}
    configs = [Store().get(run).config() for run in made["runs"]]
    assert [(c.seed, c.train.loss) for c in configs] == [(4, "ce"), (4, "joint"), (5, "ce"), (5, "joint")]
    _, stopped, _ = call("--stop", made["sweep"], "--json")
    assert not stopped["states"].keys() & {"queued", "running"}
    _, table, _ = call("--results", made["sweep"], "--json")
    assert table["runs"] == made["runs"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give either --grid"),
        (["--preset", "ratio", "--grid", "lora.r=1,2"], "give either --grid"),
        (["--preset", "everything"], "unknown preset 'everything'; choose from"),
        (["--grid", "train.loss=ce,joint"], "--task is missing"),
        (["--task", "demo-intents", "--grid", "train.loss=ce,scl"], "unknown train.loss 'scl'"),
        (["--task", "demo-intents", "--grid", "nix=1"], "unknown key 'nix'"),
        (["--task", "demo-intents", "--grid", "lora.r=2,4", "--seeds", "a"], "give whole numbers"),
        (["--grid", "task=demo-intents,nowhere"], "unknown task 'nowhere'"),
        (["--results", "../x"], "no sweep '../x'"),
    ],
)
def test_bad_input_is_one_plain_line_and_exit_code_two(call, run_root, no_data, arguments, said):
    code, _, stderr = call(*arguments)
    assert code == 2
    assert said in stderr
    assert stderr.count("\n") == 1
    assert Store().list() == []
