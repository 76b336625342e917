"""Checks of multi-instance tasks, which need several nodes at once, made for that.

https://learn.microsoft.com/azure/batch/batch-mpi
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import Task, same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, quoted, run, say
from batchdoctor.core.text.wording import ago, listed, plural, since, verb

# The service hands out tasks within seconds, and a pool grows within minutes; longer than this is
# no coincidence.
WAITS_LONG = timedelta(minutes=30)


def instances(task: Task) -> int:
    """How many nodes a task needs at once; 0 for one that is no multi-instance task."""
    settings = task.multi_instance_settings
    return (settings.number_of_instances or 1) if settings else 0


def waits_long(facts: JobFacts, task: Task) -> bool:
    """Whether a task has been waiting for longer than service and pool take."""
    begun = task.state_transition_time
    return begun is not None and facts.at - begun > WAITS_LONG


def multi_instance(facts: JobFacts) -> Iterator[Finding]:
    """Multi-instance tasks that the pool, as it is made, can never run."""
    tasks = [task for task in facts.waiting or () if instances(task)]
    obstacles = _obstacles(facts.pool, tasks) if facts.pool and tasks else ()
    if not obstacles:
        return
    most = max(map(instances, tasks))
    yield Finding(
        kind="multi-instance-never-fits",
        subject=_subject(facts, tasks),
        message=f"{_who_waits(facts, tasks)} and can never run: {listed(obstacles)}.",
        evidence=(
            "multiInstanceSettings need inter-node communication, one task slot a node, and as many"
            f" nodes as the task has instances ({most}).",
        ),
        advice=(
            _way_out(facts.pool, most),
            run(command_line("pool", "diagnose", pool=facts.pool_id)),
        ),
        stops=len(tasks),
    )


def too_few_nodes(facts: JobFacts) -> Iterator[Finding]:
    """Multi-instance tasks that wait for long for more nodes than take tasks at present."""
    pool = facts.pool
    tasks = [task for task in facts.waiting or () if instances(task) and waits_long(facts, task)]
    if pool is None or not tasks or _obstacles(pool, tasks):
        return
    most, there = max(map(instances, tasks)), _that_take_tasks(pool)
    if there is None or there >= most or not there:
        return
    yield Finding(
        kind="multi-instance-waits",
        subject=_subject(facts, tasks),
        message=f"{_who_waits(facts, tasks)}: {most} nodes are needed at once, and"
        f" {there:,} of the pool {verb(there, 'takes', 'take')} tasks.",
        evidence=_last_evaluation(pool),
        advice=(
            _more_nodes(pool, most),
            run(command_line("pool", "diagnose", pool=facts.pool_id)),
        ),
        stops=len(tasks),
    )


def _that_take_tasks(pool: PoolFacts) -> int | None:
    """How many nodes are up and take tasks; None if the nodes were not all read."""
    if pool.nodes is None or pool.nodes_partial:
        return None
    return sum(
        has_trait(node.state, Trait.WORKS) and not same(node.scheduling_state, "disabled")
        for node in pool.nodes
    )


def _last_evaluation(pool: PoolFacts) -> tuple[str, ...]:
    last = pool.pool.auto_scale_run
    if not pool.pool.enable_auto_scale or last is None or not last.results:
        return ()
    return (f"The formula gave{ago(last.timestamp, pool.at)}: {last.results}",)


def _more_nodes(pool: PoolFacts, most: int) -> Step:
    if pool.pool.enable_auto_scale:
        return say(
            f"Have the formula give {most} nodes or more while such a task waits: it needs as many"
            " as it has instances, whatever the number of tasks."
        )
    return say("See why the other nodes take no tasks.")


def _way_out(pool: PoolFacts | None, most: int) -> Step:
    """Another pool, where what is fixed stands in the way; else more nodes."""
    made = pool.pool if pool else None
    coupled = made is not None and made.enable_inter_node_communication is not False
    if made and coupled and (made.task_slots_per_node or 1) == 1:
        grow = f"az batch pool resize --pool-id {quoted(made.id)} --target-dedicated-nodes {most}"
        return run(grow, "Give the pool as many nodes as the task has instances")
    return say(
        "Make a pool with enableInterNodeCommunication and taskSlotsPerNode 1, and move the job"
        " there: both are fixed for a pool."
    )


def _obstacles(pool: PoolFacts, tasks: Sequence[Task]) -> tuple[str, ...]:
    made, most = pool.pool, max(map(instances, tasks))
    target = (made.target_dedicated_nodes or 0) + (made.target_low_priority_nodes or 0)
    found = []
    if made.enable_inter_node_communication is False:
        found.append("the pool has no inter-node communication")
    if (made.task_slots_per_node or 1) > 1:
        found.append(f"its nodes have {made.task_slots_per_node} slots each")
    if target < most and not made.enable_auto_scale:
        found.append(f"it is to have {plural(target, 'node')}, and the task wants {most}")
    return tuple(found)


def _who_waits(facts: JobFacts, tasks: Sequence[Task]) -> str:
    moments = [task.state_transition_time for task in tasks if task.state_transition_time]
    waits = since(min(moments, default=None), facts.at)
    ids = listed([task.id for task in tasks])
    count = plural(len(tasks), "multi-instance task")
    return f"{count} ({ids}) {verb(len(tasks), 'waits', 'wait')}{waits}"


def _subject(facts: JobFacts, tasks: Sequence[Task]) -> Subject:
    ids = tuple(task.id for task in tasks)
    return Subject(pool_id=facts.pool_id, job_ids=(facts.job.id,), task_ids=ids)


MULTI_INSTANCE_CHECKS = (multi_instance, too_few_nodes)
