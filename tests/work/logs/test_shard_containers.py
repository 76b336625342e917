"""Maps and reduces in a container of the real Azurite, of logs that are blobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.errors import AccessError, NotFoundError, UsageError
from batchdoctor.events import blobs
from batchdoctor.work.answers.shards import final_answer, map_answer, reduce_answer
from tests.azurite import KEY, emulated_storage
from tests.work.logs.test_shards import COUNTED, EVERYTHING, line_of, one_reading, sick, told

storage = pytest.importorskip("azure.storage.blob", reason="the extra `blob` is not installed")


@pytest.fixture(scope="module")
def account() -> Iterator[str]:
    with emulated_storage() as address:
        yield address


@pytest.fixture
def logs(account: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A container with a log in five hours."""
    monkeypatch.setenv(blobs.KEY_VARIABLE, KEY)
    client = storage.ContainerClient(account, "logs", credential=KEY)
    client.create_container()
    records = [line_of(record) for record in sick()]
    for hour in range(5):
        client.upload_blob(f"y=2026/m=08/d=01/h={hour:02}/PT1H.json", b"\n".join(records[hour::5]))
    yield client.url
    client.delete_container()


@pytest.fixture
def counts(account: str) -> Iterator[Any]:
    client = storage.ContainerClient(account, "counts", credential=KEY)
    client.create_container()
    yield client
    client.delete_container()


def test_a_container_takes_the_counts_of_another_one(logs: str, counts: Any) -> None:
    out = f"{counts.url}/run/1"
    for hours in ("h=00", "h=01", "h=02", "h=03", "h=04"):
        (part,) = map_answer([f"{logs}/y=2026/m=08/d=01/{hours}"], out, EVERYTHING, None)
        assert (part.outcome.value, part.sources) == ("done", 1)
    assert not map_answer([logs], out, EVERYTHING, None).items
    for shard in ("1/3", "2/3"):
        assert reduce_answer(out, shard).item.outcome.value == "done"
    assert reduce_answer(out, "2/3").item.outcome.value == "already"
    assert [told(final_answer(out, show, 2)) for show in COUNTED] == one_reading([logs])
    assert {name.rpartition("/")[0] for name in counts.list_blob_names()} == {"run/1"}


def test_a_blob_that_was_written_anew_in_the_same_size_is_refused(
    logs: str, tmp_path: Path, account: str
) -> None:
    map_answer([logs], str(tmp_path), EVERYTHING, None)
    blob = storage.ContainerClient(account, "logs", credential=KEY).get_blob_client(
        "y=2026/m=08/d=01/h=03/PT1H.json"
    )
    blob.upload_blob(blob.download_blob().readall(), overwrite=True)
    with pytest.raises(UsageError, match=r"h=03/PT1H\.json was written anew"):
        map_answer([logs], str(tmp_path), EVERYTHING, None)


def test_blobs_can_be_counted_into_a_folder(logs: str, tmp_path: Path) -> None:
    (part,) = map_answer([logs], str(tmp_path), EVERYTHING, 2)
    assert part.sources == 5
    assert [told(final_answer(str(tmp_path), show, 2)) for show in COUNTED] == one_reading([logs])


def test_a_container_that_is_not_there_or_closed_is_named(
    logs: str, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFoundError, match="/nowhere: it does not exist"):
        map_answer([logs], f"{account}/nowhere", EVERYTHING, None)
    monkeypatch.setenv(blobs.KEY_VARIABLE, "bm8=")
    with pytest.raises(AccessError, match="/counts: access was refused"):
        reduce_answer(f"{account}/counts", None)
