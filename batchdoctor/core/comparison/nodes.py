"""Compares two nodes: what they are made of, how they stand, and what came of their tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from batchdoctor.core.checked import Checked
from batchdoctor.core.comparison.conclusion import Comparison, Named, concluded
from batchdoctor.core.comparison.difference import Found, Way, What
from batchdoctor.core.comparison.durations import duration_trials, together
from batchdoctor.core.comparison.facts import Fact, Key
from batchdoctor.core.comparison.runs import Cause, Kind, Runs
from batchdoctor.core.comparison.settings import NOUNS, Settings, compared_facts
from batchdoctor.core.comparison.shares import StepsFor, all_failures_trial
from batchdoctor.core.comparison.steady import looser_shape_of
from batchdoctor.core.comparison.trial import counted, told
from batchdoctor.core.failures.signs import run_time
from batchdoctor.core.names import NodeName
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.nodes.trouble import broken_reasons, other_reasons
from batchdoctor.core.records import Node, same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run
from batchdoctor.core.text.wording import plural

Facts = Mapping[Key, Fact]
# What a node counts of all it has run is of one kind, whatever it was.
_ALL = "task"
_BEFORE = "on the first"
# What a node has whether or not the service was told of it.
_TOLD_WHEN_UP = {What.AGENT, What.IMAGE}


class NodeSide(msgspec.Struct, frozen=True, kw_only=True):
    """One of two nodes; `pool` is None where it could not be read."""

    name: NodeName
    node: Node
    facts: Facts
    pool: Facts | None


def compared_two_nodes(first: NodeSide, second: NodeSide, now: datetime) -> Comparison:
    """Compare two nodes; what is worse is worse on the second."""
    settings = [_settings(first.facts, second.facts)]
    if first.name.pool_id != second.name.pool_id and first.pool and second.pool:
        known = {each.what for each in settings[0].found}
        of_pools = compared_facts(first.pool, second.pool, "the pool's ", side_by_side=True)
        new = [each for each in of_pools.found if each.what not in known]
        settings.append(replace(of_pools, found=new))
    runs = _recent(first.node), _recent(second.node)
    steps = _steps(first, second)
    trials = [
        all_failures_trial(_counted(first.node), _counted(second.node), steps, _BEFORE),
        *duration_trials(*runs, [], steps, _BEFORE),
    ]
    by_chance = together(told(trials))
    found = [*_states(first, second, now), *map(_of_all_jobs, by_chance)]
    show = [run(command_line("node", "show", str(second.name)), "the whole node")]
    kept = [each if each.steps else replace(each, steps=show) for each in found]
    both_ran = first.node.total_tasks_run and second.node.total_tasks_run
    fail_alike = not any(each.what is What.FAILURES for each in by_chance)
    same_words = ["failures"] if both_ran and fail_alike else []
    return concluded(
        ("first", "second"),
        (_named(first), _named(second)),
        kept,
        settings=[
            replace(part, found=[replace(each, steps=show) for each in part.found])
            for part in settings
        ],
        same=same_words,
        tests=counted(trials),
        checked=(
            Checked(check="settings", objects=2, of="nodes"),
            Checked(
                check="outcomes",
                objects=sum(each.node.total_tasks_run or 0 for each in (first, second)),
                of="tasks",
            ),
            Checked(
                check="durations",
                objects=sum(len(each.node.recent_tasks or ()) for each in (first, second)),
                of="recent tasks",
            ),
        ),
    )


def _settings(first: Facts, second: Facts) -> Settings:
    """Compare what two nodes are made of; one that did not come up yet tells not all of it."""
    of_one = {key for key in first.keys() ^ second.keys() if key[0] in _TOLD_WHEN_UP}
    one, other = (
        {key: fact for key, fact in facts.items() if key not in of_one} for facts in (first, second)
    )
    found = compared_facts(one, other, side_by_side=True)
    nouns = sorted({NOUNS[what] for what, _, _ in of_one})
    return replace(
        found,
        differing=(*found.differing, *nouns),
        not_told=(*found.not_told, *(f"{noun} of one of the nodes" for noun in nouns)),
    )


def _steps(first: NodeSide, second: NodeSide) -> StepsFor:
    def steps(_what: What, way: Way, _names: Sequence[str]) -> Sequence[Step]:
        worse = second if way is Way.WORSE else first
        suspects = command_line("nodes", "suspect", pool=worse.name.pool_id)
        show = command_line("node", "show", str(worse.name))
        return (run(show, "the whole node"), run(suspects, "beside all others of its pool"))

    return steps


def _of_all_jobs(found: Found) -> Found:
    """The same; of failures with a reminder of what the counters of a node leave open."""
    if found.what is not What.FAILURES:
        return found
    return replace(found, message=f"{found.message}; of whatever jobs, so a bad job may be why")


def _states(first: NodeSide, second: NodeSide, now: datetime) -> Iterator[Found]:
    """What is wrong with one of them and not with the other, and whether both take tasks."""
    sides = [
        {each.kind: each.message for each in _wrong(side.node, now)} for side in (first, second)
    ]
    for kind in {**sides[0], **sides[1]}:
        before, after = (side.get(kind) for side in sides)
        if before and after:
            continue
        ill = second if after else first
        yield Found(
            what=What.STATE,
            way=Way.WORSE if after else Way.BETTER,
            subject=kind,
            before=before,
            after=after,
            message=f"only {ill.name.node_id}: {after or before}",
            names=[str(ill.name)],
        )


def _wrong(node: Node, now: datetime) -> list[Reason]:
    return [*broken_reasons(node, now), *other_reasons(node)]


def _counted(node: Node) -> Runs:
    """All that a node has run, by its own counters, which running ones are not in yet."""
    succeeded = node.total_tasks_succeeded or 0
    ended = max(node.total_tasks_run or 0, succeeded)
    return Runs(kinds={_ALL: Kind(ended=ended, failed=ended - succeeded)})


def _recent(node: Node) -> Runs:
    """The tasks that a node ran lately, by job and kind."""
    runs = Runs()
    for task in node.recent_tasks or ():
        execution = task.execution_info
        took = run_time(execution) if execution else None
        if execution is None or took is None or not task.task_id:
            continue
        failed = not same(execution.result, "success")
        runs.add(
            task.task_id,
            Cause(exit_code=execution.exit_code) if failed else None,
            seconds=took.total_seconds(),
            node=None,
            of_kind=f"{looser_shape_of(task.job_id or '')}/",
        )
    return runs


def _named(side: NodeSide) -> Named:
    node = side.node
    failed = (node.total_tasks_run or 0) - (node.total_tasks_succeeded or 0)
    tasks = f"{plural(node.total_tasks_run or 0, 'task')} run, {max(failed, 0):,} failed"
    return Named(str(side.name), f"{side.name}, {node.state}, {tasks}", node.allocation_time)
