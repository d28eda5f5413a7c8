"""Imports point one way: pages -> dashboard -> core; and what needs no model imports no torch."""

from __future__ import annotations

import ast
import functools
import graphlib
import importlib.metadata
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
    libraries |= set(sys.stdlib_module_names) | {"ray", "umap", "sklearn", "scipy", "numpy", "typer", "psutil", "nltk"}
    for folder in ("core", "dashboard", "pages"):
        own = {path.stem for path in files(folder)} - {"__init__", "__main__"}
        assert not own & libraries


def test_nothing_loads_a_pickle():
    for folder in ("core", "dashboard", "pages"):
        for path in files(folder):
            text = path.read_text(encoding="utf-8")
            assert not imported(path) & {"pickle", "joblib", "dill", "shelve"}, path
            assert "torch.load(" not in text, path


ROOMS = (
    "__main__", "cli", "standby", "worker", "plan", "analysis", "train", "runs", "augment", "data", "model", "config",
    "wording", "tasks", "sections", "fields", "demo", "digests", "files", "lab", "loading", "processor",
)  # fmt: skip
"""The rooms of `core`, topmost first: imports point down this list."""


@functools.cache
def modules() -> dict[str, Path]:
    """Dotted name -> file, of everything in `core`, `dashboard` and `pages`."""
    found = {}
    for folder in ("core", "dashboard", "pages"):
        for path in files(folder):
            found[".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")] = path
    return found


@functools.cache
def arrows() -> dict[str, set[str]]:
    """Module -> the modules it imports, inside functions and for type checking too."""
    known, found = modules(), {}
    for name, path in known.items():
        found[name] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names if alias.name in known}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                wanted = {f"{node.module}.{alias.name}" for alias in node.names}
                found[name] |= {want if want in known else node.module for want in wanted}
        found[name] &= known.keys() - {name}
    return found


def neighbours(folder: str) -> dict[str, set[str]]:
    """What lies directly in a folder (files, and folders as a whole) -> what of it that imports."""
    depth, found = len(folder.split(".")), {}
    for name, wanted in arrows().items():
        inside = [other for other in wanted if other.startswith(f"{folder}.")]
        if name.startswith(f"{folder}."):
            own = name.split(".")[depth]
            found.setdefault(own, set()).update({other.split(".")[depth] for other in inside} - {own})
    return found


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Names that import each other in a circle; empty where there is none."""
    try:
        list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def test_no_file_imports_itself_round_about():
    assert not circle(arrows())


def test_no_folder_imports_its_neighbour_and_is_imported_by_it():
    folders = {".".join(name.split(".")[:depth]) for name in modules() for depth in range(1, name.count(".") + 1)}
    assert len(folders) > 20
    circles = {folder: circle(neighbours(folder)) for folder in folders}
    assert not {folder: found for folder, found in circles.items() if found}


def test_rooms_of_core_import_downward():
    graph = neighbours("core")
    assert graph.keys() == set(ROOMS), "a new room needs its place in ROOMS"
    upward = {
        (room, wanted) for room, all_ in graph.items() for wanted in all_ if ROOMS.index(wanted) < ROOMS.index(room)
    }
    assert not upward


def test_a_circle_would_be_seen():
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}


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


ON_BEHALF = {
    "accelerate": "transformers' Trainer",
    "onnxscript": "torch's exporter",
    "sentencepiece": "transformers, for the tokenizers of some encoders",
}
"""Packages that another one imports for us, and which."""
OPTIONAL = {"ray"}
"""In requirements-cluster.txt."""


def test_requirements_name_what_is_imported_and_nothing_else():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    named = {line.partition("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    used = set().union(*(imported(path) for folder in ("core", "dashboard", "pages") for path in files(folder)))
    used -= {*sys.stdlib_module_names, "core", "dashboard", "pages", "light_mobilebert", *OPTIONAL}
    packages = importlib.metadata.packages_distributions()
    wanted = {dist.lower().replace("_", "-") for name in used for dist in packages[name]}
    assert wanted == named - ON_BEHALF.keys()
    assert named >= ON_BEHALF.keys()
