"""Ten thousand pages, one exchange in five spoilt; run it with `python -m pytest -n0 -s`."""

from __future__ import annotations

import pytest

from tests.cli.test_soak import PAGE, soak

PAGES = 10_000


@pytest.mark.timeout(900)
@pytest.mark.parametrize("share", [0.0, 0.2])
def test_soak(share: float) -> None:
    result = soak(PAGES, share)
    again = result.requests - PAGES
    print(
        f"\n{PAGES:,} pages of {PAGE}, {share:.0%} faults: {len(result.listed):,} records, "
        f"{len(set(result.listed)):,} different, {result.requests:,} requests ({again:,} more than "
        f"pages), {result.seconds:.0f} s; peak {result.first_half:.1f} MB in the first half, "
        f"{result.second_half:.1f} MB in the second (x {result.growth:.3f})"
    )
    assert (result.status, result.told.count("warning")) == (0, 0)
    assert sorted(result.listed) == sorted(result.wanted)
    assert result.growth < 1.05
