"""Bodies of changes: what they may hold, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import Wire

POOL = "render-linux"


def busy_node(sandbox: Sandbox) -> str:
    """The sick node: it runs two tasks."""
    return next(node.id for node in sandbox.store.pool(POOL).nodes if len(node.running) == 2)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"nodeRebootOption": "sometime"}, "InvalidPropertyValue"),
        ({"nodeRebootOption": {"nodeRebootOption": "requeue"}}, "InvalidRequestBody"),
        ({"nodeRebootOption": 3}, "InvalidRequestBody"),
        ({"rebootOption": "requeue"}, "InvalidRequestBody"),
        (["requeue"], "InvalidRequestBody"),
        ("requeue", "InvalidRequestBody"),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_and_changes_nothing(
    sandbox: Sandbox, wire: Wire, body: Any, code: str
) -> None:
    name = busy_node(sandbox)
    answer = wire.post(f"/pools/{POOL}/nodes/{name}/reboot", body)
    assert (answer.status, answer.document["code"]) == (400, code)
    assert sandbox.store.node(POOL, name).state == "running"


@pytest.mark.parametrize(
    "body", [None, {}, {"nodeRebootOption": None}, {"nodeRebootOption": "Requeue"}]
)
def test_a_body_may_leave_the_option_out(sandbox: Sandbox, wire: Wire, body: Any) -> None:
    name = busy_node(sandbox)
    assert wire.post(f"/pools/{POOL}/nodes/{name}/reboot", body).status == 202
    assert sandbox.store.node(POOL, name).state == "rebooting"


def test_a_body_that_is_no_json_is_refused(sandbox: Sandbox, wire: Wire) -> None:
    target = f"/pools/{POOL}/nodes/{busy_node(sandbox)}/reboot?api-version=2025-06-01"
    answer = wire.send("POST", target, {}, {"Content-Type": "text/plain"})
    assert (answer.status, answer.document["code"]) == (415, "UnsupportedMediaType")


def test_retained_data_is_no_option_for_disabling(sandbox: Sandbox, wire: Wire) -> None:
    path = f"/pools/{POOL}/nodes/{busy_node(sandbox)}/disablescheduling"
    answer = wire.post(path, {"nodeDisableSchedulingOption": "retaineddata"})
    assert answer.document["code"] == "InvalidPropertyValue"
