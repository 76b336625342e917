"""What came new to a pool with some of its nodes."""

from __future__ import annotations

from typing import Any

import msgspec

from batchdoctor.core.records import Node
from batchdoctor.core.suspicion.deployed_nodes import node_deployments


def told(*nodes: dict[str, Any]) -> list[tuple[str, str, str]]:
    records = msgspec.convert(
        [{"id": f"n{number}"} | each for number, each in enumerate(nodes)], list[Node]
    )
    return [(each.kind.value, each.node_id, each.say) for each in node_deployments(records)]


def image(version: str, allocated: str) -> dict[str, Any]:
    return {
        "allocationTime": f"2026-03-01T{allocated}:00Z",
        "virtualMachineInfo": {"imageReference": {"exactVersion": version}},
    }


def test_the_first_node_with_another_image_is_told_with_how_many_have_it() -> None:
    nodes = [image("1.0", "01:00"), image("1.1", "02:10"), image("1.1", "02:05")]
    assert told(*nodes) == [
        ("image-new", "n2", "image version 1.1, before it 1.0, on 2 nodes"),
    ]


def test_nodes_that_are_all_alike_tell_nothing() -> None:
    assert told(image("1.1", "01:00"), image("1.1", "02:00")) == []
    assert told({}, {"startTask": {}}) == []


def test_a_start_task_is_what_a_node_ran_at_its_last_boot() -> None:
    def node(command: str, booted: str) -> dict[str, Any]:
        boot = {"lastBootTime": f"2026-03-01T{booted}:00Z"}
        return boot | {"startTask": {"commandLine": command}}

    assert told(node("install 1", "01:00"), node("install 2", "03:00")) == [
        ("start-task-new", "n1", "start task install 2, before it install 1, on 1 node"),
    ]


def test_an_agent_is_told_where_others_have_another() -> None:
    def node(version: str, updated: str) -> dict[str, Any]:
        return {
            "nodeAgentInfo": {"version": version, "lastUpdateTime": f"2026-03-01T{updated}:00Z"}
        }

    assert told(node("1.13.1", "01:00"), node("1.14.0", "02:00")) == [
        ("agent-new", "n1", "agent 1.14.0, before it 1.13.1, on 1 node"),
    ]
