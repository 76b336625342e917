"""What the terms of a signature say about a denial at a moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from batchdoctor.core.failures.sas import sas_told

WHEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BLOB = "https://x.blob.core.windows.net/in/a"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("se=2026-03-01T12:00:01Z&sp=r&sig=a", ("sas-valid", "until 2026-03-01T12:00:01Z, sp=r")),
        ("se=2026-03-01T12:00Z&sp=r&sig=a", "sas-expired"),
        ("se=2026-03-01&sp=r&sig=a", ("sas-expired", "2026-03-01, 12 h before the failure")),
        ("se=2027-01-01&st=2026-03-01T12:00:00Z&sig=a", ("sas-valid", "until 2027-01-01")),
        (
            "se=2027-01-01&st=2026-03-02&sig=a",
            ("sas-not-yet", "2026-03-02, 12 h after the failure"),
        ),
        ("se=2027-01-01&sp=cwl&sig=a", ("sas-no-read", "sp=cwl")),
        ("", ("sas-missing", "x.blob.core.windows.net")),
        ("si=policy&sig=a", None),
        ("se=never&sig=a", None),
    ],
)
def test_the_terms_are_compared_with_the_moment_of_the_failure(query: str, told: object) -> None:
    found = sas_told(f"{BLOB}?{query}", WHEN)
    assert found == told or (found and found[0] == told)


def test_what_is_no_url_or_has_no_moment_tells_nothing() -> None:
    assert sas_told("container/blob", WHEN) is None
    assert sas_told(f"{BLOB}?se=2027-01-01&sig=a", None) is None
    assert sas_told("https://[broken?sig=a", WHEN) is None


def test_a_moment_without_a_zone_is_utc() -> None:
    found = sas_told(f"{BLOB}?se=2026-03-01T11:00:00Z&sig=a", WHEN.replace(tzinfo=None))
    assert found == ("sas-expired", "2026-03-01T11:00:00Z, 1 h before the failure")
