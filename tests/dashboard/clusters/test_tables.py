"""Tables beside the pictures: a difference says of what it is one."""

from __future__ import annotations

import pytest

from dashboard.clusters import tables


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("loss cross-entropy", "loss joint", "loss: joint minus cross-entropy"),
        ("rows augmented 0 %", "rows augmented 40 %", "rows augmented: 40 % minus 0 %"),
        ("mine / ce", "mine / joint", "mine / joint minus mine / ce"),
        ("loss joint", "loss joint, seed 2", "loss: joint, seed 2 minus joint"),
        ("first", "second", "second minus first"),
    ],
)
def test_what_two_settings_share_is_named_once_before_their_difference(first, second, said):
    assert tables.difference_name(first, second) == said
