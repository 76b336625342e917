"""What stands above the findings about one pool: its size, its nodes by state, how it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.checks.pool import states_evidence
from batchdoctor.core.records import AutoScaleRun, Pool
from batchdoctor.core.text.times import age_text
from batchdoctor.report.page import Block, Pairs


def pool_blocks(facts: PoolFacts) -> Sequence[Block]:
    """The pool in a few lines."""
    return (Pairs(list(_rows(facts)), f"Pool {facts.pool.id}"),)


def _rows(facts: PoolFacts) -> Iterator[tuple[str, str]]:
    pool, now = facts.pool, facts.at
    age = age_text(pool.allocation_state_transition_time, now)
    yield "size", f"{_size(pool)}; {pool.allocation_state or 'unknown'}{f', {age}' if age else ''}"
    yield "nodes", states_evidence(facts) or "none"
    if facts.waiting:
        jobs = ", ".join(f"{job} ({count:,})" for job, count in sorted(facts.waiting.items()))
        yield "waiting", f"tasks of {jobs}"
    if pool.enable_auto_scale:
        run = pool.auto_scale_run
        last = age_text(run.timestamp, now) if run else ""
        yield "autoscale", _evaluation(run, last) if run and last else "never ran"
    if pool.start_task:
        waits = "" if pool.start_task.wait_for_success else " (tasks do not wait for its success)"
        yield "start task", f"{pool.start_task.command_line or ''}{waits}"
    if pool.vm_size:
        slots = pool.task_slots_per_node or 1
        yield "machines", f"{pool.vm_size}, {slots} task slot{'' if slots == 1 else 's'} each"
    if image := _image(pool):
        yield "image", image
    versions = sorted(
        {
            node.node_agent_info.version
            for node in facts.nodes or ()
            if node.node_agent_info and node.node_agent_info.version
        }
    )
    if versions:
        yield "agent", ", ".join(versions)


def _evaluation(run: AutoScaleRun, last: str) -> str:
    """What the formula came to; what it had come to before an error is no result."""
    return f"failed {last}" if run.failure else f"evaluated {last}: {run.results or ''}"


def _size(pool: Pool) -> str:
    """Current and wanted nodes of both kinds; a kind that nobody wants is left out."""
    kinds = (
        (pool.current_dedicated_nodes, pool.target_dedicated_nodes, "dedicated"),
        (pool.current_low_priority_nodes, pool.target_low_priority_nodes, "spot"),
    )
    sizes = [
        f"{current or 0:,} of {target or 0:,} {name}"
        for current, target, name in kinds
        if current or target
    ]
    return ", ".join(sizes) or "0 nodes wanted"


def _image(pool: Pool) -> str:
    machine = pool.virtual_machine_configuration
    image = machine.image_reference if machine else None
    if machine is None or image is None:
        return ""
    names = [image.publisher, image.offer, image.sku, image.version]
    text = image.virtual_machine_image_id or " ".join(name for name in names if name)
    return f"{text}; {machine.node_agent_sku_id}" if machine.node_agent_sku_id else text
