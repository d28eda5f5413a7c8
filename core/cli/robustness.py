"""`robustness`: what is left of a run's score under noise."""

from __future__ import annotations

from typing import Annotated

import typer

from core.analysis.robustness.noise import DRAWS, LEVELS, NOISES
from core.cli.output import JsonOption, RunsOption, emit, note, say, table
from core.runs.folder.store import Store
from core.wording import percent


def robustness(
    run: Annotated[list[str], typer.Argument(metavar="RUN...", help="Ids of finished runs.")],
    noise: Annotated[
        str, typer.Option(help=f"Comma-separated: {', '.join(NOISES)}, or FILE.py:FUNCTION of your own.")
    ] = ",".join(NOISES),
    levels: Annotated[str, typer.Option(help="Shares of the words that are edited.")] = ",".join(
        map("{:g}".format, LEVELS)
    ),
    draws: Annotated[int, typer.Option(min=1, max=20, help="Draws of the noise at each level.")] = DRAWS,
    queue: Annotated[
        bool, typer.Option("--queue", help="Put it into the queue, as a page does; asked again, it says how far it is.")
    ] = False,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """The score of each run on its evaluation rows under each noise, with what flipped and what to try about it.

    What was worked out before is read from the cache, so that a command that was cut off goes on. Of several seeds of
    two settings it says whether the second one helped.
    """
    from core.analysis.fairness import listed
    from core.analysis.intervals import LIKE_THESE
    from core.analysis.recorded import rows_told
    from core.analysis.robustness.report import report
    from core.augment.methods import method_named
    from core.augment.own_method import open_in_shell

    noises = open_in_shell(part.strip() for part in noise.split(","))
    steps, store = _levels(levels), Store(runs)
    for name in noises:
        method_named(name)
    if queue:
        _queue(store, run, noises, steps, draws, json)
        return
    chosen = [store.get(run_id) for run_id in run]
    document = report(chosen, noises, steps, draws, lambda done, total: note(f"{done} of {total}"), note)
    if json:
        emit(document)
        return
    lines = [(p["run"], p["noise"], p["level"], p["value"], p["low"], p["high"], p["drop"]["value"], p["changed"],
              "trained with" if p["seen"] else "never seen") for p in document["runs"]]  # fmt: skip
    table(("run", "noise", "level", document["runs"][0]["metric"], "low", "high", "drop", "changed", ""), lines)
    rows = dict.fromkeys(rows_told(found["rows"], found["evaluated"]) for found in document["tested"])
    say(f"each with its last weights, on {listed(list(rows))}")
    for found in document["tested"]:
        for check in found["checks"]:
            share, low, high = (percent(check[key], 1) for key in ("failures", "low", "high"))
            say(f"{found['run']}: {check['check']} must give {check['expects']}: fails on {share} ({low} to {high}) "
                f"of {check['rows']} rows")  # fmt: skip
        if found["no_row_for"]:
            say(f"{found['run']}: no row was found for: {', '.join(found['no_row_for'])}")
        if found["checks"] and found["reservation"]:
            say(found["reservation"])
        if found["proposal"]:
            changes = " ".join(f"--set {key}={value}" for key, value in found["proposal"].items())
            say(f"{found['run']}: worth a try: {changes}")
    for one in document["helped"]:
        say(f"{one['setting']} against {one['against']}, {one['sentence']}")
    if document["helped"]:
        say(LIKE_THESE)


def _queue(store: Store, run: list[str], noises: list[str], levels: list[float], draws: int, json: bool) -> None:
    from core.analysis.robustness.job import Question, submit
    from core.runs.folder import jobs

    question = Question(tuple(dict.fromkeys(run)), tuple(noises), tuple(levels), draws)
    job = submit(store, question, f"Robustness of {len(question.runs)} runs")
    status = job.status()
    if json:
        answer = jobs.answer_of(job) if status.state == "finished" else None
        emit({"job": job.id, "state": status.state, "step": status.step, "of": status.of, "answer": answer})
        return
    say(f"{job.id}  {status.state}, {status.step} of {status.of or '?'}; `runs stop` and `runs resume` take its id")


def _levels(text: str) -> list[float]:
    try:
        found = sorted({float(part) for part in text.split(",")})
    except ValueError:
        raise ValueError(f"--levels is {text!r}; write shares such as 0,0.1,0.2,0.4") from None
    if not found or found[0] < 0 or found[-1] > 1 or len(found) > 12:
        raise ValueError(f"--levels is {text!r}; give up to twelve shares from 0 to 1")
    return found
