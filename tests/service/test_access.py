"""Users and logs of nodes over real HTTP: times in UTC, and what is never asked for twice."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from batchdoctor.core.records.access import LogUpload
from batchdoctor.errors import AccessError, BatchdoctorError, UncertainError, UsageError
from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.service.access import NodeUser, put_user, upload_logs
from batchdoctor.service.client import Client
from batchdoctor.service.container import count_blobs
from tests.service.conftest import NOW

IN_DELHI = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
CONTAINER = "https://logs.blob.core.windows.net/c?sig=abc"


def linux_node(box: Sandbox) -> tuple[str, str]:
    pool = box.store.pool("render-linux")
    return pool.id, next(node.id for node in pool.nodes if node.state == "idle")


def sent(box: Sandbox) -> list[dict[str, object]]:
    return [json.loads(r.body) for r in box.requests if r.method in {"POST", "PUT"}]


def logs(client: Client, node: tuple[str, str], since: datetime = NOW) -> LogUpload:
    return upload_logs(client, *node, CONTAINER, since)


def test_times_are_sent_in_utc(client: Client, box: Sandbox) -> None:
    node = linux_node(box)
    user = NodeUser(name="kim", expiry_time=IN_DELHI, ssh_public_key="ssh-ed25519 AAAA")
    put_user(client, *node, user)
    logs(client, node, IN_DELHI)
    users, uploads = sent(box)
    assert (users["expiryTime"], uploads["startTime"]) == ("2026-11-21T20:00:00Z",) * 2


def test_of_a_user_that_is_there_is_told_that_it_was_found(client: Client, box: Sandbox) -> None:
    user = NodeUser(name="kim", expiry_time=NOW, ssh_public_key="ssh-ed25519 AAAA")
    found = [put_user(client, *linux_node(box), user).found for _ in range(2)]
    assert found == [False, True]


@pytest.mark.parametrize(
    "kind", [FaultKind.LOST_ANSWER, FaultKind.GATEWAY_TIMEOUT, FaultKind.CAPTIVE_PORTAL]
)
def test_logs_whose_answer_is_lost_are_not_asked_for_again(
    client: Client, box: Sandbox, kind: FaultKind
) -> None:
    box.add_fault(Fault(kind, route="POST *"))
    with pytest.raises(UncertainError, match="It may send them all the same"):
        logs(client, linux_node(box))
    assert len(sent(box)) == 1


@pytest.mark.parametrize("kind", [FaultKind.THROTTLED, FaultKind.BUSY])
def test_logs_that_the_service_put_off_are_asked_for_again(
    client: Client, box: Sandbox, kind: FaultKind
) -> None:
    box.add_fault(Fault(kind, route="POST *"))
    assert logs(client, linux_node(box)).virtual_directory_name
    assert len(sent(box)) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/my logs?sp=wl&sig=SIGNATURE",
        "http://127.0.0.1:9/c?sp=wl&sig=SIGNATURE\n",
        "http://127.0.0.1:nine/c?sig=SIGNATURE",
        "http://[::1/c?sig=SIGNATURE",
        "http://127.0.0.1:9/größe?sig=SIGNATURE",
    ],
)
def test_an_address_that_is_none_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(BatchdoctorError) as caught:
        count_blobs(url, "pool/node")
    assert not isinstance(caught.value, AccessError)
    assert "SIGNATURE" not in caught.value.message


def test_a_blank_in_the_address_is_what_is_said() -> None:
    with pytest.raises(UsageError, match="not a valid URL"):
        count_blobs("http://127.0.0.1:9/my logs?sig=SIGNATURE", "pool/node")
