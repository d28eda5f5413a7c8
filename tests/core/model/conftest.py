"""Every test of the model room has a cache of its own."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _own_cache(own_cache):
    pass
