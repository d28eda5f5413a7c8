"""`export` and `script`: a finished run, taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import JsonOption, RunArgument, RunsOption, check_text, emit, note, say, table
from core.runs.folder.store import Store
from core.wording import percent


def export(
    run: RunArgument,
    to: Annotated[str, typer.Option(help="adapter, merged, onnx or onnx-int8.")],
    out: Annotated[Path, typer.Option(help="A new or empty folder, or one with an earlier export.")],
    weights: Annotated[str, typer.Option(help="The run's last weights, or its best.")] = "last",
    budget: Annotated[
        float | None, typer.Option(help="onnx-int8: hundredths that the score may fall; the worst layers stay float.")
    ] = None,
    zip: Annotated[bool, typer.Option("--zip", help="Pack the folder into OUT.zip as well.")] = False,
    push: Annotated[
        str | None, typer.Option(help="Also put it on the model hub, as OWNER/NAME; needs a token (HF_TOKEN).")
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="A new repository is open to all, not private.")] = False,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """A finished run as a folder that public libraries load: loaded again, compared with the run, and timed."""
    from core.analysis.export import hub
    from core.analysis.export.export import export as write

    check_text(str(out))
    if push is not None:
        hub.check_push(push)
    try:
        found = write(Store(runs).get(run), to, out, zip, lambda done, of: note(f"{done} of {of}"), budget, weights)
    except OSError as error:
        raise ValueError(f"{error.filename or out} cannot be written: {error.strerror or error}") from None
    if push is not None:
        found["pushed"] = hub.push(out, push, public)
    if json:
        emit(found)
        return
    check = found["check"]
    of = "last weights" if weights == "last" else "weights of the best evaluation"
    say(f"{out}: the run's {of}, {len(found['files'])} files, {found['bytes'] / 1e6:.1f} MB")
    say(f"{percent(check['agreement'], 2)} of {check['rows']:,} answers are the run's; largest difference of a logit "
        f"{check['max_abs_diff']:.2g}")  # fmt: skip
    rows = [(name, *(check[name][part] for part in ("value", "low", "high"))) for name in ("before", "after", "change")]
    table((check["metric"], "value", "low", "high"), rows)
    times = [(name, *one.values()) for name, one in found["latency_ms"].items()]
    table(("ms, one thread, 64 pieces", "median", "low", "high"), times)
    if "budget" in found:
        steps = [(one["returned"] or "all in 8 bits", *(one[key] for key in ("bytes", "ms", "score", "points")))
                 for one in found["budget"]["steps"]]  # fmt: skip
        table(("back in 32 bits", "bytes", "ms", check["metric"], "points lost"), steps)
    for line in [*found["notes"], *(["pushed to " + found["pushed"]] if push is not None else [])]:
        say(line)


def script(
    run: RunArgument,
    out: Annotated[Path, typer.Option(help="The file to write, such as run.py; its rows go into a folder beside it.")],
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """A finished run as one short Python file on torch, transformers and peft, which does it again."""
    from core.analysis.export.script import write_script

    check_text(str(out))
    try:
        found = write_script(Store(runs).get(run), out)
    except OSError as error:
        raise ValueError(f"{error.filename or out} cannot be written: {error.strerror or error}") from None
    if json:
        emit(found)
        return
    say(f"{found['file']}: {found['lines']} lines; its rows and starting model are in {found['data']}")
    say(found["note"])
