"""`errors`: where runs fail, and how they differ from the first."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core.cli.output import JsonOption, RunsOption, emit, say, table
from core.runs.folder.store import Store


def errors(
    run: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="Ids of runs; the others are compared to the first.")
    ],
    cost_alarm: Annotated[
        float, typer.Option(help="Of two classes: what answering the second one wrongly costs.")
    ] = 1.0,
    cost_miss: Annotated[float, typer.Option(help="What missing it costs; the cheapest threshold is told.")] = 1.0,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Confusion, slices, hardest and wavering rows, calibration and the threshold that costs least, on the evaluation
    rows that a run kept."""
    from core.analysis.errors.report import Costs, reports, span
    from core.analysis.recorded import rows_told

    if not min(cost_alarm, cost_miss) > 0:
        raise ValueError("--cost-alarm and --cost-miss are what an error costs; give numbers above zero")

    store = Store(runs)
    chosen = [store.get(run_id) for run_id in run]
    document = reports(chosen, Costs(cost_alarm, cost_miss))
    if json:
        emit(document)
        return
    say(
        f"{document['run']}, last evaluation, step {document['step']}: {document['metric']} "
        + span(document["value"], document["low"], document["high"], rows_told(document["rows"], document["evaluated"]))
    )
    if document["note"]:
        say(document["note"])
    matrix = document["confusion"]
    if matrix:
        say("\nlabel (down), answer (across)")
        rows = zip(matrix["labels"], matrix["counts"], strict=True)
        table(["", *matrix["labels"]], [[name, *counts] for name, counts in rows])
    say()
    table(
        ("slice", "rows", document["metric"], "low", "high", ""),
        [
            (s["slice"], s["rows"], s["value"], s["low"], s["high"], "worse" if s["worse"] else "")
            for s in document["slices"]
        ],
    )
    say("\nhardest rows")
    table(
        ("row", "label", "answer", "text"),
        [(h["row"], h["label"], h["answer"], h["text"][:80]) for h in document["hardest"][:10]],
    )
    if document["calibration"]:
        say(f"\nexpected calibration error {document['calibration']['ece']:.3f}")
        if document["calibration"]["roc_auc"] is not None:
            say(f"area under ROC {document['calibration']['roc_auc']:.3f}, "
                f"average precision {document['calibration']['average_precision']:.3f}")  # fmt: skip
        if cheapest := document["calibration"]["threshold"]:
            say(f"cheapest threshold: answer {cheapest['class']} from probability {cheapest['value']:.3f} on, "
                f"{cheapest['cost']:.3g} a row instead of {cheapest['cost_at_half']:.3g} at one half")  # fmt: skip
    if document["map"]:
        _say_map(document)
    for pair in document.get("disagreements", []):
        say(f"\nagainst {pair['run']}: better on {pair['b']}, worse on {pair['c']} of {pair['rows']} rows, "
            f"{pair['test']}, p = {pair['p']:.3g}")  # fmt: skip


def _say_map(document: dict[str, Any]) -> None:
    """The rows that were hard and steadily so: often their labels are wrong. --json has all of them."""
    if document["map"]["why"]:
        say(f"\nno map of rows: {document['map']['why']}")
        return
    say(f"\nhard and steady over {len(document['map']['steps'])} evaluations; look whether the label is right")
    lowest = sorted(document["map"]["rows"], key=lambda one: one["confidence"] + one["wavering"])[:10]
    table(
        ("row", "label's probability", "its standard deviation", "share right"),
        [(one["row"], one["confidence"], one["wavering"], one["correctness"]) for one in lowest],
    )
