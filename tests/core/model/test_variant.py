"""What is counted and timed is named by a variant, or by a variant and its cut."""

from __future__ import annotations

import pytest

from core.model.variant import Structure

HERE = Structure("mobilebert", "base", layers=12, rank=64, lora_r=4, seq_len=32)


def test_variant_keeps_the_sizes_and_a_cut_names_its_own():
    assert HERE.of("light") == Structure("mobilebert", "light", layers=12, rank=64, lora_r=4, seq_len=32)
    assert HERE.of("light+lora:8:0") == Structure("mobilebert", "light+lora", layers=8, rank=0, lora_r=4, seq_len=32)
    assert (HERE.of("base").cut, HERE.of("light").cut, HERE.of("light:8:32").cut) == (None, (12, 64), (8, 32))


@pytest.mark.parametrize("name", ["", "huge", "light:8", "light:8:x", "light:8:-1", "light:8:32:1", "base:8:32"])
def test_other_names_are_refused_with_the_choices(name):
    with pytest.raises(ValueError, match="light"):
        HERE.of(name)
