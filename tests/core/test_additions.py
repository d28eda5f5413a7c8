"""Adding to the lab touches the files that CONTRIBUTING names, and no other: each kind is added to a copy and tried."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
METHOD = '''"""Words said aloud."""

from core.augment.edits import Edit
from core.augment.method import Method


def loud(text, rng, setting):
    end = text.find(" ") if " " in text else len(text)
    return [Edit(0, end, text[:end], text[:end].upper(), "shout")] if text[:end] != text[:end].upper() else []


METHOD = Method(name="shout", summary="The first word is said aloud.", color="purple", changes="wording", careful=loud,
                paper=loud)
'''
TASK = """    Task("Moods", "Which mood is this?", ("text",), ("glad", "sad"), ("accuracy",), 1e-4, ("text",),
         files=FileLayout("moods/{split}.tsv")),
    Task("file","""
LOSS = '''def margin_term(features, labels):
    """The mean of the features, which serves to be seen."""
    return features.float().mean()


TERMS = {"margin": margin_term, "joint"'''
KEY = '''    loss: Literal["ce"'''


@pytest.fixture
def copy(tmp_path):
    """The lab as it is here, without its tests."""
    listed = subprocess.run(["git", "ls-files", "core", "dashboard", "pages"], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.split("\n") if listed.returncode == 0 else []
    if not any(names):
        pytest.skip("needs a git checkout to know what belongs to the lab")
    for name in filter(None, names):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def change(folder: Path, name: str, before: str, after: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{name} has {before!r} {text.count(before)} times"
    path.write_text(text.replace(before, after), encoding="utf-8")


def touched(folder: Path) -> set[str]:
    """Files of the copy that are new or differ from ours."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix in (".py", ".tsv", ".json")
        and "__pycache__" not in path.parts
        and not same(path, ROOT / path.relative_to(folder))
    }


def same(path: Path, ours: Path) -> bool:
    return ours.is_file() and path.read_bytes() == ours.read_bytes()


def ask(folder: Path, code: str) -> object:
    """What a few lines of Python print as JSON, with the copy in the place of the lab."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "LAB_RUNS": str(folder / "no-runs")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_method_is_a_file_and_a_name_in_a_list(copy):
    (copy / "core/augment/methods/shout.py").write_text(METHOD)
    init = "core/augment/methods/__init__.py"
    change(copy, init, "import context, swap, synonym, typo", "import context, shout, swap, synonym, typo")
    change(copy, init, "typo.METHOD, context.METHOD", "typo.METHOD, context.METHOD, shout.METHOD")
    found = ask(
        copy,
        "import json; from random import Random; from core.config import RunConfig\n"
        "from core.augment.policy import run_policy; from dashboard import theme; from dashboard.launch import forms\n"
        "config = RunConfig().replace({'augment.methods': 'shout', 'augment.fraction': 1})\n"
        "row = run_policy(config).row(0, 'so good a film', None, 0)\n"
        "from core.analysis.robustness.noise import NOISES; from core.__main__ import app\n"
        "from typer.main import get_command\n"
        "help = str([option.help for option in get_command(app).commands['augment'].params])\n"
        "reached = ['shout' in names for names in (forms.choices_of('augment.methods'), NOISES, help)]\n"
        "print(json.dumps([row.text.text, theme.method_color('shout'), *reached]))\n",
    )
    assert found == ["SO good a film", "#cc79a7", True, True, True]
    assert touched(copy) == {init, "core/augment/methods/shout.py"}


def test_a_task_is_an_entry(copy):
    change(copy, "core/tasks.py", '    Task("file",', TASK)
    data = copy / "data" / "moods"
    data.mkdir(parents=True)
    for split in ("train", "dev"):
        (data / f"{split}.tsv").write_text("text\tlabel\nwhat a day\tglad\nno more\tsad\n")
    found = ask(
        copy,
        f"import json, os; os.environ['LAB_DATA'] = {str(copy / 'data')!r}\n"
        "from core.config import RunConfig; from core.data.sources import load_corpus\n"
        "from core.tasks import get_task\n"
        "corpus = load_corpus(RunConfig(task='moods'))\n"
        "print(json.dumps([corpus.train.texts, corpus.train.labels, get_task('MOODS').title]))\n",
    )
    assert found == [["what a day", "no more"], [0, 1], "Which mood is this?"]
    assert touched(copy) - {"data/moods/train.tsv", "data/moods/dev.tsv"} == {"core/tasks.py"}


def test_a_loss_is_a_function_and_a_choice(copy):
    change(copy, "core/train/losses.py", 'TERMS = {"joint"', LOSS)
    change(copy, "core/sections.py", '"supcon_textbook"] = "ce"', '"supcon_textbook", "margin"] = "ce"')
    found = ask(
        copy,
        "import json, torch; from core.train.losses import compute_loss; from core.config import types\n"
        "logits = torch.tensor([[2.0, 0.0], [0.0, 4.0]])\n"
        "_, parts = compute_loss('margin', logits, torch.tensor([0, 1]))\n"
        "print(json.dumps([float(parts['contrastive']), list(types()['train.loss'].choices)]))\n",
    )
    assert found[0] == 1.5
    assert found[1][-1] == "margin"
    assert touched(copy) == {"core/train/losses.py", "core/sections.py"}


def test_a_key_is_a_field(copy):
    before = "    loss: Literal["
    after = '    warmth: float = 0.25\n    """How warm it is; a key that a test adds."""\n    loss: Literal['
    change(copy, "core/sections.py", before, after)
    found = ask(
        copy,
        "import json; from core.config import RunConfig, keys, parse_assignments\n"
        "from dashboard.launch.form_layout import CARDS\n"
        "config = RunConfig().replace(parse_assignments(['train.warmth=0.5']))\n"
        "shown = [key for card in CARDS for key in (*card.main, *card.more)]\n"
        "again = RunConfig.from_json(config.to_json())\n"
        "print(json.dumps([again.train.warmth, keys()['train.warmth'], shown.count('train.warmth')]))\n",
    )
    assert found == [0.5, "How warm it is; a key that a test adds.", 1]
    assert touched(copy) == {"core/sections.py"}


def test_a_page_is_a_file_and_a_line(copy):
    (copy / "pages/weather.py").write_text(
        'from dashboard.shared import markup\n\nmarkup.heading("Weather", "What it is like outside.")\n'
    )
    line = '        ("errors", "Errors"'
    own = '        ("weather", "Weather", ":material/cloud:"),'
    change(copy, "dashboard/app.py", line, f"{own}\n{line}")
    found = ask(
        copy,
        "import json; from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('dashboard/app.py', default_timeout=60).run()\n"
        "app.switch_page('../pages/weather.py').run()\n"
        "print(json.dumps([title.value for title in app.title] + [len(app.exception)]))\n",
    )
    assert found == ["Weather", 0]
    assert touched(copy) == {"dashboard/app.py", "pages/weather.py"}
