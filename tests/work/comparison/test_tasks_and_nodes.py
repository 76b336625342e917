"""Two tasks, and two nodes: what differs between them, and what is of no interest."""

from __future__ import annotations

import pytest

from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.errors import NotFoundError, UsageError
from batchdoctor.sandbox.scenario.load import FailurePlan, NodePlan, Scenario
from batchdoctor.work.comparison.nodes import compare_nodes
from batchdoctor.work.comparison.tasks import compare_tasks
from tests.work.comparison.two_nights import (
    NOW,
    POOL,
    THEN,
    Night,
    Plant,
    Pools,
    account,
    node_members,
    reading_of,
    told,
    usual_pool,
    with_member,
)


def quiet(plant: Plant | None = None) -> Scenario:
    """The account without the failures that come by themselves."""
    return account(3, plant)


def between(
    scenario: Scenario, one: str, other: str | None = None
) -> list[tuple[str, str | None, str | None, str | None]]:
    with reading_of(scenario) as reading:
        partner = None if other is None else TaskName.of(other)
        return told(compare_tasks(reading, TaskName.of(one), partner))


def test_two_runs_of_a_task_that_went_alike_do_not_differ_wherever_they_ran() -> None:
    assert between(quiet(), f"{NOW}/frame-0005", f"{THEN}/frame-0005") == []


def test_two_tasks_of_a_kind_differ_in_nothing_but_their_numbers() -> None:
    assert between(quiet(), f"{NOW}/frame-0005", f"{NOW}/frame-0009") == []


def test_without_another_the_same_task_of_the_run_that_went_well_is_taken() -> None:
    fails = with_member("fails", FailurePlan(share=1.0, recipes=["disk-full"]))
    with reading_of(quiet(fails)) as reading:
        found = compare_tasks(reading, TaskName(NOW, "frame-0005"), None)
    assert (found.summary.before, found.summary.after) == (
        f"{THEN}/frame-0005",
        f"{NOW}/frame-0005",
    )
    assert found.summary.chosen is not None
    assert found.summary.chosen.startswith("of the ")
    outcome, *rest = found.found
    assert (outcome.what.value, outcome.way.value, outcome.before) == (
        "outcome",
        "worse",
        "succeeded",
    )
    assert "DiskFull" in str(outcome.after)
    # Where one failed, the node may be why.
    assert {each.what.value for each in rest} <= {"node"}


def test_another_setting_is_told_as_for_jobs() -> None:
    found = between(quiet(with_member("more", "--quality 90")), f"{NOW}/join-03", f"{THEN}/join-03")
    assert found == [("command-line", None, "--quality 80", "--quality 90")]


def test_the_order_in_which_tasks_are_named_does_not_matter() -> None:
    scenario = quiet(with_member("more", "--quality 90"))
    one, other = f"{NOW}/join-03", f"{THEN}/join-03"
    assert between(scenario, one, other) == between(scenario, other, one)


def test_a_task_that_is_not_there_and_a_task_with_itself_are_refused() -> None:
    with reading_of(quiet()) as reading:
        with pytest.raises(UsageError, match="cannot differ from itself"):
            compare_tasks(reading, TaskName(NOW, "join-03"), TaskName(NOW.upper(), "JOIN-03"))
        with pytest.raises(NotFoundError):
            compare_tasks(reading, TaskName(NOW, "no-such"), TaskName(THEN, "join-03"))


def nodes_of(plant: Plant) -> list[tuple[str, str | None, str | None, str | None]]:
    """What differs between the first and the last node of the pool."""
    with reading_of(quiet(plant)) as reading:
        names = [NodeName(POOL, node.id) for node in reading.client.nodes(POOL)]
        return told(compare_nodes(reading, names[0], names[-1]))


def test_like_nodes_do_not_differ() -> None:
    assert nodes_of(lambda _now, _pools: None) == []


def another(**more: object) -> Plant:
    def plant(_: Night, pools: Pools) -> None:
        given = {"members": node_members(), **more}
        pools[0].nodes.append(NodePlan(name="other", **given))  # type: ignore[arg-type]

    return plant


def test_another_agent_image_and_kind_of_node_are_told() -> None:
    assert nodes_of(another(members=node_members(agent="1.13.8"))) == [
        ("agent", None, "1.13.7", "1.13.8")
    ]
    image = "canonical ubuntu-24_04-lts server"
    assert nodes_of(another(members=node_members(image="24.04.1"))) == [
        ("image", None, f"{image} 24.04.202610150", f"{image} 24.04.1")
    ]
    assert nodes_of(another(low_priority=True)) == [("spot", None, "dedicated", "spot")]


def test_what_is_wrong_with_one_of_two_is_told_of_that_one() -> None:
    error = {"code": "DiskFull", "message": "There is not enough disk space."}
    ((what, subject, before, after),) = nodes_of(another(state="unusable", errors=[error]))
    assert (what, subject, before) == ("state", "node-error", None)
    assert "DiskFull" in str(after)


def test_a_node_on_which_more_fails_is_told_with_a_doubt() -> None:
    def plant(now: Night, pools: Pools) -> None:
        fails = FailurePlan(share=1.0, recipes=["scratch-io"])
        another(fails=fails)(now, pools)
        now.on = ["usual", "other"]

    with reading_of(quiet(plant)) as reading:
        names = [NodeName(POOL, node.id) for node in reading.client.nodes(POOL)]
        (found,) = compare_nodes(reading, names[0], names[-1]).found
    assert (found.what.value, found.way.value) == ("failures", "worse")
    assert found.message.endswith("of whatever jobs, so a bad job may be why")


def test_what_a_node_did_not_tell_yet_is_neither_the_same_nor_another() -> None:
    members = node_members()
    del members["nodeAgentInfo"]
    with reading_of(quiet(another(state="starting", members=members))) as reading:
        names = [NodeName(POOL, node.id) for node in reading.client.nodes(POOL)]
        found = compare_nodes(reading, names[0], names[-1])
    assert [each.what.value for each in found.found] == ["state"]
    assert "node agent" not in found.summary.same
    assert found.summary.not_told == ("node agent of one of the nodes",)


def test_of_two_nodes_that_are_there_nothing_was_or_is_gone() -> None:
    def plant(_: Night, pools: Pools) -> None:
        pools.append(usual_pool("farm-2", vm_size="standard_d2s_v5", start_task=None))

    with reading_of(quiet(plant)) as reading:
        names = [
            NodeName(pool, next(iter(reading.client.nodes(pool))).id) for pool in (POOL, "farm-2")
        ]
        found = compare_nodes(reading, *names).found
    assert [each.message for each in found] == [
        "command line of the start task is on the first alone: /bin/bash install.sh",
        "VM size vmSize is standard_d4s_v5 on the first, standard_d2s_v5 on the second",
    ]
