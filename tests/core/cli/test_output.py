"""What a verb prints steers no terminal, whatever stands in a row or a record."""

from __future__ import annotations

import json

from core.__main__ import main
from core.cli.output import emit, note, say, table
from core.config import RunConfig
from core.runs.folder.store import Store

STEERS = "a\x1b[31mb\x9b2Jc\x07d\x08e\x7f"


def test_nothing_that_is_printed_steers_a_terminal(capsys):
    say(STEERS)
    note(STEERS)
    table(["name"], [[STEERS]])
    out, err = capsys.readouterr()
    assert (out, err) == ("a[31mb2Jcde\nname\na[31mb2Jcde\n", "a[31mb2Jcde\n")
    say("one\ttwo\nthree, na\u00efve \u5b57")
    assert capsys.readouterr().out == "one\ttwo\nthree, na\u00efve \u5b57\n"


def test_what_rounding_left_of_zero_is_zero_in_a_table(capsys):
    table(["drop"], [[0.85 - 0.05 - 0.8], [-0.0], [1e-6], [float("nan")]])
    assert capsys.readouterr().out.split() == ["drop", "0", "0", "1e-06", "-"]


def test_the_list_of_runs_tells_the_best_evaluation_beside_the_last(run_root, capsys):
    for score in (0.9, 0.89):
        run = Store().create(RunConfig())
        run.set_status(step=26, metrics={"accuracy": 0.89}, best={"step": 18, "accuracy": score})
    assert main(["runs", "list"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split("  ")[-1] == "best"
    assert {line.partition("accuracy 0.890")[2].strip() for line in lines} == {"0.900 at step 18", "0.890 at step 18"}


def test_a_document_holds_it_escaped_and_whole(capsys):
    emit({"text": STEERS})
    out = capsys.readouterr().out
    assert not set(map(chr, (*range(10), *range(11, 32), *range(127, 160)))) & set(out)
    assert json.loads(out) == {"text": STEERS}


def test_a_record_from_elsewhere_and_a_refusal_steer_nothing(run_root, capsys):
    run = Store().create(RunConfig(), name="one")
    run.set_status(state="failed")
    path = run.dir / "status.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"error": STEERS, "verdict": STEERS}))
    assert main(["runs", "show", run.id]) == 0
    assert main(["runs", "show", STEERS]) == 2
    out, err = capsys.readouterr()
    assert "a[31mb2Jcde" in out
    assert not {"\x1b", "\x9b", "\x07"} & set(out + err)
