"""A witness for every kind of finding: facts of which the checks find exactly it, and nothing else.

To add a kind, add one line to `WITNESSES`: what shows it, and how bad it is. What a finding says is
in the tests of its check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from batchdoctor.core.failures.by_cause import JobFailures
from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.findings.checks.account import (
    account_findings,
    job_findings,
    unread_findings,
)
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts, Rival
from batchdoctor.core.findings.checks.guarded import run_checks
from batchdoctor.core.findings.finding import Finding, Severity, Subject
from batchdoctor.core.findings.kinds import KINDS
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.records import (
    Job,
    Node,
    Pool,
    PoolNodeCounts,
    PreparationStatus,
    Task,
    TaskCounts,
    TaskExecution,
)
from batchdoctor.core.suspicion.begun import Share
from batchdoctor.core.suspicion.common_rise import CommonRise
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.outage import Outage

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

Found = Callable[[], Iterable[Finding]]


def ago(**span: float) -> str:
    return (NOW - timedelta(**span)).isoformat()


def in_pool(
    *nodes: dict[str, Any],
    waiting: dict[str, int] | None = None,
    dedicated: dict[str, int] | None = None,
    suspicions: Iterable[Suspicion] = (),
    waiting_since: datetime | None = None,
    **members: Any,
) -> Found:
    """What all checks find in a sound, steady pool with these nodes and members."""
    sound = {"id": "p", "state": "active", "allocationState": "steady"}
    told = {"poolId": "p", "dedicated": dedicated}
    facts = PoolFacts(
        pool=msgspec.convert(sound | members, Pool),
        at=NOW,
        counts=msgspec.convert(told, PoolNodeCounts) if dedicated is not None else None,
        nodes=msgspec.convert(nodes, list[Node]),
        suspicions=tuple(suspicions),
        waiting=waiting or {},
        waiting_since=waiting_since,
    )
    return lambda: account_findings([facts], [])


def node(name: str, state: str, **members: Any) -> dict[str, Any]:
    return {"id": name, "state": state, "stateTransitionTime": ago(hours=2)} | members


def failed_start(exit_code: int) -> dict[str, Any]:
    return {"startTaskInfo": {"state": "completed", "result": "failure", "exitCode": exit_code}}


def agent(version: str) -> dict[str, Any]:
    return {"nodeAgentInfo": {"version": version}}


def made_for(agent: str, image: dict[str, str] | None = None) -> dict[str, Any]:
    machine = {"nodeAgentSKUId": agent, "imageReference": image}
    return {"virtualMachineConfiguration": machine}


WINDOWS_2016 = {
    "publisher": "MicrosoftWindowsServer",
    "offer": "WindowsServer",
    "sku": "2016-Datacenter-smalldisk",
}
SUSPECT = Suspicion(
    pool_id="p",
    node_id="n0",
    verdict="suspect",
    runs=10,
    failures=9,
    failure_rate=0.9,
    expected_failures=0.5,
    p_value=1e-9,
    jobs={"j": 9},
    codes={"FailureExitCode": 9},
    last_failure_time=NOW,
    reasons=(Reason("failures", "9 of 10 runs failed"),),
)
HIDDEN = msgspec.structs.replace(
    SUSPECT, verdict="watch", reasons=(Reason("hidden-failures", "7 failures are in no list"),)
)


def job_facts(
    job: dict[str, Any] | None = None,
    *,
    failures: JobFailures | None = None,
    preparations: list[dict[str, Any]] | None = None,
    waiting: list[dict[str, Any]] | None = None,
    running: list[dict[str, Any]] | None = None,
    ended: list[dict[str, Any]] | None = None,
    counts: dict[str, int] | None = None,
    listed: dict[str, int] | None = None,
    idle: int | None = None,
    pool: dict[str, Any] | None = None,
    pool_facts: dict[str, Any] | None = None,
    **facts: Any,
) -> JobFacts:
    """A sound, active job, but for these members and facts."""
    nodes = {"poolId": "p", "dedicated": {"idle": idle or 0, "total": idle or 0}}
    return JobFacts(
        job=msgspec.convert({"id": "j", "state": "active"} | (job or {}), Job),
        at=NOW,
        pool_id="p",
        pool=PoolFacts(
            pool=msgspec.convert({"id": "p", "taskSlotsPerNode": 2} | (pool or {}), Pool),
            at=NOW,
            counts=msgspec.convert(nodes, PoolNodeCounts) if idle is not None else None,
            **(pool_facts or {}),
        ),
        counts=TaskCounts(**counts) if counts else None,
        listed=TaskCounts(**listed) if listed else None,
        waiting=msgspec.convert(waiting, list[Task] | None),
        running=msgspec.convert(running, list[Task] | None),
        ended=msgspec.convert(ended or (), list[Task]),
        preparations=msgspec.convert(preparations, list[PreparationStatus] | None),
        failures=failures,
        **facts,
    )


def of_job(*members: dict[str, Any], **facts: Any) -> Found:
    """What all checks find about one job; see `job_facts`."""
    told = job_facts(*members, **facts)
    return lambda: job_findings(told)


def of_jobs(**facts: Any) -> Found:
    """What all checks find of an account with one job; see `job_facts`."""
    told = job_facts(**facts)
    return lambda: account_findings([], [told])


def ended_for(reason: str) -> dict[str, Any]:
    end = {"terminateReason": reason, "endTime": ago(hours=1), "poolId": "p"}
    return {"state": "completed", "executionInfo": end}


def failing(count: int, exit_code: int = 1) -> JobFailures:
    """So many failures of one program."""
    failures = JobFailures("j")
    for number in range(count):
        info = {"category": "UserError", "code": "FailureExitCode"}
        execution = {"result": "failure", "exitCode": exit_code, "failureInfo": info}
        task = msgspec.convert({"id": f"t{number}", "executionInfo": execution}, Task)
        failures.add(failure_of(msgspec.structs.replace(task, job_id="j")))
    return failures


OUTAGE = Outage(
    service="storage",
    since=NOW - timedelta(minutes=50),
    until=NOW - timedelta(minutes=20),
    runs=80,
    failures=60,
    jobs={"j": 20, "k": 20, "l": 20},
    nodes=9,
    codes={"BlobDownloadTimedOut": 60},
    ended=True,
)


def rose(until: datetime | None) -> CommonRise:
    """A rise that three jobs share."""
    return CommonRise(
        since=NOW - timedelta(hours=1),
        until=until,
        before=Share(90, 1),
        during=Share(30, 28),
        after=Share(40 if until else 0, 0),
        jobs={"j": 10, "k": 9, "l": 9},
        jobs_run=4,
    )


def crashing(facts: int) -> Iterable[Finding]:
    raise ZeroDivisionError(facts)


WAITS = {"id": "w", "state": "active"}
WAITS_LONG = WAITS | {"stateTransitionTime": ago(hours=2)}
LARGE = WAITS | {"multiInstanceSettings": {"numberOfInstances": 4}}
RUNS_LONG = {"id": "r", "state": "running", "executionInfo": {"startTime": ago(hours=30)}}
PREPARES = {"id": "r", "state": "preparing", "stateTransitionTime": ago(hours=2)}
AN_HOUR = {"result": "success", "startTime": ago(hours=3), "endTime": ago(hours=2)}
ENDED = [{"id": str(number), "state": "completed", "executionInfo": AN_HOUR} for number in range(5)]
FINISHED = job_facts({"creationTime": ago(days=3)}, counts={"succeeded": 1, "completed": 1})
NEEDS = WAITS | {"dependsOn": {"taskIds": ["f"]}}
FAILED = {
    "f": Task(
        id="f", state="completed", execution_info=TaskExecution(result="failure", exit_code=1)
    )
}
PREPARATION = {
    "poolId": "p",
    "nodeId": "n1",
    "jobPreparationTaskExecutionInfo": {
        "result": "failure",
        "exitCode": 32,
        "endTime": ago(minutes=12),
    },
}
SCALES: dict[str, Any] = {"enableAutoScale": True, "autoScaleEvaluationInterval": "PT5M"}

# Kind -> what shows it, and how bad it is; in the order of the table of kinds.
WITNESSES: dict[str, tuple[Found, Severity]] = {
    "pool-missing": (of_job(pool_exists=False), ERROR),
    "no-usable-nodes": (in_pool(waiting={"j": 3}, dedicated={"unusable": 1, "total": 1}), ERROR),
    "pool-support-ended": (in_pool(**made_for("batch.node.ubuntu 18.04")), ERROR),
    "pool-resize-failed": (
        in_pool(resizeErrors=[{"code": "AccountCoreQuotaReached"}], targetDedicatedNodes=1),
        ERROR,
    ),
    "autoscale-error": (
        in_pool(
            **SCALES,
            autoScaleRun={"timestamp": ago(minutes=5), "error": {"code": "InsufficientSampleData"}},
        ),
        ERROR,
    ),
    "autoscale-gives-nothing": (
        in_pool(
            **SCALES,
            autoScaleRun={"timestamp": ago(minutes=2)},
            waiting={"j": 3},
            waiting_since=NOW - timedelta(hours=1),
            dedicated={"total": 0},
        ),
        ERROR,
    ),
    "autoscale-frozen": (in_pool(**SCALES, autoScaleRun={"timestamp": ago(minutes=26)}), ERROR),
    "start-task-failed": (in_pool(node("a", "starttaskfailed", **failed_start(7))), ERROR),
    "node-unreachable": (in_pool(node("a", "unusable")), ERROR),
    "node-error": (in_pool(node("a", "unusable", errors=[{"code": "DiskFull"}])), ERROR),
    "node-unknown": (in_pool(node("a", "unknown")), ERROR),
    "node-suspect": (in_pool(suspicions=[SUSPECT]), ERROR),
    "job-not-started": (
        of_job({"executionInfo": {"schedulingError": {"code": "AutoPoolCreationFailed"}}}),
        ERROR,
    ),
    "outage": (
        of_job(failures=failing(20), counts={"succeeded": 10, "failed": 20}, outages=(OUTAGE,)),
        ERROR,
    ),
    "failures-rose": (of_jobs(common_rise=rose(until=None)), ERROR),
    "job-failing": (of_job(failures=failing(5), counts={"succeeded": 5, "failed": 5}), ERROR),
    "preparation-failed": (of_job(preparations=[PREPARATION]), ERROR),
    "slots-never-fit": (of_job(waiting=[WAITS | {"requiredSlots": 3}]), ERROR),
    "multi-instance-never-fits": (of_job(waiting=[LARGE]), ERROR),
    "tasks-stranded": (
        of_job(
            waiting=[WAITS_LONG],
            pool_facts={"nodes": msgspec.convert([node("a", "idle")], list[Node])},
        ),
        ERROR,
    ),
    "dependency-never-met": (
        of_job(waiting=[NEEDS], dependencies=FAILED),
        ERROR,
    ),
    "job-ended-by-limit": (of_job(ended_for("MaxWallClockTimeExpiry")), ERROR),
    "job-ended-by-failure": (of_job(ended_for("TaskFailed")), ERROR),
    "check-failed": (lambda: run_checks((crashing,), 7, Subject()), WARNING),
    "not-read": (lambda: unread_findings([("the jobs", "the server is busy")]), WARNING),
    "job-disabled": (of_job({"state": "disabled"}), WARNING),
    "multi-instance-waits": (
        of_job(
            waiting=[LARGE | WAITS_LONG],
            pool={"enableInterNodeCommunication": True, "taskSlotsPerNode": 1}
            | {"targetDedicatedNodes": 4},
            pool_facts={"nodes": msgspec.convert([node("a", "running")], list[Node])},
        ),
        WARNING,
    ),
    "job-ended-too-early": (
        of_job(ended_for("AllTasksComplete"), counts={"active": 0}),
        WARNING,
    ),
    "task-run-again": (
        of_job(running=[{"id": "r", "state": "running", "executionInfo": {"requeueCount": 2}}]),
        WARNING,
    ),
    "task-hung": (of_job(running=[RUNS_LONG], ended=ENDED), WARNING),
    "tasks-preparing": (of_job(running=[PREPARES]), WARNING),
    "tasks-failed": (of_job(failures=failing(4), counts={"succeeded": 4, "failed": 4}), WARNING),
    "failures-rose-before": (of_jobs(common_rise=rose(until=NOW)), WARNING),
    "node-stuck": (in_pool(node("a", "starting")), WARNING),
    "pool-resize-stuck": (
        in_pool(allocationState="resizing", allocationStateTransitionTime=ago(hours=1)),
        WARNING,
    ),
    "pool-deletion-stuck": (in_pool(state="deleting", stateTransitionTime=ago(hours=3)), WARNING),
    "pool-below-target": (in_pool(currentDedicatedNodes=1, targetDedicatedNodes=2), WARNING),
    "jobs-fill-quota": (lambda: account_findings([], [FINISHED] * 24), WARNING),
    "node-hides-failures": (in_pool(suspicions=[HIDDEN]), WARNING),
    "node-offline": (in_pool(node("a", "offline")), WARNING),
    "start-task-failure-ignored": (in_pool(node("a", "idle", **failed_start(7))), WARNING),
    "tasks-waiting": (of_job(counts={"active": 2}, idle=1), INFO),
    "autoscale-due": (
        in_pool(
            **SCALES,
            autoScaleRun={"timestamp": ago(minutes=2)},
            waiting={"j": 3},
            waiting_since=NOW - timedelta(minutes=3),
            dedicated={"total": 0},
        ),
        INFO,
    ),
    "lower-priority": (
        of_job(counts={"active": 2}, rivals=(Rival(job_id="k", priority=9, waiting=4),)),
        INFO,
    ),
    "parallel-limit": (
        of_job({"maxParallelTasks": 2}, counts={"active": 1, "running": 2}),
        INFO,
    ),
    "jobs-stay-active": (lambda: job_findings(FINISHED), INFO),
    "pool-idle": (in_pool(node("a", "idle", stateTransitionTime=ago(hours=13))), INFO),
    "pool-support-ends": (in_pool(**made_for("batch.node.windows amd64", WINDOWS_2016)), INFO),
    "pool-deleting": (in_pool(state="deleting", stateTransitionTime=ago(minutes=30)), INFO),
    "node-preempted": (in_pool(node("a", "preempted")), INFO),
    "node-agent-behind": (
        in_pool(node("a", "idle", **agent("1.9.2")), node("b", "idle", **agent("1.10.0"))),
        INFO,
    ),
    "tasks-failed-rarely": (
        of_job(failures=failing(1), counts={"succeeded": 20, "failed": 1}),
        INFO,
    ),
    "pool-resize-failed-before": (
        in_pool(
            resizeErrors=[{"code": "AllocationTimedout"}],
            currentDedicatedNodes=1,
            targetDedicatedNodes=1,
        ),
        INFO,
    ),
    "job-ended-by-request": (of_job(ended_for("UserTerminate")), INFO),
    "counts-disagree": (of_job(counts={"running": 1}, listed={"succeeded": 1}), INFO),
    "not-looked-at": (lambda: unread_findings((), 3), INFO),
}


def test_every_kind_has_one_witness_and_they_stand_in_the_order_of_the_table() -> None:
    assert list(WITNESSES) == list(KINDS)


@pytest.mark.parametrize("kind", WITNESSES)
def test_a_witness_shows_its_kind_and_no_other(kind: str) -> None:
    found, severity = WITNESSES[kind]
    assert [(finding.kind, finding.severity) for finding in found()] == [(kind, severity)]


@pytest.mark.parametrize(
    "found", [in_pool(node("a", "idle")), of_job(), of_job(counts={"running": 1})]
)
def test_what_is_sound_shows_nothing(found: Found) -> None:
    assert not list(found())
