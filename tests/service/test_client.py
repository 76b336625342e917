"""Reading the sandbox's account: what is asked for, what comes back, what is said when it fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from batchdoctor.core.records import Task
from batchdoctor.errors import AccessError, NotFoundError, StateError, UnreachableError, UsageError
from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.service import transport
from batchdoctor.service.account import Account, AccountOptions, SharedKey, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.service.faults import Fault as ServiceFault
from batchdoctor.service.only import Only
from batchdoctor.service.query import parameters
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.service.retry_event import RetryEvent
from batchdoctor.service.transport import ClosedError, Request, Transport
from tests.service.clock import FakeTime
from tests.service.conftest import NOW


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox("bad-job", now=lambda: NOW) as box:
        yield box


def bad_job(client: Client) -> str:
    return max((job.id for job in client.jobs()), key=lambda job: client.task_counts(job).failed)


def test_every_record_names_where_it_belongs(client: Client) -> None:
    (pool,) = client.pools()
    job = bad_job(client)
    nodes, tasks = list(client.nodes(pool.id)), list(client.tasks(job))
    assert {node.pool_id for node in nodes} == {pool.id}
    assert {task.job_id for task in tasks} == {job}
    assert client.node(pool.id, nodes[0].id).pool_id == pool.id
    assert client.task(job, tasks[0].id).job_id == job
    assert client.job(job).id == job
    assert client.pool(pool.id).id == pool.id


def test_failed_tasks_are_the_failed_among_all_tasks(client: Client) -> None:
    job = bad_job(client)

    def failed(task: Task) -> bool:
        return task.execution_info is not None and task.execution_info.result == "failure"

    everything = [task.id for task in client.tasks(job) if failed(task)]
    asked_for = [task.id for task in client.failed_tasks(job)]
    assert asked_for == everything != []
    assert len(everything) == client.task_counts(job).failed


def test_since_leaves_out_what_ended_before(client: Client) -> None:
    job = bad_job(client)
    ends = sorted(
        task.execution_info.end_time
        for task in client.failed_tasks(job)
        if task.execution_info and task.execution_info.end_time
    )
    middle = ends[len(ends) // 2].replace(microsecond=0)
    later = [task.id for task in client.failed_tasks(job, since=middle)]
    assert len(later) == sum(end >= middle for end in ends)
    elsewhere = middle.astimezone(tz=None)
    assert [task.id for task in client.failed_tasks(job, since=elsewhere)] == later
    assert list(client.failed_tasks(job, since=NOW + timedelta(days=1))) == []


def test_states_are_filtered_by_the_service(client: Client, box: Sandbox) -> None:
    (pool,) = client.pools()
    assert list(client.nodes(pool.id, only=Only(states=["unusable", "starttaskfailed"]))) == []
    assert {job.state for job in client.jobs(states=["active"])} <= {"active"}
    asked = [request.query.get("$filter") for request in box.requests]
    assert "(state eq 'unusable' or state eq 'starttaskfailed')" in asked
    assert "state eq 'active'" in asked


def test_only_what_a_failure_is_told_from_is_asked_for(client: Client, box: Sandbox) -> None:
    list(client.failed_tasks(bad_job(client)))
    query = box.requests[-1].query
    assert query["$select"] == "id,state,executionInfo,nodeInfo,constraints"
    assert (query["maxresults"], query["api-version"]) == ("1000", "2025-06-01")


def test_what_ended_is_told_with_what_it_ran(client: Client, box: Sandbox) -> None:
    lines = [task.command_line for task in client.ended_tasks(bad_job(client))]
    assert lines
    assert all(lines)
    assert box.requests[-1].query["$select"].endswith(",commandLine")


def test_a_default_run_changes_nothing(client: Client, box: Sandbox) -> None:
    list(client.pools())
    list(client.failed_tasks(bad_job(client)))
    assert {request.method for request in box.requests} == {"GET"}


def test_counts_of_nodes_are_those_of_the_pool_asked_for(client: Client) -> None:
    (pool,) = client.pools()
    (counts,) = client.node_counts(pool.id)
    assert counts.dedicated is not None
    assert counts.dedicated.total == len(list(client.nodes(pool.id)))
    assert list(client.node_counts("it's another")) == []


def test_what_does_not_exist_is_not_found_with_the_services_code(client: Client) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.job("nowhere")
    assert caught.value.code == "JobNotFound"
    assert caught.value.request_id
    assert caught.value.message == "Could not read job nowhere: the specified job does not exist."
    with pytest.raises(NotFoundError) as caught:
        list(client.nodes("nowhere"))
    assert caught.value.code == "PoolNotFound"


def test_a_job_without_a_preparation_task_is_a_matter_of_state(client: Client) -> None:
    with pytest.raises(StateError) as caught:
        list(client.preparation_status(bad_job(client)))
    assert caught.value.code == "JobPreparationTaskOrReleaseTaskNotSpecified"


@pytest.mark.parametrize("strange", ["", ".", ".."])
def test_an_id_that_would_change_the_path_is_refused_before_any_request(
    client: Client, box: Sandbox, strange: str
) -> None:
    with pytest.raises(UsageError):
        client.job(strange)
    assert not box.requests


def test_a_wrong_key_is_refused_once_and_never_shown(box: Sandbox) -> None:
    canary = "Y2FuYXJ5LWtleS10aGF0LW11c3QtbmV2ZXItYmUtc2hvd24="
    account = Account(box.url, box.account_name, SharedKey(canary))
    with Client(account) as client, pytest.raises(AccessError) as caught:
        list(client.jobs())
    assert caught.value.code == "AuthenticationFailed"
    assert len(box.requests) == 1
    told = f"{caught.value.message} {caught.value.hint} {caught.value!r}"
    assert canary not in told
    assert "RequestId" not in told


def test_a_netrc_entry_does_not_replace_the_signature(
    box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password secret\n", encoding="utf-8")
    monkeypatch.setitem(os.environ, "NETRC", str(netrc))
    with Client(resolve_account(AccountOptions(), box.environment())) as client:
        assert len(list(client.pools())) == 1
    assert box.requests[-1].headers["authorization"].startswith("SharedKey ")


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_this_computers_own_addresses_are_asked_without_a_proxy(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    account = resolve_account(AccountOptions(), box.environment())
    with Client(account, retry=RetryPolicy(sleep=lambda _seconds: None, attempts=1)) as client:
        assert len(list(client.pools())) == 1


def test_over_tls_too_they_are_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trustme")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with Sandbox("healthy", tls=True) as box:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(box.certificate_file))
        account = Account(box.url, box.account_name, SharedKey(box.key))
        with Client(account, retry=RetryPolicy(attempts=1)) as client:
            assert len(list(client.pools())) == 2


def test_another_computer_is_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    account = Account("https://acct.nowhere.invalid", "acct", SharedKey("a2V5"))
    with (
        Client(account, retry=RetryPolicy(attempts=1)) as client,
        pytest.raises(UnreachableError, match="the proxy could not be used"),
    ):
        list(client.pools())


def test_a_closed_client_never_connects_again(client: Client, box: Sandbox) -> None:
    listing = client.tasks(bad_job(client))
    client.close()
    asked = len(box.requests)
    for step in (lambda: next(listing), client.probe):
        with pytest.raises(ClosedError, match="was closed before the request was sent"):
            step()
    assert len(box.requests) == asked


def test_a_request_that_closing_overtakes_is_told_so(client: Client, box: Sandbox) -> None:
    list(client.pools())
    batch = client.transport._batch
    assert batch is not None
    # A thread that got hold of the connection just before another one closed it.
    client.transport._client = lambda: batch  # type: ignore[method-assign]  # the moment between
    client.close()
    asked = len(box.requests)
    with pytest.raises(ClosedError):
        list(client.pools())
    assert len(box.requests) == asked


def test_what_the_service_asks_to_wait_is_waited_and_told(box: Sandbox) -> None:
    time = FakeTime()
    told: list[RetryEvent] = []
    retry = time.policy(hook=told.append)
    box.add_fault(Fault(FaultKind.THROTTLED, retry_after="3"))
    box.add_fault(Fault(FaultKind.BUSY, retry_after_date=7))
    with Client(resolve_account(AccountOptions(), box.environment()), retry=retry) as client:
        list(client.pools())
    assert time.slept[0] == 3.0
    assert 6.0 <= time.slept[1] <= 8.0
    assert [(event.operation, event.attempt) for event in told] == [
        ("list the pools", 1),
        ("list the pools", 2),
    ]
    assert retry.totals.throttled == 2


def test_a_wait_of_a_day_fails_at_once(client: Client, box: Sandbox) -> None:
    box.add_fault(Fault(FaultKind.BUSY, retry_after="86400"))
    with pytest.raises(UnreachableError, match="asks to wait 86400 s"):
        list(client.pools())
    assert len(box.requests) == 1


@pytest.mark.parametrize("nonsense", ["soon", "inf", "-1", "1e9", "5, 7", "", "nan"])
def test_a_wait_that_makes_no_sense_is_replaced_by_our_own(box: Sandbox, nonsense: str) -> None:
    time = FakeTime()
    retry = time.policy()
    box.add_fault(Fault(FaultKind.BUSY, retry_after=nonsense))
    with Client(resolve_account(AccountOptions(), box.environment()), retry=retry) as client:
        list(client.pools())
    assert time.slept == [0.5]


def test_an_answer_without_an_end_is_not_read_for_ever(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request("GET", "/pools", parameters())
    whole = client.transport.exchange(request, 5.0)
    monkeypatch.setattr(transport, "LONGEST_BODY", len(whole.body))
    assert client.transport.exchange(request, 5.0).body == whole.body
    monkeypatch.setattr(transport, "LONGEST_BODY", len(whole.body) - 1)
    with pytest.raises(ServiceFault, match="the answer is longer than"):
        client.transport.exchange(request, 5.0)


def test_a_port_where_nobody_listens_is_unreachable_and_says_so() -> None:
    account = Account("http://127.0.0.1:9", "nobody", SharedKey("a2V5"))
    retry = RetryPolicy(sleep=lambda _seconds: None, attempts=3)
    with Client(account, retry=retry) as client, pytest.raises(UnreachableError) as caught:
        list(client.pools())
    assert caught.value.message == (
        "Could not list the pools: 127.0.0.1 refused the connection; gave up after 3 attempts."
    )


def test_a_proxy_is_not_blamed_where_none_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    account = Account("http://127.0.0.1:9", "nobody", SharedKey("a2V5"))
    retry = RetryPolicy(attempts=1)
    with Client(account, retry=retry) as client, pytest.raises(UnreachableError) as caught:
        list(client.pools())
    assert caught.value.hint == "Check the endpoint and its port."


def test_a_name_that_does_not_resolve_is_unreachable_and_says_so() -> None:
    account = Account("https://acct.nowhere.invalid", "acct", SharedKey("a2V5"))
    retry = RetryPolicy(sleep=lambda _seconds: None, attempts=2)
    with Client(account, retry=retry) as client, pytest.raises(UnreachableError) as caught:
        list(client.pools())
    assert "the name acct.nowhere.invalid could not be resolved" in caught.value.message


def test_a_probe_tells_the_time_of_the_service(client: Client, box: Sandbox) -> None:
    box.add_fault(Fault(FaultKind.CLOCK_SKEW, skew=120))
    probe = client.probe()
    assert probe.server_time is not None
    assert probe.round_trip_seconds >= 0
    assert len(box.requests) == 1


def test_a_request_is_dated_by_us_and_each_time_anew(box: Sandbox) -> None:
    account = resolve_account(AccountOptions(), box.environment())
    begin = datetime.now(UTC)
    times = [begin - timedelta(minutes=minutes) for minutes in range(5)]
    box.add_fault(Fault(FaultKind.BUSY))
    retry = RetryPolicy(sleep=lambda _seconds: None)
    with Client(account, retry=retry, transport=Transport(account, now=times.pop)) as client:
        client.job(box.store.jobs[0].id)
    dates = [request.headers["ocp-date"] for request in box.requests]
    # The answer in between was judged by the clock as well.
    sent = [begin - timedelta(minutes=minutes) for minutes in (4, 2)]
    assert dates == [format_datetime(each, usegmt=True) for each in sent]
