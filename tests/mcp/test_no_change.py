"""No tool can change anything: not by what its code can come to call, and not when it is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from batchdoctor.errors import DeclinedError
from batchdoctor.mcp.tools import TOOLS
from tests.box import Box, Open
from tests.mcp.asking import page, session_of, told
from tests.mcp.call_graph import CallGraph

JOB, POOL, TASK = "render-20261121", "render-linux", "render-20261121/frame-0001"


@pytest.fixture(scope="module")
def graph() -> CallGraph:
    return CallGraph()


@pytest.fixture(scope="module")
def changes(graph: CallGraph) -> set[str]:
    """All that sends something to the service other than a question."""
    methods = ("POST", "PUT", "PATCH", "DELETE")
    return {each for method in methods for each in graph.definitions_with(method)}


def test_no_code_of_a_tool_can_come_to_a_change(graph: CallGraph, changes: set[str]) -> None:
    reached = graph.reached_from(graph.definitions_in("batchdoctor.mcp"))
    assert [graph.way_to(each, reached) for each in sorted(changes & reached.keys())] == []
    # It is what the tools are made of that was looked at.
    assert "batchdoctor.service.client.Client.failed_tasks" in reached
    assert "batchdoctor.events.reading.EventLog" in reached


@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("account_nodes.AccountNodes.reboot", "service.actions._node_change"),
        ("account_nodes.AccountNodes.remove", "service.actions.remove"),
        ("account_nodes.AccountNodes.make_user", "service.access.put_user"),
        ("account_nodes.AccountNodes.remove_user", "service.access.delete_user"),
        ("account_nodes.AccountNodes.send_logs", "service.access.upload_logs"),
        ("account_jobs.AccountJobs.disable_job", "service.job_actions._change"),
        ("account.Account.reactivate", "service.actions._task_change"),
    ],
)
def test_every_change_would_be_seen(graph: CallGraph, method: str, change: str) -> None:
    assert f"batchdoctor.{change}" in graph.reached_from([f"batchdoctor.{method}"])


def test_what_changes_an_account_is_found_by_how_it_asks(changes: set[str]) -> None:
    assert changes >= {
        *(f"batchdoctor.service.access.{each}" for each in ("delete_user", "put_user")),
        "batchdoctor.service.access.upload_logs",
        *(f"batchdoctor.service.actions.{each}" for each in ("_node_change", "_task_change")),
        "batchdoctor.service.actions.remove",
        "batchdoctor.service.job_actions._change",
    }


def calls(box: Box, log: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every tool, in each of its ways."""
    node = f"{POOL}/{box.sandbox.store.pool(POOL).nodes[0].id}"
    yield "triage", {}
    yield "job", {"job": JOB}
    yield "pool", {"pool": POOL}
    yield "suspect_nodes", {}
    yield "suspect_nodes", {"job": JOB, "pool": POOL}
    yield "node", {"node": node}
    yield "failed_tasks", {}
    yield "failed_tasks", {"by": "message", "job": JOB}
    yield "task", {"task": TASK}
    yield "read_file", {"task": TASK, "path": "stdout"}
    yield "explain", {"text": "137"}
    yield "parse_events", {"paths": [log], "show": "nodes"}


def test_every_tool_only_asks(open_box: Open, tmp_path: Any) -> None:
    box = open_box("night-shift")
    log = tmp_path / "log.json"
    log.write_text("".join(f"{line}\n" for line in box.sandbox.diagnostic_log()))
    session = session_of(box)
    asked = list(calls(box, str(log)))
    for tool, arguments in asked:
        first = page(session, tool, **arguments)
        if "rest" in first:
            page(session, tool, **arguments, cursor=first["rest"]["cursor"])
    assert {tool for tool, _ in asked} == {tool.name for tool in TOOLS}
    assert {request.method for request in box.sandbox.requests} <= {"GET", "HEAD"}
    assert box.sandbox.requests


def test_even_what_holds_the_account_cannot_change_it(open_box: Open) -> None:
    box = open_box("bad-node")
    account = session_of(box, BATCHDOCTOR_READ_ONLY="0").account
    node = f"{POOL}/{box.sandbox.store.pool(POOL).nodes[0].id}"
    for change in (
        lambda: account.disable(node),
        lambda: account.terminate_job(JOB),
        lambda: account.reactivate(jobs=JOB),
    ):
        with pytest.raises(DeclinedError, match="forbids changes"):
            change()
    assert {request.method for request in box.sandbox.requests} <= {"GET", "HEAD"}


def test_no_change_has_a_name_that_a_tool_answers_to(open_box: Open) -> None:
    session = session_of(open_box("bad-node"))
    for name in ("reboot", "disable", "terminate_job", "wait", "bundle", "save_logs", "close"):
        answer = told(session, name)
        assert (answer.failed, answer.value["error"]["message"]) == (
            True,
            f"No such tool {name!r}.",
        )
