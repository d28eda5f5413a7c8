"""`python -m core VERB`: what every page does, without a page."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from core.cli import (
    augmentation,
    bundle,
    clusters,
    errors,
    export,
    machine,
    params,
    predict,
    results,
    robustness,
    runs,
    sweep,
    training,
)
from core.cli.output import note
from core.loading import load_lightly

app = typer.Typer(
    help="MobileBERT Lab: augmentations, runs, clusters and parameter counts of MobileBERT.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for verb in (machine.doctor, augmentation.augment, params.params, training.train):
    app.command()(verb)
app.add_typer(machine.tasks, name="tasks")
app.add_typer(runs.runs, name="runs")
app.command()(sweep.sweep)
app.command()(clusters.clusters)
app.command()(predict.predict)
app.command()(errors.errors)
app.command()(results.results)
app.command()(robustness.robustness)
app.command()(export.export)
app.command()(export.script)
app.command()(bundle.bundle)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb. 0 done; 2 bad input, said in one line on stderr; 1 anything else."""
    load_lightly()
    try:
        code = app(args=arguments, prog_name="python -m core", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except TyperException as error:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        if message.startswith("Usage:"):  # a verb is missing: the message is the help
            print(message)
        else:
            note(f"error: {' '.join(message.split())}")
        return 2
    except typer.Abort:
        note("left as it was")
        return 1
    except ValueError as error:
        note(f"error: {' '.join(str(error).split())}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
