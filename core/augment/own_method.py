"""A method of one's own: a function in a Python file, where the operator opened that file for it.

`FILE.py:FUNCTION` names it; the function takes a text and a `random.Random`, and gives the new text or its edits. Code
runs from nowhere but the folders and files that LAB_METHODS names (a path given in the shell is added to them there): a
name typed into a page, or found in a run from elsewhere, opens nothing.
"""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import sys
import types
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from core.augment import opened
from core.augment.edits import Edit
from core.augment.guard import OwnMethodError, begin, called, edits_of, end_process_when_stuck, leave_stdout_alone
from core.augment.isolation import Answer, IsolatedMethod, serve
from core.augment.method import Method, Setting
from core.fields import unknown

PROBE_SECONDS = 20.0
_NAME = re.compile(r"(?P<file>.+\.py):(?P<function>[A-Za-z_]\w*)")
_ROOT = Path(__file__).resolve().parents[2]
_DRAW_FROM = "draw from the generator that it is given, and from nothing else"
_PROBES = (
    "",
    "film",
    "the film was really good, and I would see it again",
    "naïve 字 👩‍👧 {name} 3.5 %\n\ta@b.example",
    "a long text of many words . " * 200,
)

_isolated = False


def isolate() -> None:
    """Of a process that others depend on: methods loaded from now on run in processes of their own."""
    global _isolated
    _isolated = True


def is_own(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def open_in_shell(names: Iterable[str]) -> list[str]:
    """Opens the files that somebody named in the shell, here and in what is started from here; names them in full.

    OwnMethodError for one that is not there: whoever has a shell may know, a visitor of a page is told of no file.
    """
    full = []
    for name in names:
        match = _NAME.fullmatch(name)
        path = Path(match["file"]).expanduser().resolve() if match else None
        if match and path and path.is_file():
            opened.open_file(path)
            full.append(f"{path}:{match['function']}")
        elif match and not opened.found(Path(match["file"])):
            raise OwnMethodError(f"there is no file {path} to take the method {match['function']!r} from")
        else:
            full.append(name)
    return full


def opened_in_shell(assignments: dict[str, str]) -> dict[str, str]:
    """`KEY=VALUE`s that somebody typed in the shell, with the files of `augment.methods` opened and named in full."""
    methods = assignments.get("augment.methods", "")
    if not methods:
        return assignments
    return assignments | {"augment.methods": ",".join(open_in_shell(map(str.strip, methods.split(","))))}


def available() -> list[str]:
    """Names of the functions in what is open that could be methods; nothing is run to find them."""
    names = []
    for place in opened.opened():
        files = sorted(place.glob("*.py")) if place.is_dir() else [place]
        for path in files:
            shown = path.name if place.is_dir() else str(path)
            names += [f"{shown}:{function}" for function in _functions(path)]
    return names


def load(name: str) -> Method:
    """The method; OwnMethodError, with file and line, where it is not open, cannot be loaded, or fails a text."""
    path, function = _resolve(name)
    stat = path.stat()
    return _load(name, path, function, (stat.st_mtime_ns, stat.st_size))


def unopened(names: Iterable[str]) -> list[str]:
    """Methods of one's own among `names` whose file is not open on this machine."""
    return [name for name in names if is_own(name) and not opened.found(Path(name.rpartition(":")[0]))]


def without_folder(name: str) -> str:
    """A method's name for other people: of one's own, without the folder in which its file lies here."""
    return Path(name).name if is_own(name) else name


def digests(names: Iterable[str]) -> dict[str, str]:
    """Name of each method of one's own among `names` to the digest of its file: a resumed run must find the same."""
    own = (name for name in names if is_own(name))
    return {name: hashlib.sha256(_resolve(name)[0].read_bytes()).hexdigest() for name in own}


def _resolve(name: str) -> tuple[Path, str]:
    match = _NAME.fullmatch(name)
    if not match:
        raise OwnMethodError(f"augment.methods names {name[:120]!r}; write FILE.py:FUNCTION")
    asked = Path(match["file"])
    path = opened.found(asked)
    if path:
        return path, match["function"]
    where = f"{opened.VARIABLE} opens {', '.join(map(str, opened.opened())) or 'nothing'}"
    raise OwnMethodError(
        f"augment.methods names the file {str(asked)[:200]!r}, which is not opened on this machine ({where}); "
        f"start with {opened.VARIABLE}=FOLDER, or name the file in the shell"
    )


@lru_cache(maxsize=16)
def _load(name: str, path: Path, function: str, stamp: tuple[int, int]) -> Method:
    there = _probe(path, function)
    answer = IsolatedMethod(path, function) if _isolated else in_process(path, function)
    if there != _try(answer, path, function):
        raise OwnMethodError(
            f"{begin(path, function)}: {function} answers otherwise in another process (the order of a set does); "
            f"{_DRAW_FROM}"
        )

    def form(text: str, rng: Random, setting: Setting) -> list[Edit]:
        return answer(text, rng.getrandbits(64))

    summary = (_docstring(path, function) or f"{function} of {path.name}.").strip().splitlines()[0]
    return Method(name, summary, "orange", "anything", form, form, {"careful": None, "paper": None})


def _functions(path: Path) -> list[str]:
    """Public functions of a file that take two arguments."""
    try:
        body = ast.parse(path.read_text(encoding="utf-8")).body
    except (OSError, SyntaxError, ValueError):
        return []
    return [
        node.name
        for node in body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if len(node.args.args) + len(node.args.posonlyargs) == 2 and not node.args.kwonlyargs
    ]


def _docstring(path: Path, name: str) -> str | None:
    found = (node for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.FunctionDef))
    return next((ast.get_docstring(node) for node in found if node.name == name), None)


def in_process(path: Path, function: str) -> Answer:
    """The function in this very process."""
    leave_stdout_alone()
    call = _function(path, function)
    return lambda text, seed: edits_of(text, called(call, path, text, seed), path, function)


def _function(path: Path, name: str) -> Any:
    """The function itself: the file is run."""
    module = types.ModuleType(f"lab_method_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    try:
        code = compile(path.read_bytes(), str(path), "exec")
        called(lambda text, rng: exec(code, module.__dict__), path, "", 0)  # noqa: S102  the operator opened the file
    except (SyntaxError, ValueError) as error:
        if isinstance(error, OwnMethodError):
            raise
        raise OwnMethodError(f"{path}:{getattr(error, 'lineno', None) or 1}: {getattr(error, 'msg', error)}") from None
    found = module.__dict__.get(name)
    if not callable(found):
        others = _functions(path)
        there = (
            unknown("function", name, others) if others else f"it has no function {name!r} of a text and a generator"
        )
        raise OwnMethodError(f"{path}: {there}")
    return found


def _probe(path: Path, function: str) -> str:
    """Tries the function on a few texts in a process of its own, which can be ended whatever it hangs in."""
    command = [sys.executable, "-m", "core.augment.own_method", str(path), function]
    try:
        done = subprocess.run(
            command, cwd=_ROOT, capture_output=True, text=True, timeout=PROBE_SECONDS, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise OwnMethodError(
            f"{begin(path, function)}: {function} had not answered a few short texts after {PROBE_SECONDS:g} s"
        ) from None
    if done.returncode:
        said = (done.stderr.strip() or "it ends the process").splitlines()[-1]
        raise OwnMethodError(said if said.startswith(str(path)) else f"{begin(path, function)}: {function}: {said}")
    return done.stdout.strip().rpartition("\n")[2]


def _try(answer: Answer, path: Path, function: str) -> str:
    """A digest of the function's answers to a few texts."""
    answers = []
    for seed, text in enumerate(_PROBES):
        edits, again = (answer(text, seed) for _ in range(2))
        if edits != again:
            raise OwnMethodError(
                f"{begin(path, function)}: {function} gives two answers to {text[:40]!r} with the same seed; "
                f"{_DRAW_FROM}"
            )
        answers.append((text, edits))
    return hashlib.sha256(repr(answers).encode()).hexdigest()


def main(file: str, function: str, stuck_seconds: str = "") -> None:
    """Print the digest of the function's answers; or, with a limit, answer texts for as long as there are some."""
    path = Path(file)
    if stuck_seconds:
        serve(lambda: in_process(path, function), float(stuck_seconds))
    else:
        end_process_when_stuck(1.5 * PROBE_SECONDS)  # who asked ends it before, unless it is gone itself
        print(_try(in_process(path, function), path, function))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ValueError as told:
        sys.exit(str(told))
