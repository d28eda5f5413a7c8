"""The form and the configuration have the same keys, values and rules."""

from __future__ import annotations

import pytest

from core import wording
from core.augment.methods import METHODS
from core.config import RunConfig, keys
from dashboard.launch import form_layout, forms


def test_every_key_stands_on_the_form_exactly_once():
    placed = [key for card in form_layout.CARDS for key in (*card.main, *card.more)]
    placed += [key for key in form_layout.ELSEWHERE if key not in placed]
    assert sorted(placed) == sorted(keys())
    assert set(form_layout.LABELS) <= set(keys())


def test_a_key_without_a_name_of_its_own_is_made_readable_and_a_choice_called_by_its_key():
    assert form_layout.label_of("train.brand_new_key") == "Brand new key"
    assert wording.value("train.loss", "brand_new") == "brand_new"
    assert wording.value("train.loss", "ce") == "cross-entropy"


def test_shares_are_entered_in_percent():
    memory: dict = {}
    forms.fill(memory, RunConfig())
    assert memory[forms.widget_key("augment.fraction")] == 10
    memory[forms.widget_key("augment.fraction")] = 35.0
    assert forms.check(forms.values(memory))[0].augment.fraction == 0.35
    memory[forms.widget_key("augment.fraction")] = 135.0
    assert forms.check(forms.values(memory))[1] == {
        "augment.fraction": "augment.fraction is 135 %; it must lie between 0 and 100 %"
    }


def test_methods_of_ones_own_are_offered_where_the_operator_opened_them(monkeypatch, tmp_path):
    (tmp_path / "mine.py").write_text("def slang(text, rng):\n    return text\n")
    monkeypatch.setenv("LAB_METHODS", str(tmp_path))
    assert forms.choices_of("augment.methods") == (*METHODS, "mine.py:slang")


def test_every_card_has_three_settings_that_matter():
    assert [len(card.main) for card in form_layout.CARDS] == [3, 3, 3, 3]


def test_help_is_the_configurations_own_documentation():
    for key, field in forms.fields().items():
        assert keys()[key] in field.help
        assert key in field.help


def test_filled_form_gives_the_configuration_back():
    config = RunConfig().replace(
        {
            "train.loss": "joint",
            "augment.methods": "swap",
            "lora.enabled": False,
            "train.lr": 3e-4,
            "lora.targets": "value",
        }
    )
    memory: dict = {}
    assert not forms.started(memory)
    forms.fill(memory, config)
    assert forms.started(memory)
    assert forms.check(forms.values(memory)) == (config, {})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("data.max_length", 4),
        ("data.max_length", None),
        ("seed", -1),
        ("model", " "),
        ("train.lr", 2.0),
        ("augment.methods", []),
    ],
)
def test_what_is_wrong_is_said_at_its_key(key, value):
    memory: dict = {}
    forms.fill(memory, RunConfig())
    memory[forms.widget_key(key)] = value
    config, errors = forms.check(forms.values(memory))
    assert config is None
    assert list(errors) == [key]


def test_weights_are_checked_against_the_methods():
    memory: dict = {}
    forms.fill(memory, RunConfig())
    memory[forms.widget_key("augment.weights")] = "1, 2"
    assert "augment.weights has 2 numbers for 3 methods" in forms.check(forms.values(memory))[1]["augment.weights"]
