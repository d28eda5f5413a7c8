"""The command line as a script meets it: one JSON document, exit codes, one plain line for bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def call(capsys):
    """Run a verb in this process; returns (exit code, parsed stdout or None, stderr)."""

    def run(*arguments: str):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, json.loads(captured.out) if "--json" in arguments and code == 0 else None, captured.err

    return run


def test_doctor_reports_this_machine(call, no_data):
    code, report, _ = call("doctor", "--json")
    assert code == 0
    keys = {"python", "torch", "device", "bf16", "cores", "wordnet", "hub", "data", "ok", "problems"}
    assert set(report) == keys
    assert report["data"]["demo-intents"]["train"] >= 2_000
    assert report["data"]["demo-intents"]["dev"] >= 400
    assert "CoLA" not in report["data"]
    assert report["ok"] is (not report["problems"])


@pytest.mark.real_data
def test_doctor_counts_the_rows_of_a_data_folder(call, real_data):
    assert call("doctor", "--json")[1]["data"]["RTE"] == {"train": 2490, "dev": 277}


def test_tasks_lists_glue_boolq_the_demos_and_ones_own_file(call):
    _, rows, _ = call("tasks", "--json")
    assert {row["task"] for row in rows} >= {
        *("CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE", "WNLI", "BoolQ"),
        *("demo-sentiment", "demo-intents", "demo-paraphrase", "file"),
    }
    by_task = {row["task"]: row for row in rows}
    metrics = {"CoLA": "mcc", "SST-2": "accuracy", "MRPC": "f1", "STS-B": "pearson", "BoolQ": "accuracy"}
    assert {task: by_task[task]["metric"] for task in metrics} == metrics


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("augment", "--text", "a\udcffb"), "not UTF-8"),
        (("augment", "--task", "file"), "no file is named"),
        (("params", "--seed", "-1", "--reconstruct", "4"), "seed is -1"),
    ],
)
def test_odd_arguments_are_refused_in_one_line(call, arguments, said):
    code, _, errors = call(*arguments)
    assert code == 2
    assert said in errors
    assert len(errors.splitlines()) == 1


def test_augment_shows_edits_that_rebuild_the_text(call):
    text = "The committee quickly approved the new budget after a long debate"
    _, document, _ = call("augment", "--text", text, "--epochs", "0,1,2", "--seed", "3", "--json")
    assert [row["epoch"] for row in document["rows"]] == [0, 1, 2]
    for row in document["rows"]:
        rebuilt = row["original"]
        for edit in reversed(row["edits"]):
            assert text[edit["start"] : edit["end"]] == edit["before"]
            rebuilt = rebuilt[: edit["start"]] + edit["after"] + rebuilt[edit["end"] :]
        assert rebuilt == row["augmented"]
        assert row["pieces_before"]
    assert document["stats"]["texts"] == 3


def test_augment_of_a_task_changes_the_share_it_was_told(call):
    arguments = ("augment", "--task", "demo-intents", "--rows", "40", "--fraction", "0.25", "--json")
    _, document, _ = call(*arguments)
    assert len(document["rows"]) == 10
    assert call(*arguments)[1] == document


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("augment.min_words=500", "no training row is augmented: none of 4 passes augment.min_words"),
        ("augment.fraction=0.001", "no training row is augmented: 0.1 % of the 4 that may be is less than one"),
        ("augment.mode=none", "no row is changed: augment.mode is none"),
    ],
)
def test_augment_says_why_it_changes_no_row(call, setting, said):
    code, document, errors = call("augment", "--task", "demo-intents", "--rows", "4", "--set", setting, "--json")
    assert (code, document["rows"], errors.strip()) == (0, [], said)


def test_params_of_the_demo_add_up(call):
    _, report, _ = call("params", "--variant", "lora", "--json")
    assert sum(row["params"] for row in report["rows"]) in (report["total"], report["unique"])
    assert 0 < report["trainable"] < report["unique"] < report["total"]
    assert report["macs"]["seq_len"] == 128


def test_params_of_the_full_size_are_the_papers_without_any_file(call, no_data):
    _, report, _ = call("params", "--model", "mobilebert", "--variant", "lora", "--json")
    assert (report["total"], report["unique"], report["trainable"]) == (24_755_972, 24_754_946, 173_058)


def test_params_time_a_pass_and_say_what_a_decomposition_loses(call):
    small = ["--variant", "light", "--layers", "2", "--rank", "4", "--seq-len", "8"]
    code, report, stderr = call("params", *small, "--latency", "light", "--reconstruct", "4,64", "--json")
    assert code == 0
    time = report["latency_ms"]["light"]
    assert 0 < time["low"] <= time["median"] <= time["high"]
    assert [(row["layer"], row["rank"]) for row in report["reconstruction"]] == [(0, 4), (0, 64), (1, 4), (1, 64)]
    assert all(row["floor"] <= row["error"] + 1e-6 for row in report["reconstruction"])
    assert stderr.splitlines()[-1] == "4 of 4"
    assert call("params", *small, "--latency", "base,light,light:1:0", "--reconstruct", "4")[0] == 0


def test_train_waits_and_the_run_can_be_seen_asked_and_compared(call, run_root, tiny_model_dir):
    common = ["--task", "demo-intents", "--model", tiny_model_dir, "--wait", "--json"]
    for key in ("data.max_train_rows=32", "data.max_eval_rows=30", "train.batch_size=16", "train.epochs=1"):
        common += ["--set", key]
    ids = []
    for change in ("train.loss=ce", "train.loss=joint"):
        code, document, _ = call("train", *common, "--set", change)
        assert code == 0
        assert document["state"] == "finished"
        assert set(document["metrics"]) == {"accuracy", "macro_f1"}
        assert (Path(document["dir"]) / "config.json").is_file()
        ids.append(document["run"])
    assert [row["run"] for row in call("runs", "list", "--json")[1]] == ids[::-1]
    assert call("runs", "show", ids[0], "--json")[1]["config"]["train.loss"] == "ce"
    assert "log" in call("runs", "log", ids[0], "--json")[1]
    _, clusters, _ = call("clusters", *ids[:2], "--json")
    assert clusters["fair"] is True
    assert clusters["differences"] == []
    assert all(-1 <= entry["silhouette"] <= 1 for entry in clusters["runs"])
    _, answer, _ = call("predict", ids[0], "--text", "where is my parcel", "--json")
    assert sum(answer["rows"][0]["probabilities"].values()) == pytest.approx(1)
    assert call("runs", "delete", ids[0], "--json")[1] == {"run": ids[0], "state": "deleted"}
    assert [row["run"] for row in call("runs", "list", "--json")[1]] == ids[1:]


def test_a_dry_run_starts_nothing(call, run_root):
    _, document, _ = call("train", "--task", "demo-intents", "--dry-run", "--json", "--set", "train.epochs=2")
    assert document["steps"] == 2 * -(-document["rows"]["train"] // 32)
    assert document["time_s"] > 0
    assert (document["ok"], document["errors"]) == (True, {})
    assert not run_root.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "--task", "CoLaa"], "unknown task 'CoLaa'"),
        (["train"], "--task is missing"),
        (["train", "--task", "demo-intents", "--set", "lora.r=x"], "lora.r is 'x'"),
        (["train", "--task", "demo-intents", "--set", "lora"], "'lora' is not KEY=VALUE"),
        (["train", "--task", "demo-intents", "--model", "/"], "config.json"),
        (["train", "--task", "nowhere.csv"], "nowhere.csv does not exist"),
        (["train", "--task", "rows.dat"], "a file of your own ends in .csv, .tsv, .jsonl or .xlsx"),
        (["train", "--task", "/dev"], "/dev is a folder"),
        (["train", "--task", "CoLA"], "hub"),
        (["runs", "show", "../etc"], "is not a run id"),
        (["runs", "show", "missing"], "no run 'missing'"),
        (["clusters", "missing"], "no run 'missing'"),
        (["predict", "missing", "--text", "x"], "no run 'missing'"),
        (["augment"], "give either --text or --task"),
        (["augment", "--text", "x", "--epochs", "a"], "--epochs is 'a'"),
        (["augment", "--text", "x", "--methods", "magic"], "unknown augment.methods 'magic'"),
        (["params", "--variant", "huge"], "huge"),
        (["params", "--labels", "0"], "labels is 0"),
        (["params", "--reconstruct", "many"], "write ranks such as 16,32,64"),
        (["train", "--task", "demo-intents", "--model", "mobilebert"], "the architecture alone"),
        (["train", "--task", "demo-intents", "--bogus"], "No such option"),
        (["bogus"], "No such command"),
    ],
)
def test_bad_input_is_one_plain_line_and_exit_code_two(call, run_root, no_data, arguments, said):
    code, _, stderr = call(*arguments)
    assert code == 2
    assert said in stderr
    assert stderr.count("\n") == 1
    assert "Traceback" not in stderr


def test_json_is_all_there_is_on_stdout(tmp_path):
    environment = {**os.environ, "LAB_RUNS": str(tmp_path)}
    command = [sys.executable, "-m", "core", "params", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["unique"] > 0


def test_every_verb_has_help(call):
    for verb in ("doctor", "tasks", "augment", "params", "train", "runs", "clusters", "predict"):
        assert call(verb, "--help")[0] == 0


@pytest.mark.parametrize(
    ("assignment", "key"),
    [("train.epoch=2", "train.epoch"), ("lora.r=0", "lora.r"), ("lora.targets=quary", "lora.targets")],
)
def test_a_dry_run_in_json_says_what_is_wrong_by_key(capsys, run_root, no_data, assignment, key):
    assert main(["train", "--task", "demo-intents", "--dry-run", "--json", "--set", assignment]) == 2
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["ok"] is False
    assert list(document["errors"]) == [key]
    assert captured.err.splitlines()[-1] == f"error: {document['errors'][key]}"
