"""What a pool, its nodes and its jobs tell of their past: of each the last time that it was so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from batchdoctor.core.findings.checks.resize import cause_named
from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import Job, Node, Pool, same
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.suspicion.deployed_nodes import NodeDeployment, node_deployments
from batchdoctor.core.timeline.happening import Happening, HappeningKind

_RESIZED = {
    "resizing": (HappeningKind.RESIZE_STARTED, "begins to be resized"),
    "stopping": (HappeningKind.RESIZE_ENDED, "stops being resized"),
    "steady": (HappeningKind.RESIZE_ENDED, "resized"),
}
# The settings of a pool that change by a resize do so at these moments, or a little before.
_NEAR = timedelta(minutes=5)
# A first boot follows the allocation, and is no news.
_FIRST_BOOT = timedelta(hours=1)


def of_pool(pool: Pool, nodes: Sequence[Node]) -> Iterator[Happening]:
    """What a pool and those of its nodes that are still there went through."""
    yield from _created(pool)
    yield from _resized(pool)
    yield from _evaluated(pool)
    for node in nodes:
        yield from _of_node(pool.id, node)
    for found in node_deployments(nodes):
        yield _deployed(pool.id, found)


def of_job(job: Job) -> Iterator[Happening]:
    """When a job began, ended, or was stopped."""
    pool_id, end = pool_of(job), job.execution_info.end_time if job.execution_info else None
    if job.creation_time:
        yield Happening(
            time=job.creation_time,
            kind=HappeningKind.JOB_STARTED,
            what=f"job {job.id} begins",
            pool_id=pool_id,
            job_id=job.id,
        )
    if end:
        reason = job.execution_info.terminate_reason if job.execution_info else None
        yield Happening(
            time=end,
            kind=HappeningKind.JOB_ENDED,
            what=f"job {job.id} ends{f': {reason}' if reason else ''}",
            pool_id=pool_id,
            job_id=job.id,
        )
    elif job.state_transition_time and not same(job.state, "active"):
        yield Happening(
            time=job.state_transition_time,
            kind=HappeningKind.JOB_STATE,
            what=f"job {job.id} becomes {job.state or 'unknown'}",
            pool_id=pool_id,
            job_id=job.id,
        )


def _created(pool: Pool) -> Iterator[Happening]:
    if pool.creation_time:
        yield _of(pool, pool.creation_time, HappeningKind.POOL_CREATED, "created")
    if same(pool.state, "deleting") and pool.state_transition_time:
        yield _of(pool, pool.state_transition_time, HappeningKind.POOL_DELETED, "is being deleted")
    known = (pool.creation_time, pool.allocation_state_transition_time)
    changed = pool.last_modified
    if changed and all(each is None or abs(changed - each) > _NEAR for each in known):
        packages = ", ".join(
            f"{each.application_id} {each.version or 'default'}"
            for each in pool.application_package_references or ()
        )
        told = f"its settings changed{f'; it has the packages {packages}' if packages else ''}"
        yield _of(pool, changed, HappeningKind.POOL_CHANGED, told)


def _resized(pool: Pool) -> Iterator[Happening]:
    changed, state = pool.allocation_state_transition_time, (pool.allocation_state or "").lower()
    if changed is None or state not in _RESIZED:
        return
    kind, told = _RESIZED[state]
    sizes = _sizes(pool)
    if state == "steady" and pool.resize_errors:
        code = cause_named(pool.resize_errors[0])
        yield _of(pool, changed, HappeningKind.RESIZE_FAILED, f"not resized: {code}{sizes}")
    else:
        yield _of(pool, changed, kind, f"{told}{sizes}")


def _sizes(pool: Pool) -> str:
    current = (pool.current_dedicated_nodes or 0) + (pool.current_low_priority_nodes or 0)
    target = (pool.target_dedicated_nodes or 0) + (pool.target_low_priority_nodes or 0)
    return f", has {current:,} of {target:,} nodes"


def _evaluated(pool: Pool) -> Iterator[Happening]:
    run = pool.auto_scale_run
    if run is None or run.timestamp is None:
        return
    if run.failure is not None:
        told = f"autoscale formula fails: {run.failure.code or 'unknown'}"
        yield _of(pool, run.timestamp, HappeningKind.AUTOSCALE_ERROR, told)
    else:
        told = f"autoscale formula: {autoscale_result(run.results)}"
        yield _of(pool, run.timestamp, HappeningKind.AUTOSCALE_RUN, told)


def autoscale_result(results: str | None) -> str:
    """What a formula came to, without what says nothing: `TargetDedicatedNodes=7`."""
    parts = [part.strip().lstrip("$") for part in (results or "").split(";")]
    told = [part for part in parts if part.startswith("Target") and not part.endswith("=0")]
    return ", ".join(told) or "no nodes"


def _of_node(pool_id: str, node: Node) -> Iterator[Happening]:
    def of(time: datetime, kind: HappeningKind, what: str) -> Happening:
        return Happening(time=time, kind=kind, what=what, pool_id=pool_id, node_id=node.id)

    allocated, booted = node.allocation_time, node.last_boot_time
    if allocated:
        yield of(allocated, HappeningKind.NODE_ALLOCATED, "allocated")
    if booted and not (allocated and booted - allocated < _FIRST_BOOT):
        yield of(booted, HappeningKind.NODE_BOOTED, "booted")
    changed, state = node.state_transition_time, (node.state or "unknown").lower()
    # A node that works becomes idle and running with each task.
    if changed and not has_trait(state, Trait.WORKS):
        error = f": {node.errors[0].code}" if node.errors and node.errors[0].code else ""
        yield of(changed, HappeningKind.NODE_STATE, f"{state}{error}")
    started = node.start_task_info
    if started and started.end_time and same(started.result, "failure"):
        code = started.failure_info.code if started.failure_info else None
        label = f"exit code {started.exit_code}" if started.exit_code else code or "unknown"
        yield of(started.end_time, HappeningKind.START_TASK_FAILED, f"start task failed: {label}")


def _deployed(pool_id: str, found: NodeDeployment) -> Happening:
    return Happening(
        time=found.at,
        kind=HappeningKind(found.kind.value),
        what=found.say,
        pool_id=pool_id,
        node_id=found.node_id,
    )


def _of(pool: Pool, time: datetime, kind: HappeningKind, what: str) -> Happening:
    return Happening(time=time, kind=kind, what=what, pool_id=pool.id)
