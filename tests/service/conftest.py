"""An account of the sandbox and a client of it, and what tests of changes ask of the account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from batchdoctor.sandbox import Sandbox
from batchdoctor.service.account import AccountOptions, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.service.retry import RetryPolicy

NOW = datetime(2026, 11, 21, 20, 0, 0, tzinfo=UTC)


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """An account with nodes in many states, whose time stands still."""
    with Sandbox("night-shift", now=lambda: NOW) as box:
        yield box


@pytest.fixture
def client(box: Sandbox) -> Iterator[Client]:
    """A client that does not wait between attempts."""
    account = resolve_account(AccountOptions(), box.environment())
    with Client(account, retry=RetryPolicy(sleep=lambda _seconds: None)) as client:
        yield client


def node_in(box: Sandbox, state: str) -> tuple[str, str]:
    """The pool and the id of a node in that state, on which tasks may be scheduled."""
    nodes = ((pool.id, node) for pool in box.store.pools for node in pool.nodes)
    return next(
        (pool, node.id)
        for pool, node in nodes
        if node.state == state and node.scheduling == "enabled"
    )


def posts(box: Sandbox) -> list[tuple[str, object]]:
    """The last part of the path, and the body, of every change that arrived."""
    return [
        (request.segments[-1], json.loads(request.body) if request.body else None)
        for request in box.requests
        if request.method == "POST"
    ]
