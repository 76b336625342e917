"""A planted key stays where it is: in no error, no retry event, no log line, no traceback."""

from __future__ import annotations

import logging
import traceback
from base64 import b64encode

import pytest

from batchdoctor.errors import BatchdoctorError
from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.service import actions, files
from batchdoctor.service.account import Account, SharedKey
from batchdoctor.service.client import Client
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.service.retry_event import RetryEvent
from batchdoctor.service.transport import Transport

CANARY = b64encode(b"a canary that must never be seen by anyone, of 64 bytes in length").decode()


@pytest.mark.parametrize("kind", list(FaultKind))
@pytest.mark.parametrize("key_is_right", [True, False], ids=["right key", "wrong key"])
def test_a_key_is_shown_nowhere(
    kind: FaultKind, key_is_right: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    events: list[RetryEvent] = []
    told: list[str] = []
    key = CANARY if key_is_right else b64encode(b"another").decode()
    with Sandbox("healthy", key=key, page_size=5, faults=[Fault(kind, times=None)]) as box:
        account = Account(box.url, box.account_name, SharedKey(CANARY))
        retry = RetryPolicy(
            sleep=lambda _seconds: None, hook=events.append, attempts=2, attempt_seconds=0.1
        )
        with Client(
            account, retry=retry, transport=Transport(account, silent_seconds=0.1)
        ) as client:
            source = files.TaskFile("job", "task", "stdout.txt")
            for step in (
                lambda: list(client.jobs()),
                lambda: list(files.read(client, source)),
                lambda: actions.reboot(client, "pool", "node"),
                client.probe,
            ):
                try:
                    step()
                except BatchdoctorError as error:
                    told.append(f"{error!r} {error.message} {error.hint} {error.code}")
                    told += traceback.format_exception(error)
    told += [repr(event) for event in events] + [caplog.text, repr(client.account)]
    seen = "\n".join(told + client.notices)
    assert CANARY not in seen
    assert "SharedKey sandbox:" not in seen
