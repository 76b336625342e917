"""Failures that many jobs on many nodes share at one time are one outage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from batchdoctor.core.suspicion.history import History, What
from batchdoctor.core.suspicion.outage import Outage, outages_of, service_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

Code = Callable[[int, str], str]


def history(code: Code, *, jobs: int = 4, nodes: int = 5, runs: int = 200) -> History:
    """One run a minute, its job and node in turn; `code` gives how the run of a minute failed."""
    found = History()
    for number in range(runs):
        job = f"j{number % jobs}"
        told = code(number, job)
        end = NOON + timedelta(minutes=number)
        what = What(job, 0, failed=bool(told), code=told)
        found.add("p", f"n{number % nodes}", what, end - timedelta(seconds=30), end)
    return found


def out_between(begin: int, end: int, code: str = "BlobDownloadTimedOut") -> Code:
    return lambda number, job: code if begin <= number < end else ""


def test_what_many_jobs_on_many_nodes_share_for_an_hour_is_one_outage() -> None:
    assert outages_of(history(out_between(100, 160))) == (
        Outage(
            service="storage",
            since=NOON + timedelta(minutes=100),
            until=NOON + timedelta(minutes=159),
            runs=60,
            failures=60,
            jobs={"j0": 15, "j1": 15, "j2": 15, "j3": 15},
            nodes=5,
            codes={"BlobDownloadTimedOut": 60},
            ended=True,
        ),
    )


def test_an_outage_that_goes_on_when_the_history_ends_has_not_ended() -> None:
    (outage,) = outages_of(history(out_between(120, 200)))
    assert not outage.ended


def test_many_failures_are_one_without_anything_that_ended_well() -> None:
    (outage,) = outages_of(history(out_between(0, 40), runs=40))
    assert (outage.failures, outage.ended) == (40, False)


def test_a_success_or_two_in_a_bad_hour_is_no_end() -> None:
    well = {190, 198}

    def code(number: int, job: str) -> str:
        return "" if number < 120 or number in well else "BlobDownloadTimedOut"

    (outage,) = outages_of(history(code, runs=200))
    assert not outage.ended


def test_codes_of_one_service_are_one_outage_and_two_outages_are_two() -> None:
    def code(number: int, job: str) -> str:
        if 40 <= number < 80:
            return "BlobAccessDenied" if number % 2 else "BlobDownloadTimedOut"
        return "ContainerInvalidRegistry" if 140 <= number < 170 else ""

    assert [(each.service, each.failures) for each in outages_of(history(code))] == [
        ("storage", 40),
        ("registry", 30),
    ]


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("one job only", history(lambda n, job: "BlobAccessDenied" if job == "j1" else "")),
        ("one node only", history(lambda n, job: "BlobAccessDenied" if n % 5 == 1 else "")),
        ("two jobs", history(out_between(100, 160), jobs=2)),
        ("now and then", history(lambda n, job: "BlobDownloadTimedOut" if n % 12 == 0 else "")),
        ("a few that never ran well", history(out_between(0, 20), runs=20)),
        ("a few", history(out_between(100, 108))),
        ("programs that fail", history(out_between(100, 160, "FailureExitCode"))),
        ("a file that is not there", history(out_between(100, 160, "BlobNotFound"))),
        ("nothing", History()),
        ("no history", None),
    ],
)
def test_it_is_no_outage(why: str, told: History | None) -> None:
    assert outages_of(told) == (), why


def test_jobs_that_expire_one_after_the_other_are_no_outage() -> None:
    """Each job's own signature ends at its own time, hours apart."""

    def code(number: int, job: str) -> str:
        return "BlobAccessDenied" if number >= 40 * (1 + int(job[1:])) else ""

    assert outages_of(history(code)) == ()


def test_what_ran_on_accused_nodes_is_no_part_of_it() -> None:
    nodes = {("p", "n0"), ("p", "n1"), ("p", "n2")}
    assert outages_of(history(out_between(100, 160)), nodes) == ()


@pytest.mark.parametrize(
    ("code", "service"),
    [
        ("BlobAccessDenied", "storage"),
        ("fileuploadTimedOut", "storage"),
        ("ContainerInvalidRegistry", "registry"),
        ("ResourceDownloadTimedOut", "network"),
        ("FailureExitCode", None),
        ("DiskFull", None),
        ("", None),
    ],
)
def test_a_code_tells_of_a_service_or_of_none(code: str, service: str | None) -> None:
    assert service_of(code) == service
