"""Imports point one way: pages -> dashboard -> core; and what needs no model imports no torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def imported(path: Path) -> set[str]:
    """Top-level names of every import in a file, those inside functions included."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def files(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"{folder}/ holds no Python file"
    return found


@pytest.mark.parametrize(
    ("folder", "forbidden"), [("core", {"streamlit", "dashboard", "pages"}), ("dashboard", {"pages"})]
)
def test_imports_never_point_back(folder, forbidden):
    wrong = {str(path.relative_to(ROOT)): imported(path) & forbidden for path in files(folder)}
    assert not {path: names for path, names in wrong.items() if names}


def test_pages_and_dashboard_reach_only_down():
    pages = {path.stem for path in files("pages")}
    for path in files("pages"):
        assert not imported(path) & (pages - {"dashboard", "core"}), f"{path.name} imports another page"


def test_no_file_bears_the_name_of_a_library_it_could_shadow():
    libraries = {"streamlit", "torch", "transformers", "peft", "plotly", "nltk", "datasets", "tensorly", "pandas"}
    libraries |= set(sys.stdlib_module_names)
    for folder in ("dashboard", "pages"):
        assert not {path.stem for path in files(folder)} & libraries


def test_nothing_loads_a_pickle():
    for folder in ("core", "dashboard", "pages"):
        for path in files(folder):
            text = path.read_text(encoding="utf-8")
            assert not imported(path) & {"pickle", "joblib", "dill", "shelve"}, path
            assert "torch.load(" not in text, path


@pytest.mark.parametrize(
    "module",
    [
        "core.config",
        "core.tasks",
        "core.data.sources",
        "core.plan.recipes",
        "core.plan.check",
        "core.runs.folder.store",
        "core.runs.local.launcher",
        "core.augment.policy",
        "core.demo.corpora",
        "core.model.source",
        "core.analysis.clusters",
    ],
)
def test_what_needs_no_model_imports_no_torch(module):
    code = f"import sys, {module}; sys.exit(bool({{'torch', 'transformers', 'streamlit'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
