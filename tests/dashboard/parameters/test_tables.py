"""Counts to tables and sentences, against figures worked out by hand."""

from __future__ import annotations

import pytest

from core.model.latency import Latency
from core.model.parameters import count_parameters
from core.model.variant import Structure
from dashboard.parameters import tables


def reports(*variants, **settings):
    return {name: count_parameters(Structure("mobilebert", name, **settings)) for name in variants}


def test_figures_stand_against_the_base():
    table = tables.figures(reports("base", "light", layers=12, rank=64), {}).set_index("")
    assert list(table.columns) == ["base", "light"]
    assert table.loc["parameters", "base"] == "24,582,914"
    assert table.loc["parameters", "light"] == "14,285,570 (58.1\N{NO-BREAK SPACE}% of base)"
    assert table.loc["of these trainable", "light"] == "14,285,570"
    assert table.loc["memory in fp32 · bf16 · int8", "base"].startswith("93.8 MiB · 46.9 MiB")
    assert table.loc["measured latency, quartiles", "light"] == "–"


def test_measured_time_is_shown_with_its_spread():
    times = {"base": Latency(80.0, 78.0, 84.0, 20, 2), "light": Latency(40.0, 39.0, 41.5, 20, 2)}
    table = tables.figures(reports("base", "light"), times).set_index("")
    assert table.loc["measured latency, quartiles", "light"] == "40 ms, 39 to 41.5 (50\N{NO-BREAK SPACE}% of base)"
    slow = {"base": Latency(1370.4, 857.0, 1980.0, 20, 1)}
    table = tables.figures(reports("base"), slow).set_index("")
    assert table.loc["measured latency, quartiles", "base"] == "1,370 ms, 857 to 1,980"
    said = tables.timing_note(times["base"], 64)
    assert "64 word pieces" in said
    assert "2 threads" in said
    assert "20 passes" in said


def test_the_papers_numbers_are_counted_not_repeated():
    table = tables.printed()
    assert list(table["counted here"]) == ["24,582,914", "173,058", "24,754,946", "14,285,570", "58.1 %"]
    why = " ".join(table["why"])
    for number in ("24,755,972", "14,476,034", "12 × 15,872 = 190,464", "58.9 %"):
        assert number in why


def test_sharing_columns_costs_operations_where_the_rank_is_large():
    length, layers = 128, 12
    before, after = (layers * 4 * length**2 * columns for columns in (32 + 32, 64 + 4 + 32))
    said = tables.scores_note(reports("light", rank=64)["light"], 4, 128)
    assert f"{after / 1e6:.1f} M multiply-accumulates against {before / 1e6:.1f} M" in said
    assert "190 k fewer parameters" in said
    assert "more multiply-accumulates (+0.29 %)" in said


def test_small_rank_saves_operations_and_rank_zero_changes_nothing():
    assert "fewer multiply-accumulates (-" in tables.scores_note(reports("light", rank=8)["light"], 4, 128)
    assert "MobileBERT's own" in tables.scores_note(reports("light", rank=0)["light"], 4, 128)


def test_limits_are_the_models_own():
    full = tables.limits("mobilebert")
    assert (full.layers, full.width, full.heads, full.positions, full.uncut) == (24, 128, 4, 512, "")
    assert tables.limits("demo").layers == 6


@pytest.mark.parametrize(("width", "chosen"), [(128, 64), (128, 50), (64, 0), (4, 1)])
def test_ranks_reach_from_low_to_exact_and_hold_the_chosen_one(width, chosen):
    ranks = tables.ranks(width, chosen)
    assert list(ranks) == sorted(set(ranks))
    assert ranks[0] >= 1
    assert ranks[-1] == width
    assert not chosen or chosen in ranks


def test_table_has_the_tensors_of_all_variants():
    rows = {tables.name_of(name): tables.frame(report) for name, report in reports("base", "lora").items()}
    table = tables.module_table(rows)
    assert len(table) == sum(map(len, rows.values()))
    adapters = table[table["module"].str.contains("lora_A")]
    assert set(adapters["variant"]) == {"LoRA"}
    assert len(adapters) == 24 * 2  # query and value of every layer
    assert adapters["trainable"].all()
    assert set(adapters["shape"]) == {"8 × 128", "8 × 512"}
