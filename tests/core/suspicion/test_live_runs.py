"""What a live account tells beyond its lists: deleted successes, hidden failures, restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.nodes.then import state_then
from batchdoctor.core.records import (
    FailureInformation,
    NameValue,
    Node,
    NodeReference,
    Task,
    TaskExecution,
)
from batchdoctor.core.suspicion.hidden import HIDDEN, hidden_failures
from batchdoctor.core.suspicion.judge import Suspicion, judge
from batchdoctor.core.suspicion.live_runs import LiveRuns, since_restart
from batchdoctor.core.suspicion.outage import service_in
from batchdoctor.core.suspicion.run_counts import RunCounts
from batchdoctor.core.suspicion.shared import shared_by
from batchdoctor.core.suspicion.unlisted import guarded, unlisted_of, with_unlisted

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pool(*, runs: int, succeeded: dict[int, int], nodes: int = 10) -> list[Node]:
    return [
        Node(
            id=f"n{number}",
            pool_id="p",
            total_tasks_run=runs,
            total_tasks_succeeded=succeeded.get(number, runs),
        )
        for number in range(nodes)
    ]


def a_suspicion(last: datetime) -> Suspicion:
    counts = RunCounts()
    for number in range(9):
        counts.add_many("p", f"n{number}", "j", runs=40)
    for _ in range(20):
        counts.add("p", "sick", "j", failed=True, when=last)
    (found,) = judge(counts)
    return found


def test_runs_that_neither_succeeded_nor_are_listed_make_a_node_to_watch() -> None:
    (found,) = hidden_failures(pool(runs=80, succeeded={4: 30}), {}, ())
    assert (found.node_id, found.verdict, found.failures) == ("n4", "watch", 50)
    assert [reason.kind for reason in found.reasons] == [HIDDEN]


def test_listed_failures_and_their_retries_hide_nothing() -> None:
    assert hidden_failures(pool(runs=80, succeeded={4: 30}), {("p", "n4"): 50}, ()) == []


def test_a_node_that_is_named_already_is_not_named_twice() -> None:
    assert hidden_failures(pool(runs=80, succeeded={4: 30}), {}, {("p", "n4")}) == []


def test_counters_that_all_nodes_share_alike_tell_of_nobody() -> None:
    nodes = pool(runs=80, succeeded=dict.fromkeys(range(10), 60))
    assert hidden_failures(nodes, {}, ()) == []


def test_deleted_successes_are_found_in_the_counters_and_clear_the_sound_nodes() -> None:
    nodes = pool(runs=20, succeeded={0: 1})
    unlisted = unlisted_of("p", {"j": (0, 19)}, nodes)
    assert unlisted is not None
    assert unlisted.successes == 181
    counts = RunCounts()
    counts.add_many("p", "n0", "j", runs=19, failures=19)
    with_unlisted(counts, unlisted, nodes)
    (found,) = judge(counts)
    assert (found.node_id, found.verdict, found.runs) == ("n0", "suspect", 20)


def test_a_job_that_lists_successes_has_lost_none() -> None:
    assert unlisted_of("p", {"j": (5, 19)}, pool(runs=20, succeeded={})) is None


def test_what_was_deleted_is_a_guess_on_nodes_that_ran_other_jobs_too() -> None:
    # 80 of another job are listed; where they ran is not known here.
    nodes = pool(runs=20, succeeded={0: 1})
    unlisted = unlisted_of("p", {"j": (0, 19), "other": (80, 0)}, nodes)
    assert unlisted is not None
    assert unlisted.successes == 101
    counts = RunCounts()
    counts.add_many("p", "n0", "j", runs=19, failures=19)
    assert not with_unlisted(counts, unlisted, nodes)
    runs = {name: node.jobs["j"].runs for name, node in counts.pools["p"].items()}
    assert runs == {"n0": 19, **{f"n{number}": 11 for number in range(1, 10)}}
    (found,) = judge(counts)
    (told,) = guarded([found], {"p": False}, {("p", "n0"): {"k": 7, "j": 12}})
    assert (found.verdict, told.verdict, told.jobs) == ("suspect", "watch", {"j": 12, "k": 7})


def test_what_failed_on_nodes_that_left_is_not_held_against_those_that_lost_their_successes() -> (
    None
):
    nodes = pool(runs=20, succeeded={})
    counts = RunCounts()
    counts.add_many("p", "left", "j", runs=19, failures=19)
    unlisted = unlisted_of("p", {"j": (0, 19)}, nodes)
    assert unlisted is not None
    assert with_unlisted(counts, unlisted, nodes)
    assert judge(counts) == []


def test_many_nodes_at_once_are_watched_where_the_times_of_successes_are_not_known() -> None:
    nodes = pool(runs=20, succeeded=dict.fromkeys(range(4), 12))
    counts = RunCounts()
    for number in range(4):
        counts.add_many("p", f"n{number}", "j", runs=8, failures=8)
    unlisted = unlisted_of("p", {"j": (0, 32)}, nodes)
    assert unlisted is not None
    with_unlisted(counts, unlisted, nodes)
    found = judge(counts)
    assert {(each.node_id, each.verdict) for each in found} == {
        (f"n{number}", "suspect") for number in range(4)
    }
    told = guarded(found, {"p": True}, {})
    assert {each.verdict for each in told} == {"watch"}
    assert told[0].reasons[-1].message == (
        "estimated: successes were deleted; when they ran, and which kinds, may explain so many"
        " nodes"
    )


def test_a_pool_of_which_all_that_was_counted_is_listed_has_lost_nothing() -> None:
    nodes = pool(runs=20, succeeded={0: 1})
    assert unlisted_of("p", {"j": (0, 19), "other": (181, 0)}, nodes) is None
    assert unlisted_of("p", {"j": (0, 19), "k": (0, 3)}, nodes, among={"k"}) is not None
    assert unlisted_of("p", {"j": (0, 19), "k": (9, 3)}, nodes, among={"k"}) is None


def test_a_node_that_was_started_anew_after_its_last_failure_is_over_it() -> None:
    found = a_suspicion(NOON)
    assert found.verdict == "suspect"
    booted = Node(id="sick", pool_id="p", last_boot_time=NOON + timedelta(hours=1))
    mended = since_restart(found, booted)
    assert (mended.verdict, mended.trend) == ("watch", "over")
    earlier = Node(id="sick", pool_id="p", last_boot_time=NOON - timedelta(hours=1))
    assert since_restart(found, earlier) == found


def test_a_state_that_came_later_explains_nothing() -> None:
    node = Node(id="n", state="preempted", state_transition_time=NOON)
    assert state_then(node, NOON - timedelta(hours=3)) is None
    assert state_then(node, NOON - timedelta(minutes=1)) == "preempted"
    assert state_then(None, NOON) is None


def test_what_all_suspects_share_and_no_other_node_has_is_told() -> None:
    nodes = [
        Node(
            id=f"n{number}",
            vm_size="small",
            allocation_time=NOON + timedelta(hours=number >= 6, minutes=number),
        )
        for number in range(12)
    ]
    suspects = {f"n{number}" for number in range(6, 12)}
    assert shared_by(suspects, nodes) == ["allocated at 2026-03-01 13:06 UTC or later"]
    assert shared_by({"n6", "n7"}, nodes) == []
    assert shared_by({"n1", "n7", "n9", "n11"}, nodes) == []


def made(where: int, **members: Any) -> dict[str, Any]:
    """A node as the service tells it; those from 6 on are the suspects."""
    return {"id": f"n{where}"} | members


ODD_ONES = {f"n{number}" for number in range(6, 12)}
SCALE_SET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/"


@pytest.mark.parametrize(
    ("odd", "sound", "words"),
    [
        (
            {"virtualMachineInfo": {"imageReference": {"offer": "o", "exactVersion": "2.1"}}},
            {"virtualMachineInfo": {"imageReference": {"offer": "o", "exactVersion": "2.0"}}},
            ["of image o 2.1"],
        ),
        (
            {"virtualMachineInfo": {"imageReference": {"virtualMachineImageId": "/x/images/new"}}},
            {"virtualMachineInfo": {"imageReference": {"virtualMachineImageId": "/x/images/old"}}},
            ["of image new"],
        ),
        (
            {"startTask": {"commandLine": "sh two.sh"}},
            {"startTask": {"commandLine": "sh one.sh"}},
            ["with start task `sh two.sh`"],
        ),
        (
            {"virtualMachineInfo": {"scaleSetVmResourceId": f"{SCALE_SET}b/virtualMachines/1"}},
            {"virtualMachineInfo": {"scaleSetVmResourceId": f"{SCALE_SET}a/virtualMachines/1"}},
            ["in scale set b"],
        ),
        ({"ipAddress": "10.0.3.7"}, {"ipAddress": "10.0.2.7"}, ["with addresses 10.0.3.*"]),
        ({"ipAddress": "10.0.3.7"}, {"ipAddress": "10.0.3.9"}, []),
        ({"ipAddress": "10.0.3.7"}, {}, []),
    ],
)
def test_what_nodes_are_made_of_and_where_they_stand_is_compared(
    odd: dict[str, Any], sound: dict[str, Any], words: list[str]
) -> None:
    told = [made(number, **(odd if number >= 6 else sound)) for number in range(12)]
    assert shared_by(ODD_ONES, msgspec.convert(told, list[Node])) == words


@pytest.mark.parametrize(
    ("message", "service"),
    [
        ("net/http: TLS handshake timeout", "registry"),
        ("unauthorized: authentication required", "registry"),
        ("write /x: no space left on device", None),
        ("manifest unknown", None),
        ("no matching manifest for linux/amd64", None),
    ],
)
def test_what_a_failure_says_decides_whether_a_service_is_at_fault(
    message: str, service: str | None
) -> None:
    details = [NameValue(name="Message", value=message)]
    told = FailureInformation(code="ContainerInvalidImage", details=details)
    task = Task(
        id="t",
        job_id="j",
        execution_info=TaskExecution(result="failure", failure_info=told, end_time=NOON),
        node_info=NodeReference(pool_id="p", node_id="n"),
    )
    runs = LiveRuns({})
    runs.add(task, failure_of(task))
    history = runs.counts.history
    assert history is not None
    assert [service_in(what) for what in history.whats] == [service]
