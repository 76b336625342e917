"""Pages: nothing lost, nothing twice, links that lead nowhere good are not followed."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from typing import cast

import pytest

from batchdoctor.core.records import Job
from batchdoctor.errors import BatchdoctorError, NotFoundError, UnreachableError
from batchdoctor.service.account import Account, SharedKey
from batchdoctor.service.faults import Fault
from batchdoctor.service.paging import Listing
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.service.seen import RECENT, Seen
from batchdoctor.service.transport import Answer, Request, Transport

ENDPOINT = "https://acct.westeurope.batch.azure.com"
Step = bytes | Fault


def page(*ids: str, link: str | None = None) -> bytes:
    body: dict[str, object] = {"odata.metadata": "x", "value": [{"id": each} for each in ids]}
    return json.dumps(body | ({"odata.nextLink": link} if link else {})).encode()


class Scripted:
    """A transport whose answers are written down beforehand."""

    def __init__(self, steps: list[Step]) -> None:
        self.account = Account(ENDPOINT, "acct", SharedKey("a2V5"))
        self.steps = steps
        self.targets: list[str] = []

    def exchange(self, request: Request, _limit: float) -> Answer:
        self.targets.append(request.target)
        step = self.steps.pop(0)
        if isinstance(step, Fault):
            raise step
        return Answer(200, {}, step)


class Walk:
    """A listing over a script, and all that came of it."""

    def __init__(self, *steps: Step) -> None:
        self.transport = Scripted(list(steps))
        self.notices: list[str] = []
        self.ids: list[str] = []

    def run(self) -> Walk:
        listing = Listing(
            cast("Transport", self.transport),
            RetryPolicy(sleep=lambda _seconds: None),
            Job,
            operation="list the jobs",
            identity=lambda job: job.id,
            notice=self.notices.append,
        )
        for records in listing.walk("/jobs", {"api-version": "1"}):
            self.ids += [job.id for job in records]
        return self

    def fails_with(self, kind: type[BatchdoctorError]) -> BatchdoctorError:
        with pytest.raises(kind) as caught:
            self.run()
        return caught.value


def target(token: str) -> str:
    return f"/jobs?api-version=1&$skiptoken={token}"


def link(token: str) -> str:
    return ENDPOINT + target(token)


def test_pages_follow_each_other_and_the_link_stays_verbatim() -> None:
    walk = Walk(page("a", link=link("W+/=%2B{x}")), page(link=link("2")), page("b")).run()
    assert walk.ids == ["a", "b"]
    assert walk.transport.targets == ["/jobs", target("W+/=%2B{x}"), target("2")]
    assert walk.notices == []


def test_a_relative_link_is_taken_from_the_endpoint() -> None:
    walk = Walk(page("a", link="jobs?$skiptoken=1"), page("b")).run()
    assert walk.transport.targets == ["/jobs", "/jobs?$skiptoken=1"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/jobs?$skiptoken=1",
        "http://acct.westeurope.batch.azure.com/jobs?$skiptoken=1",
        "https://acct.westeurope.batch.azure.com:8443/jobs",
        "https://acct.westeurope.batch.azure.com.evil.example/jobs",
        "//evil.example/jobs",
        "https://127.0.0.1/jobs",
        "https://[::1]/jobs",
    ],
)
def test_a_link_to_another_origin_is_never_followed(elsewhere: str) -> None:
    walk = Walk(page("a", link=elsewhere), page("b"))
    error = walk.fails_with(UnreachableError)
    assert "leads away from acct.westeurope.batch.azure.com" in error.message
    assert (walk.ids, walk.transport.targets) == (["a"], ["/jobs"])


def test_a_link_that_names_the_usual_port_is_the_same_origin() -> None:
    usual = "https://ACCT.westeurope.batch.azure.com:443/jobs?$skiptoken=1"
    walk = Walk(page("a", link=usual), page("b")).run()
    assert (walk.ids, walk.transport.targets) == (["a", "b"], ["/jobs", "/jobs?$skiptoken=1"])


@pytest.mark.parametrize(
    "odd",
    [
        "https://acct.westeurope.batch.azure.com@evil.example/jobs",
        "https://evil.example\\@acct.westeurope.batch.azure.com/jobs",
        "//evil.example\\@acct.westeurope.batch.azure.com/jobs",
        "https:\\\\evil.example/jobs",
        "\\\\evil.example/jobs",
        "https://acct.westeurope.batch.azure.com#@evil.example/jobs",
        "https://acct.westeurope.batch.azure.com/jobs#part",
        "https://acct.westeurope.batch.azure.com:x/jobs",
        "https://acct.westeurope.batch.azure.com:/jobs",
        "https://acct.westeurope.batch.azure.com:99999999/jobs",
        "https://acct.westeurope.batch.azure.com\u2100/jobs",
        "https://acct\u3002westeurope.batch.azure.com/jobs",
        "https://acct.westeurope.batch.azure.com",
        "https://[::1/jobs",
        "https://[acct.westeurope.batch.azure.com]/jobs",
        "https:///jobs",
        "https:/jobs",
        "///evil.example/jobs",
        "ht\ntps://evil.example/jobs",
        "/jobs?\r\nHost: evil.example",
        "javascript:alert(1)",
    ],
)
def test_a_link_that_can_be_read_in_two_ways_is_never_followed(odd: str) -> None:
    walk = Walk(page("a", link=odd), page("b"))
    message = walk.fails_with(UnreachableError).message
    assert message.startswith("Could not list the jobs to the end: the link to the next page is ")
    assert message.endswith("none that can be followed.")
    assert (walk.ids, walk.transport.targets) == (["a"], ["/jobs"])


def test_pages_that_lead_in_a_circle_end_the_listing() -> None:
    walk = Walk(page("a", link=link("1")), page("b", link=link("2")), page("c", link=link("1")))
    assert "already read" in walk.fails_with(UnreachableError).message
    assert walk.ids == ["a", "b", "c"]


def test_a_record_on_two_neighbouring_pages_comes_once_and_is_told_of() -> None:
    walk = Walk(page("a", "b", link=link("1")), page("b", "c", "c")).run()
    assert walk.ids == ["a", "b", "c"]
    assert walk.notices == [
        "2 records came twice while the list changed (list the jobs); they are counted once."
    ]


def test_an_empty_page_between_them_does_not_make_a_record_come_twice() -> None:
    walk = Walk(page("a", link=link("1")), page(link=link("2")), page("a", "b")).run()
    assert walk.ids == ["a", "b"]
    assert len(walk.notices) == 1


def test_a_record_that_comes_again_many_pages_on_is_the_same_record() -> None:
    pages = [page(f"a{number}", f"b{number}", link=link(str(number))) for number in range(9)]
    walk = Walk(*pages, page("a0", "b5", "new")).run()
    assert walk.ids == [f"{letter}{number}" for number in range(9) for letter in "ab"] + ["new"]
    assert walk.notices == [
        "2 records came twice while the list changed (list the jobs); they are counted once."
    ]


def test_among_very_many_records_none_is_lost_and_none_comes_twice() -> None:
    seen = Seen()
    ids = [f"task-{number}" for number in range(2 * RECENT + 1000)]
    for start in range(0, len(ids), 1000):
        some = ids[start : start + 1000]
        assert seen.new_ones(some, str) == some
    for again in (0, 1000, RECENT - 500, len(ids) - 1000):
        assert seen.new_ones([*ids[again : again + 1000], f"new-{again}"], str) == [f"new-{again}"]
    assert seen.repeated == 4000


@pytest.mark.parametrize("status", [400, 410])
def test_a_refused_link_starts_the_listing_again_without_repeats(status: int) -> None:
    refused = Fault("the token is too old", status=status)
    walk = Walk(
        page("a", "b", link=link("1")),
        page("c", link=link("2")),
        refused,
        page("a", "b", link=link("3")),
        page("b", "c", "d", link=link("4")),
        page("e"),
    ).run()
    assert walk.ids == ["a", "b", "c", "d", "e"]
    assert walk.notices == ["The service could not go on to list the jobs; started again."]


def test_a_link_refused_again_is_an_error() -> None:
    steps: list[Step] = [page("a", link=link("1")), Fault("too old", status=410)]
    again: list[Step] = [page("a", link=link("2")), Fault("too old", status=410)]
    walk = Walk(*steps, *again)
    assert walk.fails_with(UnreachableError).message == (
        "Could not list the jobs to the end: the service refused to go on for the second time: "
        "too old."
    )
    assert walk.ids == ["a"]


def test_a_job_deleted_in_the_middle_is_not_found_after_what_was_read() -> None:
    gone = Fault("the job does not exist", NotFoundError, status=404, code="JobNotFound")
    walk = Walk(page("a", link=link("1")), gone, gone)
    assert walk.fails_with(NotFoundError).code == "JobNotFound"
    assert walk.ids == ["a"]


def test_a_refusal_of_the_first_page_is_no_reason_to_start_again() -> None:
    walk = Walk(Fault("bad filter", status=400))
    walk.fails_with(UnreachableError)
    assert walk.transport.targets == ["/jobs"]


@pytest.mark.parametrize(
    "damage",
    [
        page("a", "b")[:-9],
        b"",
        b"<html><body>sign in</body></html>",
        b"[]",
        b'{"value": null}',
        b'{"value": [{"state": "no id"}]}',
        b'{"value": [{"id": "\xff"}]}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_page_is_asked_for_again(damage: bytes) -> None:
    walk = Walk(page("a", link=link("1")), damage, page("b")).run()
    assert walk.ids == ["a", "b"]
    assert walk.transport.targets == ["/jobs", target("1"), target("1")]


def test_a_page_that_stays_damaged_is_an_error_that_shows_how_it_begins() -> None:
    walk = Walk(*[b"<html>\x1b[31mPlease <b>sign in</b></html>"] * 10)
    message = walk.fails_with(UnreachableError).message
    assert "it begins with '[31mPlease sign in'" in message
    assert "gave up after 10 attempts" in message


def endless_pages(count: int, size: int) -> Iterator[bytes]:
    for number in range(count):
        ids = [f"job-{number * size + index}" for index in range(size)]
        yield page(*ids, link=link(str(number)) if number < count - 1 else None)


def test_memory_grows_by_a_few_bytes_a_record() -> None:
    class Generated(Scripted):
        def __init__(self, pages: Iterator[bytes]) -> None:
            super().__init__([])
            self.pages = pages

        def exchange(self, request: Request, _limit: float) -> Answer:
            return Answer(200, {}, next(self.pages))

    def peak(pages: int) -> int:
        transport = Generated(endless_pages(pages, 200))
        listing = Listing(
            cast("Transport", transport),
            RetryPolicy(),
            Job,
            operation="list",
            identity=_job_id,
            notice=_nobody,
        )
        tracemalloc.start()
        assert sum(len(records) for records in listing.walk("/jobs", {})) == pages * 200
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(5)
    small, large = peak(20), peak(200)
    # 36,000 records more, at 8 bytes each and the slack of a growing array.
    assert large - small < 36_000 * 20


def _job_id(job: Job) -> str:
    return job.id


def _nobody(_notice: str) -> None: ...
