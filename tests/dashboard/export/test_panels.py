"""The Export page's table says size, time and what changed, and where a figure is undefined."""

from __future__ import annotations

from dashboard.export.panels import offered, summary


def document(**check: object) -> dict:
    interval = {"value": 0.9, "low": 0.85, "high": 0.95}
    change = {"value": -0.01, "low": -0.02, "high": 0.0}
    found = {"metric": "mcc", "agreement": 0.995, "max_abs_diff": 0.21, "after": interval, "change": change, **check}
    times = {name: {"median": median} for name, median in (("onnx", 1.9), ("own model, eager torch", 9.0))}
    return {"format": "onnx", "bytes": 2_000_000, "check": found, "latency_ms": times}


def test_a_row_holds_the_change_with_its_interval_and_both_times():
    (row,) = summary([document()]).to_dict("records")
    assert row["Same answers"] == "99.50 %"
    assert row["Matthews correlation"] == "0.900 (0.850 to 0.950)"
    assert row["Against the run"] == "-0.010 (-0.020 to +0.000)"
    assert row["Time"] == "1.90 ms (9.00 in torch)"


def test_an_undefined_score_is_said_to_be():
    nothing = {"value": None, "low": None, "high": None}
    (row,) = summary([document(after=nothing, change=nothing)]).to_dict("records")
    assert (row["Matthews correlation"], row["Against the run"]) == ("undefined", "undefined")


def test_without_lora_there_is_no_adapter():
    assert offered(True)[0] == "adapter"
    assert "adapter" not in offered(False)
