"""The table of all kinds of findings; within a severity the order is that of a report."""

from __future__ import annotations

import msgspec

from batchdoctor.core.findings.severity import Severity

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


class FindingKind(msgspec.Struct, frozen=True):
    """A kind: its stable name, how bad it is, and what it says."""

    name: str
    severity: Severity
    meaning: str


_TABLE = (
    FindingKind("pool-missing", _ERROR, "an active job runs on a pool that does not exist"),
    FindingKind("no-usable-nodes", _ERROR, "tasks wait for a pool without any node to run them"),
    FindingKind("pool-support-ended", _ERROR, "Batch does not support what the pool is made of"),
    FindingKind("pool-resize-failed", _ERROR, "the pool did not get the nodes that it asked for"),
    FindingKind("autoscale-error", _ERROR, "the autoscale formula could not be evaluated"),
    FindingKind("autoscale-gives-nothing", _ERROR, "the autoscale formula gives no node for tasks"),
    FindingKind("autoscale-frozen", _ERROR, "the autoscale formula has not been evaluated lately"),
    FindingKind("start-task-failed", _ERROR, "nodes take no tasks because their start task failed"),
    FindingKind("node-unreachable", _ERROR, "nodes are unusable and the service cannot reach them"),
    FindingKind("node-error", _ERROR, "nodes are unusable and say why"),
    FindingKind("node-unknown", _ERROR, "the service lost sight of nodes"),
    FindingKind("node-suspect", _ERROR, "a node fails more than its pool and its jobs explain"),
    FindingKind("job-not-started", _ERROR, "the job could not be started at all"),
    FindingKind("outage", _ERROR, "many jobs failed at once by storage, a registry or a network"),
    FindingKind("failures-rose", _ERROR, "most jobs fail since a moment, whichever they are"),
    FindingKind("job-failing", _ERROR, "most tasks of the job fail, wherever they run"),
    FindingKind("preparation-failed", _ERROR, "the job preparation task fails, so tasks wait"),
    FindingKind("slots-never-fit", _ERROR, "tasks need more slots than a node of the pool has"),
    FindingKind("multi-instance-never-fits", _ERROR, "the pool cannot run multi-instance tasks"),
    FindingKind("tasks-stranded", _ERROR, "tasks wait for long although nodes are idle"),
    FindingKind("dependency-never-met", _ERROR, "tasks wait for tasks that will never succeed"),
    FindingKind("job-ended-by-limit", _ERROR, "the job was ended by its maxWallClockTime"),
    FindingKind("job-ended-by-failure", _ERROR, "the job was ended because a task failed"),
    FindingKind("check-failed", _WARNING, "a check of batchdoctor's failed; the others went on"),
    FindingKind("not-read", _WARNING, "part of the account could not be read"),
    FindingKind("job-disabled", _WARNING, "the job was disabled, and its tasks wait"),
    FindingKind("multi-instance-waits", _WARNING, "multi-instance tasks wait for more nodes"),
    FindingKind("job-ended-too-early", _WARNING, "the job ended before its tasks were there"),
    FindingKind("task-run-again", _WARNING, "the service runs a task again and again"),
    FindingKind("task-hung", _WARNING, "tasks run far longer than others of their job"),
    FindingKind("tasks-preparing", _WARNING, "tasks are being prepared for long"),
    FindingKind("tasks-failed", _WARNING, "tasks of a job failed, though not most of them"),
    FindingKind("failures-rose-before", _WARNING, "most jobs failed for a while, which is over"),
    FindingKind("node-stuck", _WARNING, "nodes stay in a passing state longer than is usual"),
    FindingKind("pool-resize-stuck", _WARNING, "the pool resizes longer than its resizeTimeout"),
    FindingKind("pool-deletion-stuck", _WARNING, "the pool is being deleted for very long"),
    FindingKind("pool-below-target", _WARNING, "the pool has fewer nodes than asked for, silently"),
    FindingKind("jobs-fill-quota", _WARNING, "many finished jobs stay active, up to the quota"),
    FindingKind("node-hides-failures", _WARNING, "a node counted failures that no list has"),
    FindingKind("node-offline", _WARNING, "somebody took nodes out of scheduling"),
    FindingKind("start-task-failure-ignored", _WARNING, "start tasks failed and nobody waits"),
    FindingKind("tasks-waiting", _INFO, "tasks wait, and why as far as can be seen"),
    FindingKind("autoscale-due", _INFO, "tasks wait for the next evaluation of the formula"),
    FindingKind("lower-priority", _INFO, "jobs of higher priority wait for the same pool"),
    FindingKind("parallel-limit", _INFO, "the job runs as many tasks as its maxParallelTasks"),
    FindingKind("jobs-stay-active", _INFO, "jobs whose tasks have all ended stay active"),
    FindingKind("pool-idle", _INFO, "nodes cost money and have had nothing to do for long"),
    FindingKind("pool-support-ends", _INFO, "Batch soon ends its support of what the pool is of"),
    FindingKind("pool-deleting", _INFO, "the pool is being deleted"),
    FindingKind("node-preempted", _INFO, "spot nodes were taken back"),
    FindingKind("node-agent-behind", _INFO, "nodes have an older agent than others of the pool"),
    FindingKind("tasks-failed-rarely", _INFO, "a few tasks failed among many that succeeded"),
    FindingKind("pool-resize-failed-before", _INFO, "an old resize error; the target is met now"),
    FindingKind("job-ended-by-request", _INFO, "the job was ended by somebody or some program"),
    FindingKind("counts-disagree", _INFO, "the job's task counts differ from the list of tasks"),
    FindingKind("not-looked-at", _INFO, "there was too much to look at everything"),
)

KINDS: dict[str, FindingKind] = {kind.name: kind for kind in _TABLE}
