"""Every kind of fault against listings, over real HTTP: the same records, or one clear error."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from batchdoctor.core.records import Record
from batchdoctor.errors import AccessError, UnreachableError
from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.service.account import AccountOptions, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.service.transport import Transport

# Kinds after which the same request succeeds: the listing must not show that they were there.
PASSING = [
    FaultKind.THROTTLED,
    FaultKind.BUSY,
    FaultKind.INTERNAL_ERROR,
    FaultKind.TIMED_OUT,
    FaultKind.BAD_GATEWAY,
    FaultKind.GATEWAY_TIMEOUT,
    FaultKind.CAPTIVE_PORTAL,
    FaultKind.RESET,
    FaultKind.RESET_IN_HEADERS,
    FaultKind.RESET_IN_BODY,
    FaultKind.CLOSE,
    FaultKind.CLOSE_IN_BODY,
    FaultKind.CUT_CHUNKED,
    FaultKind.CUT_WITHOUT_LENGTH,
    FaultKind.LOST_ANSWER,
    FaultKind.STALL,
    FaultKind.SILENCE,
    FaultKind.DRIP,
    FaultKind.TRUNCATED_JSON,
    FaultKind.INVALID_JSON,
    FaultKind.EMPTY_BODY,
    FaultKind.WRONG_TYPE,
    FaultKind.DUPLICATE_ITEM,
    FaultKind.EMPTY_PAGE,
]
WAITING = {FaultKind.STALL, FaultKind.SILENCE, FaultKind.DRIP}


NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def box_with(*faults: Fault) -> Sandbox:
    """An account whose time stands still, with pages short enough that there are many."""
    return Sandbox("bad-job", now=lambda: NOW, faults=faults, page_size=20)


def client_of(box: Sandbox, *, waits: bool = False) -> Client:
    account = resolve_account(AccountOptions(), box.environment())
    retry = RetryPolicy(sleep=lambda _seconds: None, attempt_seconds=0.2 if waits else 5.0)
    transport = Transport(account, silent_seconds=0.1 if waits else 5.0)
    return Client(account, retry=retry, transport=transport)


def all_records(client: Client) -> bytes:
    """Everything the listings say, as bytes."""
    jobs = list(client.jobs())
    pools = list(client.pools())
    lists: list[list[Record]] = [[*jobs], [*pools], [*client.node_counts()]]
    lists += [[*client.nodes(pool.id)] for pool in pools]
    for job in jobs:
        lists += [[*client.tasks(job.id)], [*client.failed_tasks(job.id)], [client.job(job.id)]]
    return msgspec.json.encode(lists)


@pytest.fixture(scope="module")
def truth() -> bytes:
    with box_with() as box, client_of(box) as client:
        records = all_records(client)
        # Without several pages the faults between pages would find nothing to spoil.
        assert any("$skiptoken" in request.query for request in box.requests)
        return records.replace(box.url.encode(), b"URL")


@pytest.mark.parametrize("kind", PASSING)
@pytest.mark.parametrize(
    "when",
    [{"times": 3}, {"times": None, "share": 0.3, "seed": 4}],
    ids=["the first three", "30 percent"],
)
def test_a_passing_fault_leaves_no_trace_in_the_records(
    kind: FaultKind, when: dict[str, Any], truth: bytes
) -> None:
    fault = Fault(kind, **when)
    with box_with(fault) as box, client_of(box, waits=kind in WAITING) as client:
        assert all_records(client).replace(box.url.encode(), b"URL") == truth
        assert box.unfired_faults() == []


def test_a_page_refused_in_the_middle_starts_the_listing_again(truth: bytes) -> None:
    with box_with(Fault(FaultKind.PAGE_REFUSED, after=2)) as box, client_of(box) as client:
        assert all_records(client).replace(box.url.encode(), b"URL") == truth
        assert len(client.notices) == 1
        assert box.unfired_faults() == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (FaultKind.LINK_ELSEWHERE, "leads away from"),
        (FaultKind.LINK_TO_ITSELF, "already read"),
        (FaultKind.PAGE_REFUSED, "second time"),
    ],
)
def test_a_listing_that_cannot_go_on_says_so(kind: FaultKind, words: str) -> None:
    with box_with(Fault(kind, times=None)) as box, client_of(box) as client:
        job = max(box.store.jobs, key=lambda job: len(job.tasks)).id
        seen: list[str] = []
        with pytest.raises(UnreachableError, match=words):
            seen.extend(task.id for task in client.tasks(job))
        assert len(seen) == len(set(seen)) > 0


def test_a_clock_that_is_off_is_named_and_asked_about_once() -> None:
    fault = Fault(FaultKind.CLOCK_SKEW, skew=17 * 60, times=None)
    with box_with(fault) as box, client_of(box) as client:
        with pytest.raises(AccessError, match="clock is 17 min behind the service's"):
            list(client.jobs())
        assert len(box.requests) == 1
