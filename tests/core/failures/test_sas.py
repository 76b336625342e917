"""What the terms of a signature say about a denial at a moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from batchdoctor.core.failures.sas import Wanted, sas_told

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
        ("si=policy&sig=a", ("sas-policy", "policy")),
        ("si=policy&se=2026-02-28&sig=a", "sas-expired"),
        (
            "se=2027-01-01&sp=r&ske=2026-02-28T12:00:00Z&sig=a",
            ("sas-key-expired", "2026-02-28T12:00:00Z, 1 d before the failure"),
        ),
        ("se=2027-01-01&sp=r&ske=2026-03-02T12:00:00Z&sig=a", "sas-valid"),
        ("se=2027-01-01&sp=rl&ss=qf&srt=sco&sig=a", ("sas-scope", "ss=qf, srt=sco")),
        ("se=2027-01-01&sp=rl&ss=bq&srt=sc&sig=a", ("sas-scope", "ss=bq, srt=sc")),
        ("se=2027-01-01&sp=rl&ss=bq&srt=sco&sig=a", "sas-valid"),
        (
            "se=2027-01-01&sp=r&sip=10.0.0.1-10.0.0.2&sig=a",
            ("sas-address", "sip=10.0.0.1-10.0.0.2"),
        ),
        ("sv=1&amp;se=2027-01-01&amp;sp=r&amp;sig=a", ("sas-escaped", "&amp;")),
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


@pytest.mark.parametrize(
    ("query", "wants", "told"),
    [
        ("sp=r&sr=c", (Wanted.READ, Wanted.LIST), ("sas-no-list", "sp=r")),
        ("sp=rl&sr=c", (Wanted.READ, Wanted.LIST), ("sas-valid", "until 2027-01-01, sp=rl")),
        ("sp=rl&sr=b", (Wanted.READ, Wanted.LIST), ("sas-no-list", "sr=b, which is one blob")),
        ("sp=rl", (Wanted.WRITE,), ("sas-no-write", "sp=rl")),
        ("sp=c", (Wanted.WRITE,), ("sas-valid", "until 2027-01-01, sp=c")),
    ],
)
def test_what_is_allowed_is_compared_with_what_was_wanted(
    query: str, wants: tuple[Wanted, ...], told: tuple[str, str]
) -> None:
    assert sas_told(f"{BLOB}?se=2027-01-01&sig=a&{query}", WHEN, wants) == told
