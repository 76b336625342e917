"""Checks of pools: size, autoscale, and whether there is anything to run tasks on.

https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from batchdoctor.core.findings.checks.autoscale import AUTOSCALE_CHECKS, is_scaled_to_nothing
from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.checks.resize import again, below_target, resize_errors, stuck_resize
from batchdoctor.core.findings.checks.waiters import waiting_evidence, who_waits
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.nodes.states import Trait
from batchdoctor.core.records import same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import run, say
from batchdoctor.core.text.wording import plural, since

# A deletion of up to 20 minutes is nothing unusual
# (https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking).
LONG_DELETION = timedelta(minutes=60)


def deletion(facts: PoolFacts) -> Iterator[Finding]:
    """A pool on its way out; all else about it is of no use any more."""
    pool = facts.pool
    began = pool.state_transition_time
    late = began is not None and facts.at - began > LONG_DELETION
    states = states_evidence(facts)
    yield Finding(
        kind="pool-deletion-stuck" if late else "pool-deleting",
        subject=Subject(pool_id=pool.id),
        message=f"Is being deleted{since(began, facts.at)}.",
        evidence=((f"Its nodes: {states}.",) if states else ()) + waiting_evidence(facts),
        advice=(
            say(
                "Look for locks on the resource group, and for a network that still uses the"
                " pool's network security group or load balancer."
            )
            if late
            else say("Wait: up to 20 minutes are usual, more where tasks or networks hold it."),
        ),
    )


def no_usable_nodes(facts: PoolFacts) -> Iterator[Finding]:
    """Tasks wait, and no node can run them now or is about to."""
    pool = facts.pool
    if not facts.waiting or not facts.counts or same(pool.allocation_state, "resizing"):
        return
    if facts.with_trait(Trait.WORKS | Trait.COMES) or is_scaled_to_nothing(facts):
        return
    total = facts.in_states("total")
    have = f"none of its {plural(total, 'node')} can run tasks" if total else "it has no nodes"
    target = (pool.target_dedicated_nodes or 0) + (pool.target_low_priority_nodes or 0)
    yield Finding(
        kind="no-usable-nodes",
        subject=Subject(pool_id=pool.id, job_ids=tuple(sorted(facts.waiting))),
        message=f"{who_waits(facts)}, and {have}.",
        evidence=(states_evidence(facts),) if total else (f"Its target is {target}.",),
        advice=(
            run(command_line("pool", "diagnose", pool=pool.id)),
            *([] if target or not pool.enable_auto_scale else again(facts)),
            *([] if target or pool.enable_auto_scale else [say("Resize the pool.")]),
        ),
        stops=facts.waits,
    )


def states_evidence(facts: PoolFacts) -> str:
    """Nodes by state, such as `3 idle, 1 unusable`."""
    kinds = (facts.counts.dedicated, facts.counts.low_priority) if facts.counts else ()
    names = [name for kind in kinds if kind for name in kind.__struct_fields__ if name != "total"]
    counts = {name: facts.in_states(name) for name in dict.fromkeys(names)}
    return ", ".join(
        f"{count:,} {name.replace('_', '').lower()}" for name, count in counts.items() if count
    )


# A pool that is being deleted is looked at by these only.
DELETION_CHECKS = (deletion,)
POOL_CHECKS = (
    resize_errors,
    stuck_resize,
    below_target,
    *AUTOSCALE_CHECKS,
    no_usable_nodes,
)
