"""`robustness`: what is left of a run's score under noise."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

import typer

from core.cli.output import JsonOption, RunsOption, emit, note, say, table
from core.runs.folder.run import Run
from core.runs.folder.store import Store

FLIPS = 40


def robustness(
    run: Annotated[list[str], typer.Argument(metavar="RUN...", help="Ids of finished runs.")],
    noise: Annotated[str, typer.Option(help="Comma-separated: synonym, swap, typo.")] = "synonym,swap,typo",
    levels: Annotated[str, typer.Option(help="Shares of the words that are edited.")] = "0,0.1,0.2,0.4",
    draws: Annotated[int, typer.Option(min=1, max=20, help="Draws of the noise at each level.")] = 3,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """The score of each run on its evaluation rows under each noise, with what flipped and what to try about it.

    What was worked out before is read from the cache, so that a command that was cut off goes on.
    """
    from core.augment.methods import method_named

    noises, steps, store = [part.strip() for part in noise.split(",")], _levels(levels), Store(runs)
    for name in noises:
        method_named(name)
    each = len(noises) * len([level for level in steps if level]) * draws + 1
    documents = []
    for index, one in enumerate([store.get(run_id) for run_id in run]):
        before = index * each
        documents.append(_document(one, noises, steps, draws, before, each * len(run)))
    document: dict[str, Any] = {
        "runs": [point for found in documents for point in found["points"]],
        "tested": [{key: found[key] for key in ("run", "rows", "flips", "checks", "proposal")} for found in documents],
    }
    if json:
        emit(document)
        return
    lines = [(p["run"], p["noise"], p["level"], p["value"], p["low"], p["high"], p["drop"]["value"], p["changed"],
              "trained with" if p["seen"] else "never seen") for p in document["runs"]]  # fmt: skip
    table(("run", "noise", "level", document["runs"][0]["metric"], "low", "high", "drop", "changed", ""), lines)
    for found in document["tested"]:
        for check in found["checks"]:
            say(f"{found['run']}: {check['check']} must give {check['expects']}: fails on {check['failures']:.1%} "
                f"({check['low']:.1%} to {check['high']:.1%}) of {check['rows']} rows")  # fmt: skip
        if found["proposal"]:
            changes = " ".join(f"--set {key}={value}" for key, value in found["proposal"].items())
            say(f"{found['run']}: worth a try: {changes}")


def _document(run: Run, noises: list[str], levels: list[float], draws: int, before: int, total: int) -> dict[str, Any]:
    from core.analysis.predict import load_trained
    from core.analysis.robustness.checks import run_checks
    from core.analysis.robustness.curves import flips, points, proposal
    from core.analysis.robustness.measure import answers_of, under_noise

    tested = under_noise(run, noises, levels, draws, lambda done, _of: note(f"{before + done} of {total}"))
    config = run.config()
    found = points(tested, config)
    strongest = max(levels)
    changed = []
    if strongest and not tested.clean.is_score:
        for name in noises:
            changed += [{"noise": name, **dataclasses.asdict(one)} for one in flips(tested, name, strongest)[:FLIPS]]
    loaded = load_trained(run)
    if loaded.note:
        note(loaded.note)
    checked = run_checks(tested.clean, tested.task, lambda texts, pairs: answers_of(loaded, texts, pairs))
    return {
        "run": run.id,
        "rows": len(tested.clean),
        "points": [one.to_dict() for one in found],
        "flips": changed,
        "checks": [one.to_dict() for one in checked],
        "proposal": proposal(found, config),
    }


def _levels(text: str) -> list[float]:
    try:
        found = sorted({float(part) for part in text.split(",")})
    except ValueError:
        raise ValueError(f"--levels is {text!r}; write shares such as 0,0.1,0.2,0.4") from None
    if not found or found[0] < 0 or found[-1] > 1 or len(found) > 12:
        raise ValueError(f"--levels is {text!r}; give up to twelve shares from 0 to 1")
    return found
