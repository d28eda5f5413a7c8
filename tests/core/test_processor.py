"""What a processor says of itself is what runs and exports go by."""

from __future__ import annotations

import pytest

from core.processor import instructions, is_faster_in_bf16, reduces_range


@pytest.fixture
def cpuinfo(tmp_path):
    def write(flags, vendor="GenuineIntel"):
        path = tmp_path / "cpuinfo"
        path.write_text(
            f"processor\t: 0\nvendor_id\t: {vendor}\nflags\t\t: {flags}\n\nprocessor\t: 1\nflags\t\t: none\n"
        )
        return path

    return write


@pytest.mark.parametrize(
    ("flags", "told", "reduced"),
    [
        ("fpu avx2 sse", ("avx2",), True),
        ("avx512f avx2", ("avx2", "avx512f"), True),
        ("avx2 avx_vnni", ("avx2", "avx_vnni"), False),
        ("avx2 avx512f avx512_vnni amx_int8", ("avx2", "avx512f", "avx512_vnni", "amx_int8"), False),
        ("avx512_vnni_of_the_future avx2", ("avx2",), True),
    ],
)
def test_weights_lose_a_bit_only_where_products_would_saturate(cpuinfo, flags, told, reduced):
    assert instructions(cpuinfo(flags)) == told
    assert reduces_range(told) is reduced


@pytest.mark.parametrize(
    ("flags", "vendor", "faster"),
    [
        ("avx512f avx512_bf16 amx_bf16", "GenuineIntel", True),
        ("avx512f avx512_bf16", "AuthenticAMD", True),
        ("avx512f avx512_bf16", "GenuineIntel", False),  # half as fast as fp32, where that was measured
        ("avx2 avx512f", "AuthenticAMD", False),
    ],
)
def test_bf16_is_for_processors_that_are_faster_in_it(cpuinfo, flags, vendor, faster):
    assert is_faster_in_bf16(cpuinfo(flags, vendor)) is faster


def test_a_system_that_does_not_tell_is_taken_for_a_weak_one(tmp_path):
    assert instructions(tmp_path / "none") == ()
    assert reduces_range(())
    assert not is_faster_in_bf16(tmp_path / "none")
