"""Exports of tiny runs: each format loaded again by itself, the zip without the lab, and what is refused."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from core.__main__ import main
from core.analysis.errors.answers import load_answers
from core.analysis.export import budget, formats
from core.analysis.export.calibration import calibrate
from core.analysis.export.check import FRESH, compare
from core.analysis.export.export import _budget_note, export
from core.analysis.export.light_source import light_source
from core.analysis.predict import TrainedModel, load_trained, predict
from core.data.sources import load_corpus
from core.model.build import build_model
from core.runs.folder.run import Run
from core.runs.folder.store import Store
from core.train.fit import fit
from dashboard.export import panels
from tests.core.train.tiny_runs import VARIANTS, config_for

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, tiny_model_dir):
    """`trained(variant)`: a finished run of a pair task, trained once."""
    store, made = Store(tmp_path_factory.mktemp("runs")), {}

    def of(variant: str) -> Run:
        if variant not in made:
            made[variant] = store.create(config_for(tiny_model_dir, task="demo-paraphrase", **VARIANTS[variant]))
            assert fit(made[variant]) == "finished"
        return made[variant]

    return of


@pytest.fixture(scope="module", autouse=True)
def _graphs(tmp_path_factory):
    """A run's graph is traced once: each format made of it begins with a copy of that file."""
    made, trace = {}, formats._onnx

    def graph(trained, run_id: str, out: Path) -> None:
        if run_id not in made:
            made[run_id] = tmp_path_factory.mktemp("graph")
            trace(trained, run_id, made[run_id])
        shutil.copytree(made[run_id], out, dirs_exist_ok=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formats, "_onnx", graph)
        yield


@pytest.fixture(scope="module", autouse=True)
def _checked_here():
    """LoRA's merged weights and plain graph are asked in this process: a fresh one costs 5 CPU seconds of imports."""
    begin = subprocess.run

    def run(command, **options):
        if str(FRESH) in command:
            first = Path(json.loads(Path(command[3]).read_text())["folders"][0])
            to = json.loads((first / "export.json").read_text())["format"]
            if to in ("merged", "onnx") and not (first / "light_mobilebert.py").exists():
                return answered_here(command)
        return begin(command, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "run", run)
        yield


def answered_here(command, **_options) -> subprocess.CompletedProcess:
    runpy.run_path(str(FRESH))["main"](*command[3:])
    return subprocess.CompletedProcess(command, 0, "", "")


@pytest.fixture(scope="module")
def exported(trained, tmp_path_factory):
    """`exported(variant, to)`: what is known of an export with its zip, made once; its folder is `at`.

    The merged weights of LoRA take the place of an adapter's earlier export.
    """
    made = {}

    def of(variant: str, to: str) -> dict:
        if (variant, to) not in made:
            out = tmp_path_factory.mktemp("export") / "out"
            if (variant, to) == ("lora", "merged"):
                shutil.copytree(of("lora", "adapter")["at"], out)
            made[variant, to] = {**export(trained(variant), to, out, zipped=True), "at": out}
        return made[variant, to]

    return of


def asked(run: Run, folder: Path) -> np.ndarray:
    """Logits (N, C) of the run's kept rows by the `answer.py` of an exported folder, in this process."""
    spec = importlib.util.spec_from_file_location("answer", folder / "answer.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = run.load_eval_rows()
    return module.Exported(folder).logits([r["text"] for r in rows], [r["pair"] for r in rows], batch_size=5)


def largest(run: Run) -> float:
    """The largest logit of the kept rows: what differences are small against."""
    return float(np.abs(run.load_embeddings(run.embedding_steps()[-1])["logits"]).max())


def outside(place: Path, codes: dict[str, str]) -> list[str]:
    """The lines that a Python prints which cannot import the lab: each code in its folder of `place`, one by one."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LAB_"))}
    script = "import os, sys, importlib.util as u\nassert u.find_spec('core') is None\n"
    for folder, code in codes.items():
        script += f"os.chdir({str(place / folder)!r})\nsys.modules.pop('answer', None)\n{code}\n"
    done = subprocess.run([sys.executable, "-c", script], cwd=place, env=environment, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(("variant", "to"), [("lora", "adapter"), ("lora", "merged"), ("light", "merged")])
def test_weights_loaded_again_answer_as_the_run_did(trained, exported, variant, to):
    found = exported(variant, to)
    assert found["check"]["rows"] == 24
    assert found["check"]["max_abs_diff"] < 1e-5 * largest(trained(variant))
    assert found["check"]["agreement"] == 1
    assert found["check"]["before"]["value"] == found["check"]["after"]["value"]
    assert found["bytes"] == sum(Path(name).stat().st_size for name in found["files"])
    assert set(found["latency_ms"]) == {to, "own model, eager torch"}


def test_the_graph_answers_as_the_run_did_and_its_8_bit_form_nearly(trained, exported, tmp_path):
    found = export(trained("lora"), "onnx-int8", tmp_path / "out", budget=0.0)
    assert found["check"]["max_abs_diff"] > 0
    assert found["check"]["agreement"] > 0.7  # random weights of this size make much of every rounding
    assert set(found["latency_ms"]) == {"onnx-int8", "onnx", "own model, eager torch"}
    about = json.loads((tmp_path / "out" / "export.json").read_text())
    assert about["format"] == "onnx-int8"
    rows = len(load_corpus(trained("lora").config()).train)
    assert about["scales"] == f"fixed, from {rows} training rows"
    assert any(f"measured on {rows} rows of training" in note for note in found["notes"])
    whole = exported("lora", "onnx")
    assert whole["check"]["max_abs_diff"] < 1e-5 * largest(trained("lora"))
    assert found["bytes"] < whole["bytes"]
    assert "budget" not in whole
    kept_within(found, 0.0)


def test_the_page_and_the_command_line_make_8_bit_files_that_answer_the_same(trained, tmp_path, monkeypatch):
    run, words = trained("lora"), []
    monkeypatch.setattr(subprocess, "run", answered_here)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LAB_RUNS", str(run.dir.parent))
    monkeypatch.setattr(panels.measurement, "offer", lambda _name, _label, given: words.extend(given))
    panels._draw_format(run, "onnx-int8", "last")
    assert main(words) == 0
    assert main(["export", run.id, "--to", "onnx-int8", "--out", str(tmp_path / "shell")]) == 0
    by_page = asked(run, Path(words[words.index("--out") + 1]))
    assert by_page.tobytes() == asked(run, tmp_path / "shell").tobytes()
    assert not np.array_equal(by_page, load_answers(run).logits)  # 8 bits they are


def test_the_light_models_graph_answers_as_its_run_did_and_its_8_bit_form_nearly(trained, tmp_path, monkeypatch):
    run = trained("light")
    formats.write(load_trained(run), run.id, "onnx", tmp_path)
    kept = load_answers(run)
    check = compare(kept, asked(run, tmp_path), "accuracy")
    assert check.max_abs_diff < 1e-5 * largest(run)
    before = (tmp_path / "model.onnx").stat().st_size
    assert str(Path(formats.__file__).parents[3]).encode() not in (tmp_path / "model.onnx").read_bytes()
    shutil.copyfile(tmp_path / "model.onnx", tmp_path / "float.onnx")
    shutil.copytree(tmp_path, tmp_path / "zeros")
    formats.quantise(tmp_path / "model.onnx", tmp_path / "model.onnx")
    found = asked(run, tmp_path)
    with monkeypatch.context() as patch:  # as onnxruntime writes it, a zero point for each column
        patch.setattr(formats, "_forget_zero_points", lambda _path: None)
        formats.quantise(tmp_path / "zeros" / "model.onnx", tmp_path / "zeros" / "model.onnx")
    assert found.tobytes() == asked(run, tmp_path / "zeros").tobytes()
    assert weights_zero_points(tmp_path / "model.onnx") == 0 < weights_zero_points(tmp_path / "zeros" / "model.onnx")
    check = compare(kept, found, "accuracy")
    assert check.max_abs_diff > 0
    assert check.agreement > 0.7
    assert (tmp_path / "model.onnx").stat().st_size < before
    for place, written in (("fixed", nullcontext()), ("seven", monkeypatch.context())):
        with written as patch:
            if patch is not None:  # a processor that adds up in 16 bits
                patch.setattr(formats, "reduces_range", lambda _flags: True)
            fixed(
                run, load_trained(run), tmp_path / "float.onnx", tmp_path / "model.onnx", 127 if patch is None else 63
            )
        found = asked(run, tmp_path)
        assert compare(kept, found, "accuracy").agreement > 0.7, place


def test_without_training_rows_8_bits_are_scaled_by_batch_and_that_is_said(trained, tmp_path):
    run = trained("lora")
    away = SimpleNamespace(config=lambda: run.config().replace({"data.file": str(tmp_path / "away.csv")}))
    found = calibrate(away, load_trained(run), tmp_path / "model.onnx")
    assert found.ranges is None
    assert found.rows == 0
    assert "scaled anew for each batch" in found.note
    assert "away.csv" in found.note


def fixed(run, trained, whole, path, top):
    """Fixed scales, measured on training rows: ranges as torch finds them, ReLUs inside, weights up to `top`."""
    import onnx
    from onnx import numpy_helper

    found = calibrate(run, trained, whole)
    assert found.rows == len(load_corpus(run.config()).train) <= 512
    formats.quantise(whole, path, ranges=found.ranges)
    graph = onnx.load(path).graph
    kinds = Counter(node.op_type for node in graph.node)
    layers, networks = trained.model.config.num_hidden_layers, trained.model.config.num_feedforward_networks
    assert kinds["QLinearConv"] == layers * networks  # each network's first layer
    assert not kinds["Relu"] + kinds["DynamicQuantizeLinear"] + kinds["Gemm"]
    largest = [
        int(np.abs(numpy_helper.to_array(one)).max()) for one in graph.initializer if one.name.endswith("/weight")
    ]
    assert set(largest) == {top}


def weights_zero_points(path):
    import onnx

    return sum(len(node.input) > 3 for node in onnx.load(path).graph.node if node.op_type == "MatMulInteger")


def test_layers_that_go_back_to_32_bits_leave_no_product_in_8(exported, tmp_path):
    import onnx

    graph = next(Path(name) for name in exported("lora", "onnx")["files"] if name.endswith("model.onnx"))
    groups = budget.layers_of(graph)

    def quantised(kept):
        formats.quantise(graph, tmp_path / "trial.onnx", kept)
        nodes = onnx.load(tmp_path / "trial.onnx").graph.node
        return sum("Integer" in node.op_type or "Quantize" in node.op_type for node in nodes)

    assert quantised([name for names in groups.values() for name in names]) == 0
    assert quantised([name for group, names in groups.items() if group != "head" for name in names]) > 0


def test_a_score_that_rose_is_not_said_to_fall_by_less_than_nothing():
    steps = (budget.Step("", 1, 1.0, 0.8, 0.19), budget.Step("embeddings", 2, 2.0, 0.9, -0.28))
    said = _budget_note(budget.Budget(0.0, steps, True), "pearson")
    assert "pearson rises by 0.28 points; with every layer in 8 bits it falls by 0.19 points" in said
    same = budget.Budget(0.5, (budget.Step("", 1, 1.0, 0.8, 0.0),), True)
    assert _budget_note(same, "f1") == "f1 stays as it was with every layer in 8 bits, within the budget"
    undefined = budget.Step("", 1, 1.0, float("nan"), float("nan"))
    assert _budget_note(budget.Budget(0.0, (undefined,), False), "pearson").endswith("pearson is undefined")


def kept_within(found, budget):
    """Step by step the worst layer went back, until the score, as the fresh process found it, lost nothing more."""
    trade, check = found["budget"], found["check"]
    lost = [step["points"] for step in trade["steps"]]
    assert [one <= budget + 1e-9 for one in lost] == [False] * (len(lost) - 1) + [trade["held"]]
    assert 100 * (check["before"]["value"] - check["after"]["value"]) == pytest.approx(lost[-1], abs=1e-6)
    assert [step["bytes"] for step in trade["steps"]] == sorted(step["bytes"] for step in trade["steps"])
    assert len(set(trade["returned"])) == len(lost) - 1
    assert set(trade["returned"]) <= {"embeddings", "layer 0", "layer 1", "head"}


def cut_with_adapters(run: Run, out: Path) -> TrainedModel:
    """A cut model with adapters that do something, as never trained, exported into `out`."""
    model = build_model(run.config().replace({"lora.enabled": True}), 2)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    out.mkdir(parents=True)
    made = replace(load_trained(run), model=model.eval())
    formats.write(made, run.id, "adapter", out)
    return made


def test_the_zips_answer_by_their_own_snippets_where_the_lab_is_not(trained, exported, tmp_path):
    codes, expected = {}, []
    for variant, to in (("lora", "adapter"), ("light", "merged")):
        folder = tmp_path / variant
        with zipfile.ZipFile(exported(variant, to)["zip"]) as file:
            file.extractall(folder)
        (code,) = re.findall(r"```python\n(.*?)```", (folder / "out" / "README.md").read_text(), re.DOTALL)
        codes[f"{variant}/out"] = code
        model = load_trained(trained(variant))
        columns = model.task.columns
        (answer,), _ms = predict(model, [f"your {columns[0]}"], [f"your {columns[1]}"])
        expected.append(pytest.approx(answer.probabilities, abs=1e-4))
    made = cut_with_adapters(trained("light"), tmp_path / "cut" / "out")
    batch = made.tokenizer("your text", "your pair", return_tensors="pt")
    with torch.no_grad():
        odds = made.model(**batch).logits[0].softmax(dim=0).tolist()
    codes["cut/out"] = 'from answer import Exported\nprint(Exported(".").answer("your text", "your pair"))'
    expected.append(pytest.approx(dict(zip(made.task.labels, odds, strict=True)), abs=1e-4))
    assert [ast.literal_eval(line) for line in outside(tmp_path, codes)] == expected


def test_the_file_of_the_light_model_names_nothing_of_the_lab():
    source = light_source()
    compile(source, "light_mobilebert.py", "exec")
    assert "core" not in re.findall(r"(?m)^(?:from|import) (\w+)", source)
    assert "from_mobilebert" not in source


def test_a_run_trained_in_full_has_no_adapter(trained, tmp_path):
    with pytest.raises(ValueError, match="trained in full"):
        export(trained("light"), "adapter", tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_a_folder_with_other_files_is_left_alone_and_an_earlier_export_replaced(trained, exported, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match="holds other files"):
        export(trained("lora"), "merged", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert (exported("lora", "adapter")["at"] / "adapter_config.json").exists()
    out = exported("lora", "merged")["at"]  # put where an adapter's had been
    assert not (out / "adapter_config.json").exists()
    assert sorted(path.name for path in out.parent.iterdir()) == ["out", "out.zip"]


def test_the_worst_layers_go_back_first_and_no_budget_asks_for_more_than_there_is(trained, tmp_path, monkeypatch):
    """With a score that only the model in 32 bits reaches every layer goes back, the most disturbing first."""
    run = trained("lora")
    formats.write(load_trained(run), run.id, "onnx", tmp_path)
    kept = load_answers(run)
    moved = {"layer 1": 3.0, "embeddings": 2.0, "head": 1.0, "layer 0": 0.5}
    monkeypatch.setattr(budget, "_worst_first", lambda *_: sorted(moved, key=lambda group: -moved[group]))
    monkeypatch.setattr(budget, "score", lambda _metric, logits, _labels: float(logits is kept.logits))
    found = budget.keep_budget(tmp_path, kept, "accuracy", 99.0)
    assert found.returned == ["layer 1", "embeddings", "head", "layer 0"]
    assert not found.held
    assert [path.name for path in tmp_path.glob("*.onnx")] == ["model.onnx"]
    with pytest.raises(ValueError, match="the budget is -1 points"):
        budget.keep_budget(tmp_path, kept, "accuracy", -1.0)


def test_the_card_tells_no_path_of_this_machine_and_the_robustness_that_was_measured(trained, monkeypatch):
    from core.analysis.export import card
    from core.analysis.robustness.measure import RetainedScore

    run = trained("lora")
    assert card._start(run.config().model) == Path(run.config().model).name
    assert card._start("google/mobilebert-uncased") == "google/mobilebert-uncased"
    own = run.config().replace({"augment.mode": "dynamic", "augment.methods": ("/home/me/mine.py:slang",)})
    assert "(mine.py:slang; careful)" in card.method(own, {})[-1]
    assert card._escaped("a text's p < 0.001, data.max_rows, [SEP] of <b>") == (
        r"a text's p < 0.001, data.max\_rows, \[SEP\] of \<b>"
    )
    assert card._robustness(run, "last") == []
    monkeypatch.setattr(card, "measured", lambda run, weights: [RetainedScore("typo", 0.1, 0.8125)])
    assert "| typo | 10 % | 0.8125 |" in card._robustness(run, "last")[1]


def test_an_unknown_format_names_those_there_are(trained, tmp_path):
    with pytest.raises(ValueError, match="onnx-int8"):
        export(trained("lora"), "gguf", tmp_path / "out")


def test_answers_stand_in_the_order_of_the_texts(trained, exported):
    run = trained("lora")
    kept = run.load_embeddings(run.embedding_steps()[-1])["logits"]
    np.testing.assert_allclose(asked(run, exported("lora", "merged")["at"]), kept, atol=1e-5 * largest(run))
