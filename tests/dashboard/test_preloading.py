"""Parts of Streamlit's page that come in ahead."""

from __future__ import annotations

from collections import Counter

from dashboard import preloading


def test_each_part_that_pages_are_drawn_with_is_in_this_streamlit_once():
    kinds = Counter(name.partition(".")[0] for name in preloading.parts())
    assert kinds == dict.fromkeys(preloading.KINDS, 1), "Streamlit has renamed or split a part"


def test_the_script_names_the_parts_before_it_asks_for_them():
    said = preloading.script()
    assert said.index("window.labParts = [") < said.index("of window.labParts")
    assert all(f'"{name}"' in said for name in preloading.parts())
