"""All that is known of some runs under noise, in one document: as the verb prints it and the page draws it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from core.analysis.robustness.checks import run_checks, without_rows
from core.analysis.robustness.curves import Point, flips, points, proposal
from core.analysis.robustness.measure import answers_of, under_noise
from core.analysis.robustness.over_seeds import cells, helped
from core.augment.audit import reservation
from core.runs.folder.run import Run

FLIPS = 40
"""Rows that are listed for each noise."""
Progress = Callable[[int, int], None]
Say = Callable[[str], None]


def report(
    runs: Sequence[Run], noises: Sequence[str], levels: Sequence[float], draws: int, progress: Progress, say: Say
) -> dict[str, Any]:
    """The document of the verb `robustness`. What was answered before is read from the cache.

    `progress` is called after every evaluation with (done, total), `say` with what a person should know. RunError.
    """
    each = len(noises) * len([level for level in levels if level]) * draws + 1
    every: list[Point] = []
    tested = []
    for number, run in enumerate(runs):

        def so_far(done: int, _: int, before: int = number * each) -> None:
            progress(before + done, each * len(runs))

        found, document = _of_run(run, noises, levels, draws, so_far, say)
        every += found
        tested.append(document)
    configs = {run.id: run.config() for run in runs}
    return {
        "runs": [one.to_dict() for one in every],
        "tested": tested,
        "settings": [one.to_dict() for one in cells(every, configs)],
        "helped": [one.to_dict() for one in helped(every, configs)],
    }


def _of_run(
    run: Run, noises: Sequence[str], levels: Sequence[float], draws: int, progress: Progress, say: Say
) -> tuple[list[Point], dict[str, Any]]:
    from core.analysis.predict import load_trained
    from core.analysis.recorded import evaluated_rows

    tested, config = under_noise(run, noises, levels, draws, progress), run.config()
    found, strongest, turned = points(tested, config), max(levels), []
    if strongest and not tested.clean.is_score:
        for name in noises:
            turned += [{"noise": name, **dataclasses.asdict(one)} for one in flips(tested, name, strongest)[:FLIPS]]
    untold = next((said for one in found for said in (one.value.why, one.drop.why) if said), "")
    noted = "; ".join(filter(None, (tested.clean.note, untold)))
    if noted:
        say(f"{run.id}: {noted}")
    loaded = load_trained(run)
    if loaded.note:
        say(loaded.note)
    checked = run_checks(tested.clean, tested.task, lambda texts, pairs: answers_of(loaded, texts, pairs))
    return found, {
        "run": run.id,
        "rows": len(tested.clean),
        "evaluated": evaluated_rows(run, len(tested.clean)),
        "scores": tested.clean.is_score,
        "note": noted,
        "flips": turned,
        "checks": [one.to_dict() for one in checked],
        "no_row_for": without_rows(tested.clean, tested.task, checked),
        "reservation": reservation(tested.task),
        "proposal": proposal(found, config),
    }
