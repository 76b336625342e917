"""Which properties each list can be filtered by, and with which operators.

Source: https://learn.microsoft.com/rest/api/batchservice/odata-filters-in-batch
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from batchdoctor.sandbox.account.model import Preparation
from batchdoctor.sandbox.protocol.filter import (
    EQUAL,
    EQUAL_OR_NOT,
    SIX,
    STARTS,
    Filterable,
    Kind,
)

Table = dict[str, Filterable]


def _text(operators: frozenset[str], value: str | Callable[[Any], Any]) -> Filterable:
    return Filterable(Kind.TEXT, operators, attrgetter(value) if isinstance(value, str) else value)


def _time(value: str | Callable[[Any], Any]) -> Filterable:
    return Filterable(Kind.TIME, SIX, attrgetter(value) if isinstance(value, str) else value)


def _start(name: str) -> Callable[[Any], Any]:
    return lambda node: getattr(node.start_run, name) if node.start_run else None


def _start_result(node: Any) -> str | None:
    run = node.start_run
    if run is None or run.state != "completed":
        return None
    return "failure" if run.recipe else "success"


def preparation_result(preparation: Preparation) -> str | None:
    """Return how a preparation task went, None while it runs."""
    if preparation.state != "completed":
        return None
    return "failure" if preparation.recipe else "success"


NODES: Table = {
    "state": _text(EQUAL_OR_NOT, "state"),
    "stateTransitionTime": _time("since"),
    "lastBootTime": _time("booted"),
    "allocationTime": _time("allocated"),
    "startTaskInfo/state": _text(EQUAL, _start("state")),
    "startTaskInfo/result": _text(EQUAL_OR_NOT, _start_result),
    "startTaskInfo/exitCode": Filterable(Kind.NUMBER, SIX, _start("exit_code")),
    "startTaskInfo/startTime": _time(_start("started")),
    "startTaskInfo/endTime": _time(_start("ended")),
}

NODE_COUNTS: Table = {"poolId": _text(EQUAL, "id")}

IMAGES: Table = {
    "osType": _text(EQUAL_OR_NOT, "os"),
    "verificationType": _text(EQUAL_OR_NOT, "verification"),
}

FILES: Table = {"name": _text(STARTS, "name")}

JOBS: Table = {
    "id": _text(SIX | STARTS, "id"),
    "state": _text(EQUAL_OR_NOT, "state"),
    "stateTransitionTime": _time("since"),
    "creationTime": _time("created"),
    "lastModified": _time("modified"),
    "executionInfo/startTime": _time("started"),
    "executionInfo/endTime": _time("ended"),
    "executionInfo/poolId": _text(SIX | STARTS, "pool_id"),
}

POOLS: Table = {
    "id": _text(SIX | STARTS, "id"),
    "state": _text(EQUAL_OR_NOT, "state"),
    "stateTransitionTime": _time("created"),
    "allocationState": _text(EQUAL_OR_NOT, "allocation_state"),
    "allocationStateTransitionTime": _time("allocation_time"),
    "creationTime": _time("created"),
    "enableAutoScale": Filterable(Kind.FLAG, EQUAL_OR_NOT, attrgetter("auto_scales")),
    "lastModified": _time("modified"),
    "vmSize": _text(EQUAL_OR_NOT, lambda pool: pool.shape.get("vmSize")),
    "enableInterNodeCommunication": Filterable(
        Kind.FLAG,
        EQUAL_OR_NOT,
        lambda pool: bool(pool.shape.get("enableInterNodeCommunication")),
    ),
}

PREPARATIONS: Table = {
    "poolId": _text(EQUAL_OR_NOT, "pool_id"),
    "nodeId": _text(EQUAL_OR_NOT, "run.node_id"),
    "jobPreparationTaskExecutionInfo/state": _text(EQUAL_OR_NOT, "run.state"),
    "jobPreparationTaskExecutionInfo/startTime": _time("run.started"),
    "jobPreparationTaskExecutionInfo/endTime": _time("run.ended"),
    "jobPreparationTaskExecutionInfo/exitCode": Filterable(
        Kind.NUMBER, SIX, attrgetter("run.exit_code")
    ),
    "jobPreparationTaskExecutionInfo/result": _text(
        EQUAL_OR_NOT, lambda item: preparation_result(item.run)
    ),
}

TASKS: Table = {
    "id": _text(SIX | STARTS, "id"),
    "state": _text(EQUAL_OR_NOT, "state"),
    "stateTransitionTime": _time("since"),
    "creationTime": _time("created"),
    "lastModifiedTime": _time("modified"),
    "executionInfo/startTime": _time("started"),
    "executionInfo/endTime": _time("ended"),
    "executionInfo/exitCode": Filterable(Kind.NUMBER, SIX, attrgetter("exit_code")),
    "executionInfo/result": _text(EQUAL_OR_NOT, "result"),
}
