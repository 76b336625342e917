"""The filter language: what it selects, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from batchdoctor.sandbox.api.filterable import (
    FILES,
    JOBS,
    NODE_COUNTS,
    NODES,
    POOLS,
    PREPARATIONS,
    TASKS,
)
from batchdoctor.sandbox.clock import parse_wire_time
from batchdoctor.sandbox.protocol.filter import parse_filter
from batchdoctor.sandbox.protocol.refusals import ServiceError


def task(id: str, state: str, **more: Any) -> SimpleNamespace:  # noqa: A002
    return SimpleNamespace(
        id=id,
        state=state,
        since=more.get("ended", 0),
        created=0,
        modified=0,
        started=None,
        ended=more.get("ended"),
        exit_code=more.get("exit_code"),
        result=more.get("result"),
    )


NOON = parse_wire_time("2026-11-21T12:00:00.0000001Z")
ONE = parse_wire_time("2026-11-21T13:00:00Z")
ITEMS = [
    task("frame-1", "completed", result="success", exit_code=0, ended=NOON),
    task("frame-2", "completed", result="failure", exit_code=1, ended=ONE),
    task("frame-3", "completed", result="failure", exit_code=-1073741510, ended=ONE),
    task("Frame-4", "active"),
    task("o'brien", "running"),
]


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("state eq 'completed'", [1, 2, 3]),
        ("state eq 'COMPLETED'", [1, 2, 3]),
        ("state ne 'completed'", [4, 5]),
        ("state eq 'completed' and executionInfo/result eq 'failure'", [2, 3]),
        ("(executionInfo/exitCode lt 0) or (executionInfo/exitCode gt 0)", [2, 3]),
        ("executionInfo/exitCode eq -1073741510", [3]),
        ("executionInfo/exitCode ge 0 and executionInfo/exitCode le 0", [1]),
        ("executionInfo/result ne 'success'", [2, 3, 4, 5]),
        ("startswith(id, 'FRAME')", [1, 2, 3, 4]),
        ("startswith(id,'frame-') and state eq 'active'", [4]),
        ("id eq 'frame-4'", [4]),
        ("id gt 'frame-2' and id lt 'g'", [3, 4]),
        ("id eq 'o''brien'", [5]),
        ("executionInfo/endTime gt DateTime'2026-11-21T12:00:00Z'", [1, 2, 3]),
        ("executionInfo/endTime gt DateTime'2026-11-21T12:00:00.0000001Z'", [2, 3]),
        ("executionInfo/endTime le datetime'2026-11-21T13:00:00+01:00'", []),
        ("state eq 'active' or state eq 'running' and id eq 'nobody'", [4]),
        ("(state eq 'active' or state eq 'running') and id eq 'nobody'", []),
        ("  ( ( state eq 'running' ) )  ", [5]),
        ("state EQ 'active' OR state eq 'running'", [4, 5]),
    ],
)
def test_a_filter_selects(text: str, selected: list[int]) -> None:
    matches = parse_filter(text, TASKS)
    assert [n for n, item in enumerate(ITEMS, start=1) if matches(item)] == selected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not expected"),
        ("state", "not expected"),
        ("state eq", "does not fit"),
        ("state eq completed", "does not fit"),
        ("state eq 'completed", "Syntax error"),
        ("state = 'completed'", "Syntax error"),
        ("state eq 'completed' and", "not expected"),
        ("(state eq 'completed'", "not expected"),
        ("state eq 'completed')", "not expected"),
        ("state eq 'completed' id eq 'x'", "not expected"),
        ("not state eq 'completed'", "is not supported"),
        ("state lt 'completed'", "cannot be used with the property 'state'"),
        ("State eq 'completed'", "'State' cannot be used"),
        ("nodeInfo/nodeId eq 'tvm-1'", "'nodeInfo/nodeId' cannot be used"),
        ("previousState eq 'preparing'", "'previousState' cannot be used"),
        ("executionInfo/failureInfo/code eq 'DiskFull'", "cannot be used"),
        ("executionInfo/retryCount gt 0", "cannot be used"),
        ("lastModified gt DateTime'2026-11-21T12:00:00Z'", "'lastModified' cannot be used"),
        ("executionInfo/exitCode eq '1'", "does not fit"),
        ("executionInfo/exitCode eq 1.5", "Syntax error"),
        ("executionInfo/endTime gt '2026-11-21T12:00:00Z'", "does not fit"),
        ("executionInfo/endTime gt DateTime'yesterday'", "does not fit"),
        ("startswith(state, 'comp')", "'startswith' cannot be used"),
        ("startswith('frame', id)", "not expected"),
        ("endswith(id, '1')", "is not supported"),
        ("contains(id, '1')", "is not supported"),
    ],
)
def test_a_filter_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ServiceError) as caught:
        parse_filter(text, TASKS)
    assert (caught.value.status, caught.value.code) == (400, "InvalidQueryParameterValue")
    assert caught.value.values["QueryParameterName"] == "$filter"
    assert caught.value.values["QueryParameterValue"] == text
    assert reason in caught.value.values["Reason"]


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (NODES, "state eq 'starttaskfailed' or state eq 'preempted' or state eq 'unusable'"),
        (NODES, "startTaskInfo/result ne 'success' and startTaskInfo/exitCode gt 0"),
        (NODE_COUNTS, "poolId eq 'render-linux'"),
        (FILES, "startswith(name, 'wd/')"),
        (JOBS, "executionInfo/poolId eq 'render-linux' and startswith(id, 'render')"),
        (POOLS, "enableAutoScale eq true and allocationState ne 'steady'"),
        (PREPARATIONS, "nodeId eq 'tvm-1' and jobPreparationTaskExecutionInfo/result eq 'failure'"),
    ],
)
def test_each_list_has_its_own_properties(table: Any, text: str) -> None:
    assert isinstance(parse_filter(text, table), Callable)  # type: ignore[arg-type]  # Callable is no class


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (NODES, "schedulingState eq 'disabled'"),
        (NODES, "isDedicated eq true"),
        (NODES, "errors/code eq 'DiskFull'"),
        (NODE_COUNTS, "poolId ne 'render-linux'"),
        (NODE_COUNTS, "state eq 'active'"),
        (FILES, "name eq 'stdout.txt'"),
        (JOBS, "priority gt 0"),
        (POOLS, "enableAutoScale eq 'true'"),
        (PREPARATIONS, "nodeUrl eq 'x'"),
    ],
)
def test_each_list_refuses_what_the_documentation_does_not_name(table: Any, text: str) -> None:
    with pytest.raises(ServiceError):
        parse_filter(text, table)
