"""What the sandbox's tests start from: a clock moved by hand, a night shift, two clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from azure.batch import BatchClient
from azure.core.credentials import AzureNamedKeyCredential

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import Clock, Wire


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start() -> Iterator[Callable[..., Sandbox]]:
    """Start sandboxes; they are stopped at the end, and a fault that never struck is an error."""
    started: list[Sandbox] = []

    def begin(*arguments: Any, **options: Any) -> Sandbox:
        started.append(Sandbox(*arguments, **options).start())
        return started[-1]

    yield begin
    for sandbox in started:
        sandbox.stop()
    assert [sandbox.unfired_faults() for sandbox in started if sandbox.unfired_faults()] == []


@pytest.fixture
def sandbox(start: Callable[..., Sandbox], clock: Clock) -> Sandbox:
    return start("night-shift", now=clock)


@pytest.fixture
def wire(sandbox: Sandbox) -> Wire:
    return Wire(sandbox)


@pytest.fixture
def connect() -> Iterator[Callable[[Sandbox], BatchClient]]:
    clients: list[BatchClient] = []

    def make(sandbox: Sandbox) -> BatchClient:
        credential = AzureNamedKeyCredential(sandbox.account_name, sandbox.key)
        clients.append(BatchClient(sandbox.url, credential, retry_total=0))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(sandbox: Sandbox, connect: Callable[[Sandbox], BatchClient]) -> BatchClient:
    return connect(sandbox)
