"""A finished run and a format in; a checked folder, and what is known of it, out."""

from __future__ import annotations

import json
import math
import secrets
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core import wording
from core.analysis.errors.answers import Answers, load_answers
from core.analysis.export import formats
from core.analysis.export.budget import Budget, Step, keep_budget
from core.analysis.export.bundle import pack
from core.analysis.export.calibration import Calibration, calibrate
from core.analysis.export.card import card
from core.analysis.export.check import ExportCheck, Time, ask_fresh, compare
from core.analysis.recorded import evaluated_rows, rows_told
from core.model.adapted import has_adapters
from core.processor import instructions, reduces_range
from core.runs.folder.run import Run

Progress = Callable[[int, int], None]
STEPS = 4


def export(
    run: Run,
    to: str,
    out: Path,
    zipped: bool = False,
    progress: Progress | None = None,
    budget: float | None = None,
    weights: str = "last",
) -> dict[str, Any]:
    """Write `run` as `to` into the folder `out`, load it again in a fresh process, compare and time it.

    `out` must not exist, be empty, or hold an earlier export, which is replaced. Its README.md is the model's card;
    `zipped` puts the folder into `out`.zip as well. `budget` is what 8 bits may cost, in hundredths of the metric: the
    worst layers stay in 32 bits until it is kept. `weights`: the run's `last` ones, or its `best`. Raises RunError,
    ModelError, and ValueError for a folder that is in use, an unknown format, and one that this run cannot have.
    """
    from core.analysis.predict import load_trained

    told = progress or (lambda _done, _of: None)
    if budget is not None and to != "onnx-int8":
        raise ValueError(f"an accuracy budget is for onnx-int8; {to} has no 8-bit weights")
    _may_be_written(out)
    trained, kept = load_trained(run, weights), _kept(run, weights)
    told(1, STEPS)
    trade: Budget | None = None
    own = "adapter" if has_adapters(trained.model) else "merged"
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as place:
        fresh = Path(place) / "new"
        others = {"own model, eager torch": own} | ({"onnx": "onnx"} if to == "onnx-int8" else {})
        folders = {name: Path(place) / name.partition(",")[0].replace(" ", "-") for name in others}
        for folder in (fresh, *folders.values()):
            folder.mkdir()
        formats.write(trained, run.id, to if to != "onnx-int8" else "onnx", fresh)
        for name, other in others.items():
            if other == "onnx":
                shutil.copytree(fresh, folders[name], dirs_exist_ok=True)
            else:
                formats.write(trained, run.id, other, folders[name])
        found: Calibration | None = None
        if to == "onnx-int8":
            found = calibrate(run, trained, fresh / "model.onnx")
            formats.describe(trained, run.id, to, fresh, found.rows)
            if budget is None:
                formats.quantise(fresh / "model.onnx", fresh / "model.onnx", ranges=found.ranges)
            else:
                trade = keep_budget(
                    fresh,
                    kept,
                    trained.task.metrics[0],
                    budget,
                    lambda done, of: told(of + done, STEPS * of),
                    found.ranges,
                )
        told(2, STEPS)
        logits, times = ask_fresh([fresh, *folders.values()], kept)
        check = compare(kept, logits, trained.task.metrics[0])
        told(3, STEPS)
        document = _document(to, check, dict(zip([to, *others], times, strict=True)), trade, found)
        document["weights"] = weights
        if (evaluated := evaluated_rows(run, len(kept))) > len(kept):
            document["notes"].append(
                f"checked on {rows_told(len(kept), evaluated)} of evaluation: those that the run kept"
            )
        (fresh / "README.md").write_text(card(run, trained, document), encoding="utf-8")
        _put(fresh, out)
    files = sorted(path for path in out.rglob("*") if path.is_file())
    document["files"] = [str(path) for path in files]
    document["bytes"] = sum(path.stat().st_size for path in files)
    if zipped:
        document["zip"] = str(pack(out, out.with_name(f"{out.name}.zip")))
    told(STEPS, STEPS)
    return document


def _document(
    to: str, check: ExportCheck, times: dict[str, Time], trade: Budget | None, scales: Calibration | None
) -> dict[str, Any]:
    """What the command prints; `files` and `bytes` are filled in when they are there."""
    notes = []
    own = times["own model, eager torch"].median / times[to].median
    flags = instructions()
    if to == "onnx-int8" and times[to].median > times["onnx"].median:
        notes.append(f"8 bits are slower than 32 here ({times[to].median:.2f} against {times['onnx'].median:.2f} ms): "
                     "take onnx for speed, this one for size")  # fmt: skip
    if to == "onnx-int8" and reduces_range(flags):
        notes.append("this processor adds 8-bit products up in 16 bits: weights were quantised to 7, so none saturates")
    if scales is not None and scales.rows:
        notes.append(
            f"8 bits have fixed scales, measured on {wording.rows(scales.rows)} of training: what goes beyond those "
            "is cut off"
        )
    elif to == "onnx-int8":
        notes += [scales.note] if scales is not None and scales.note else []
        notes.append(
            "8 bits are scaled by the largest value of a batch: a text's logits move a bit with the texts beside it, "
            "where every other format gives the same to 1e-5; ask one at a time for equal answers"
        )
    if trade is not None:
        notes.append(_budget_note(trade, check.metric))
    notes += dict.fromkeys(one.why for one in (check.before, check.after, check.change) if one.why)
    if check.change.high < 0:
        notes.append(f"{check.metric} falls by more than chance may")
    return {
        "format": to,
        "files": [],
        "bytes": 0,
        "check": check.to_dict(),
        "latency_ms": {name: {"median": one.median, "low": one.low, "high": one.high} for name, one in times.items()},
        "times_faster": own,
        "timed": {"batch": 1, "length": 64, "threads": 1, "instructions": list(flags)},
        "notes": notes,
        **({"budget": trade.to_dict()} if trade else {}),
    }


def _budget_note(trade: Budget, metric: str) -> str:
    back = ", ".join(trade.returned)
    if not trade.held:
        return f"the budget of {trade.points:g} points was not kept: {metric} {_moved(trade.steps[-1])}"
    if not back:
        return f"{metric} {_moved(trade.steps[0])} with every layer in 8 bits, within the budget"
    return (
        f"kept within {trade.points:g} points by leaving {back} in 32 bits: {metric} "
        f"{_moved(trade.steps[-1])}; with every layer in 8 bits it {_moved(trade.steps[0])}"
    )


def _moved(step: Step) -> str:
    if math.isnan(step.points):
        return "is undefined"
    if abs(step.points) < 0.005:
        return "stays as it was"
    return f"{'rises' if step.points < 0 else 'falls'} by {abs(step.points):.2f} points"


def _kept(run: Run, weights: str) -> Answers:
    """What the run answered with these weights. RunError where that evaluation was not kept."""
    return load_answers(run, run.best_before_end() if weights == "best" else None)


def _may_be_written(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise ValueError(f"{out} is no folder; name a new or an empty one")
    if out.is_dir() and any(out.iterdir()):
        try:
            earlier = json.loads((out / formats.ABOUT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            earlier = None
        if not isinstance(earlier, dict) or earlier.get("format") not in formats.FORMATS:
            raise ValueError(f"{out} holds other files; name a new or an empty folder")


def _put(fresh: Path, out: Path) -> None:
    """The folder in its place; an earlier export goes when the new one is whole."""
    old = out.with_name(f".{out.name}.{secrets.token_hex(4)}.old")
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)
