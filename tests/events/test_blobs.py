"""Logs in a storage account, read from the real Azurite."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from batchdoctor.core.log.summary import conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.errors import (
    AccessError,
    BatchdoctorError,
    NotFoundError,
    UnreachableError,
    UsageError,
)
from batchdoctor.events import blobs
from batchdoctor.events.following import Following
from batchdoctor.events.places import sources_of
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from batchdoctor.events.shares import divided
from tests.azurite import ACCOUNT, KEY, emulated_storage
from tests.events.corpus import corpus
from tests.events.test_reading import PLAIN
from tests.events.wrappings import WRAPPINGS, lines

RECORDS = corpus().records
CONTAINER = "insights-logs-servicelog"

storage = pytest.importorskip("azure.storage.blob", reason="the extra `blob` is not installed")


@pytest.fixture(scope="module")
def account() -> Iterator[str]:
    """The address of an emulated storage account."""
    with emulated_storage() as address:
        yield address


@pytest.fixture
def container(account: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv(blobs.KEY_VARIABLE, KEY)
    client = storage.ContainerClient(account, CONTAINER, credential=KEY)
    client.create_container()
    yield client
    client.delete_container()


def hour(day: int, number: int) -> str:
    return f"resourceId=/X/y=2026/m=08/d={day:02}/h={number:02}/m=00/PT1H.json"


def read(url: str, selection: Selection | None = None) -> tuple[EventLog, Tally]:
    log = EventLog([url], selection=selection or Selection())
    return log, log.tally()


def append(container: Any, name: str, content: bytes) -> None:
    """Write as Azure Monitor does."""
    blob = container.get_blob_client(name)
    if not blob.exists():
        blob.create_append_blob()
    blob.append_block(content)


def test_all_blobs_below_a_prefix_are_read_in_order(container: Any) -> None:
    middle = len(RECORDS) // 2
    append(container, hour(1, 0), lines(RECORDS[:middle]))
    container.upload_blob(hour(1, 1), WRAPPINGS["gzip"](RECORDS[middle:]))
    container.upload_blob("other/PT1H.json", lines(RECORDS))
    container.upload_blob("resourceId=/X/empty.json", b"")
    log, tally = read(f"{container.url}/resourceId=/X")
    assert (conclude(tally)[0], log.problems) == (PLAIN, [])


def test_blobs_are_shared_among_processes_which_read_ahead_each_for_itself(
    container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "RANGE", 1000)
    for number in range(5):
        container.upload_blob(hour(1, number), lines(RECORDS[number::5]))
    whole = EventLog([container.url], workers=1).tally()
    sources = list(sources_of([container.url]))
    shares = divided(sources, 2)
    assert sorted(len(share) for share in shares) == [2, 3]
    assert all(piece.size > 0 for share in shares for piece in share)
    log = EventLog([container.url], workers=2)
    assert (conclude(log.tally())[0], log.problems) == (conclude(whole)[0], [])


def test_large_blobs_are_read_in_ranges_ahead_of_time(
    container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "RANGE", 1000)
    third = len(RECORDS) // 3
    for number, start in enumerate(range(0, len(RECORDS), third)):
        container.upload_blob(hour(2, number), lines(RECORDS[start : start + third]))
    log, tally = read(container.url)
    assert (conclude(tally)[0], log.problems) == (PLAIN, [])
    events = [event.operation_name for event in EventLog([container.url]).events(Tally())]
    assert events == [record["operationName"] for record in RECORDS]


def test_a_blob_given_up_on_does_not_hold_up_the_next(
    container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "RANGE", 500)
    broken = WRAPPINGS["gzip"](RECORDS)[:100] + b"broken" * 2000
    container.upload_blob("a", broken)
    container.upload_blob("b", lines(RECORDS))
    log, tally = read(container.url)
    assert [problem.subject for problem in log.problems] == [f"{container.url}/a"]
    assert conclude(tally)[0] == PLAIN


def test_hours_that_cannot_hold_the_time_asked_for_are_not_fetched(container: Any) -> None:
    container.upload_blob(hour(1, 0), lines(RECORDS))
    container.upload_blob(hour(20, 0), b"would be damage")
    day = datetime(2026, 8, 1, tzinfo=UTC)
    log, tally = read(container.url, Selection(since=day, until=day + timedelta(days=1)))
    assert (conclude(tally)[0], log.problems) == (PLAIN, [])


def test_a_blob_that_grows_is_read_up_to_the_size_it_was_listed_with(container: Any) -> None:
    append(container, hour(3, 0), lines(RECORDS))
    tally, log = Tally(), EventLog([container.url])
    for index, _ in enumerate(log.events(tally)):
        if index == 0:
            append(container, hour(3, 0), lines(RECORDS))
    assert (conclude(tally)[0], log.problems) == (PLAIN, [])


def test_a_growing_blob_is_followed(container: Any) -> None:
    append(container, hour(4, 0), lines(RECORDS))
    more = iter([lines(RECORDS[:5]), lines(RECORDS[5:9])])

    def wait() -> bool:
        content = next(more, b"")
        if content:
            append(container, hour(4, 0), content)
        return bool(content)

    url = f"{container.url}/{hour(4, 0)}"
    found = [event.operation_name for event in Following(url, wait).events(Tally())]
    assert found == [record["operationName"] for record in RECORDS[:9]]


def test_a_signature_in_the_url_is_enough_and_is_never_shown(
    container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(blobs.KEY_VARIABLE)
    container.upload_blob("cut.gz", WRAPPINGS["gzip"](RECORDS)[:-9])
    signature = storage.generate_container_sas(
        ACCOUNT,
        CONTAINER,
        account_key=KEY,
        permission="rl",
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    log, tally = read(f"{container.url}?{signature}")
    assert conclude(tally)[0].attempts > 0
    assert [problem.subject for problem in log.problems] == [f"{container.url}/cut.gz"]


def test_a_container_that_does_not_exist_is_not_found(container: Any) -> None:
    with pytest.raises(NotFoundError, match="does not exist"):
        read(container.url + "-not")


@pytest.mark.parametrize("key", ["AAAA", KEY[::-1].replace("=", "") + "=="])
def test_a_wrong_key_is_refused_with_what_to_do(
    container: Any, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv(blobs.KEY_VARIABLE, key)
    with pytest.raises(AccessError) as refused:
        read(container.url)
    assert blobs.KEY_VARIABLE in str(refused.value.hint)
    assert key not in refused.value.message


def test_an_account_that_does_not_answer_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(blobs.KEY_VARIABLE, KEY)
    monkeypatch.setattr(blobs, "RETRIES", 0)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(UnreachableError):
        read(f"http://127.0.0.1:{port}/{ACCOUNT}/{CONTAINER}")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "https://a.blob.core.windows.net/c/x/y?sv=1&sig=s%3D",
            ("https://a.blob.core.windows.net", "c", "x/y", "sv=1&sig=s%3D"),
        ),
        ("http://127.0.0.1:10000/acc/c", ("http://127.0.0.1:10000/acc", "c", "", "")),
        ("https://a.blob.core.windows.net", UsageError),
        ("http://a.blob.core.windows.net/c", UsageError),
    ],
)
def test_a_url_is_taken_apart(
    url: str, address: tuple[str, str, str, str] | type[BatchdoctorError]
) -> None:
    if isinstance(address, type):
        with pytest.raises(address):
            blobs.address_of(url)
        return
    found = blobs.address_of(url)
    assert (found.account_url, found.container, found.prefix, found.signature) == address
