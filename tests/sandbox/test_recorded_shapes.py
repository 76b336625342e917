"""The sandbox beside recorded answers of the service: members, headers, statuses of each route."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import VERSION, Answer, Wire

SHAPES = tomllib.loads(Path(__file__).with_name("recorded_shapes.toml").read_text(encoding="utf-8"))
METADATA = "Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element"


@pytest.fixture
def names(sandbox: Sandbox) -> dict[str, str]:
    """Things of the account that stand for all of their kind."""
    job = sandbox.store.job("render-20261121")
    pool = sandbox.store.pool(job.pool_id)
    return {
        "job": job.id,
        "task": next(task.id for task in job.tasks if task.state == "completed"),
        "running": next(task.id for task in job.tasks if task.state == "running"),
        "pool": pool.id,
        "node": next(node.id for node in pool.nodes if node.state == "idle"),
    }


def headers_of(answer: Answer) -> set[str]:
    return set(answer.headers) - set(SHAPES["common"])


def items_of(document: Any) -> list[Any]:
    return list(document["value"]) if "value" in document else [document]


@pytest.mark.parametrize("shape", SHAPES["read"], ids=lambda shape: shape["path"])
def test_what_is_read_has_the_recorded_members_and_headers(
    wire: Wire, names: dict[str, str], shape: dict[str, Any]
) -> None:
    answer = wire.get(shape["path"].format(**names))
    document = answer.document
    assert (answer.status, answer.reason) == (200, "OK")
    assert headers_of(answer) == {
        "Content-Type",
        "Transfer-Encoding",
        *shape.get("headers", ()),
    }
    assert document["odata.metadata"] == f"{wire.sandbox.url}/$metadata#{shape['metadata']}"
    always = set(shape["always"].split())
    known = always.union(*(shape.get(name, "").split() for name in ("may", "since")))
    items = items_of(document)
    assert items
    for item in items:
        members = set(item) - {"odata.metadata"}
        assert (always - members, members - known) == (set(), set())


@pytest.mark.parametrize("shape", SHAPES["refusal"], ids=lambda shape: shape["path"])
def test_a_refusal_has_the_recorded_body_and_headers(
    wire: Wire, names: dict[str, str], shape: dict[str, Any]
) -> None:
    answer = wire.get(shape["path"].format(**names), shape.get("query", ""))
    document = answer.document
    values = [value["key"] for value in document.pop("values", [])]
    assert (answer.status, values) == (shape["status"], shape.get("values", []))
    assert headers_of(answer) == {"Content-Type", "Content-Length"}
    assert set(document) == {"odata.metadata", "code", "message"}
    assert document["odata.metadata"].endswith(f"$metadata#{METADATA}")
    assert document["message"]["value"].splitlines()[0] == answer.reason


@pytest.mark.parametrize("shape", SHAPES["change"], ids=lambda shape: shape["path"])
def test_a_change_is_answered_with_the_recorded_status_and_headers(
    wire: Wire, names: dict[str, str], shape: dict[str, Any]
) -> None:
    method, _, path = shape["path"].format(**names).partition(" ")
    if path.endswith("enablescheduling"):
        wire.post(path.replace("enable", "disable"))
    answer = wire.send(method, f"{path}?{VERSION}", shape.get("body"))
    assert (answer.status, answer.body) == (shape["status"], b"")
    assert headers_of(answer) == set(shape["headers"])
