"""Files over real HTTP: listings, sizes, exact bytes, and reasons why a file is not there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError, UnreachableError
from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.service import files
from batchdoctor.service.account import AccountOptions, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.service.files import FileSource, NodeFile, TaskFile
from batchdoctor.service.only import Only
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.service.transport import Transport

NOW = datetime(2026, 11, 21, 20, 0, 0, tzinfo=UTC)
BREAKS = [
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
    FaultKind.BUSY,
    FaultKind.BAD_GATEWAY,
]


@pytest.fixture(params=[200, 206], ids=["answers 200", "answers 206"])
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox("bad-job", now=lambda: NOW, range_status=request.param) as box:
        yield box


@pytest.fixture
def client(box: Sandbox) -> Iterator[Client]:
    account = resolve_account(AccountOptions(), box.environment())
    retry = RetryPolicy(sleep=lambda _seconds: None, attempt_seconds=0.3)
    with Client(account, retry=retry, transport=Transport(account, silent_seconds=0.2)) as client:
        yield client


def a_log(client: Client) -> TaskFile:
    """Return a file of some task that is not empty."""
    for job in client.jobs():
        for task in client.tasks(job.id, Only(states=["completed"])):
            for file in files.list_task_files(client, job.id, task.id):
                size = file.properties.content_length if file.properties else None
                if size and size > 100 and not file.is_directory:
                    return TaskFile(job.id, task.id, file.name)
    raise AssertionError


def whole(client: Client, source: FileSource) -> bytes:
    sink = io.BytesIO()
    info = files.download(client, source, sink)
    assert info.size == len(sink.getvalue())
    return sink.getvalue()


def test_a_listing_tells_sizes_that_the_properties_repeat(client: Client) -> None:
    log = a_log(client)
    info = files.properties(client, log)
    assert info.size == len(whole(client, log))
    assert not info.is_directory
    assert info.last_modified is not None
    assert files.properties(client, TaskFile(log.job_id, log.task_id, "wd")).is_directory


def test_a_node_has_files_of_its_own(client: Client) -> None:
    pool = next(client.pools())
    node = next(client.nodes(pool.id))
    flat = [file.name for file in files.list_node_files(client, pool.id, node.id, recursive=False)]
    deep = list(files.list_node_files(client, pool.id, node.id))
    assert set(flat) < {file.name for file in deep}
    file = next(file for file in deep if file.properties and file.properties.content_length)
    assert whole(client, NodeFile(pool.id, node.id, file.name))


@pytest.mark.parametrize("kind", BREAKS)
def test_a_download_that_breaks_gives_the_exact_bytes(
    client: Client, box: Sandbox, kind: FaultKind
) -> None:
    log = a_log(client)
    expected = whole(client, log)
    box.add_fault(Fault(kind, route="GET /jobs/{job}/tasks/{task}/files/*", times=2, drop=7))
    assert whole(client, log) == expected
    assert b"".join(files.read(client, log, start=50)) == expected[50:]
    assert box.unfired_faults() == []


def test_a_download_goes_on_with_the_next_byte(client: Client, box: Sandbox) -> None:
    log = a_log(client)
    expected = whole(client, log)
    box.add_fault(Fault(FaultKind.CLOSE_IN_BODY, route="GET *"))
    assert b"".join(files.read(client, log)) == expected
    ranges = [request.headers.get("ocp-range") for request in box.requests][-2:]
    assert ranges[0] is None
    first, last = str(ranges[1]).removeprefix("bytes=").split("-")
    assert 0 < int(first) < len(expected)
    assert int(last) == len(expected) - 1


@pytest.mark.parametrize(("start", "end"), [(0, 10), (10, 20), (5, None), (0, 10**9)])
def test_a_part_of_a_file_is_that_part(client: Client, start: int, end: int | None) -> None:
    log = a_log(client)
    assert b"".join(files.read(client, log, start=start, end=end)) == whole(client, log)[start:end]


def test_nothing_is_read_from_behind_the_end(client: Client) -> None:
    log = a_log(client)
    size = len(whole(client, log))
    assert list(files.read(client, log, start=size)) == []
    assert list(files.read(client, log, start=size + 99)) == []


def test_a_download_that_never_ends_is_an_error(client: Client, box: Sandbox) -> None:
    log = a_log(client)
    box.add_fault(Fault(FaultKind.RESET, route="GET *", times=None))
    with pytest.raises(UnreachableError, match=r"Could not read \S+ of task .* broke; gave up"):
        list(files.read(client, log))


@pytest.mark.parametrize("ask", [files.properties, lambda c, s: list(files.read(c, s))])
def test_a_file_that_is_not_there_has_the_services_reason(client: Client, ask: object) -> None:
    assert callable(ask)
    log = a_log(client)
    for source, code in [
        (TaskFile(log.job_id, log.task_id, "nothing.txt"), "FileNotFound"),
        (TaskFile(log.job_id, "no-task", "stdout.txt"), "TaskNotFound"),
        (TaskFile("no-job", "t", "stdout.txt"), "JobNotFound"),
    ]:
        with pytest.raises(NotFoundError) as caught:
            ask(client, source)
        assert caught.value.code == code


def test_a_name_with_dots_and_blanks_is_one_name(client: Client, box: Sandbox) -> None:
    log = a_log(client)
    with pytest.raises(BatchdoctorError) as caught:
        files.properties(client, TaskFile(log.job_id, log.task_id, "../../x y?&#%2F"))
    assert caught.value.code == "FileNotFound"
    assert box.requests[-1].path.endswith("/files/..%2F..%2Fx%20y%3F%26%23%252F")


def test_files_of_a_task_that_did_not_start_are_a_matter_of_state(client: Client) -> None:
    waiting = [t for j in client.jobs() for t in client.tasks(j.id, Only(states=["active"]))]
    for task in waiting[:1]:
        with pytest.raises((StateError, NotFoundError)):
            files.properties(client, TaskFile(task.job_id, task.id, "stdout.txt"))


def test_an_answer_that_lost_the_size_is_asked_for_again_and_is_no_empty_file(
    box: Sandbox, client: Client
) -> None:
    log = a_log(client)
    size = files.properties(client, log).size
    lost = Fault(FaultKind.CUT_WITHOUT_LENGTH, "HEAD /jobs/{id}/tasks/{id}/files/{path*}", times=2)
    box.add_fault(lost)
    assert files.sized(client, log).size == size


def test_a_file_whose_size_is_never_told_is_not_known(box: Sandbox, client: Client) -> None:
    log = a_log(client)
    lost = Fault(FaultKind.CUT_WITHOUT_LENGTH, "HEAD /jobs/{id}/tasks/{id}/files/{path*}", times=99)
    box.add_fault(lost)
    with pytest.raises(UnreachableError, match="does not say how long it is"):
        files.sized(client, log)
