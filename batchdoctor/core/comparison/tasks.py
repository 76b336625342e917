"""Compares two tasks: how each ended, what it was made with, and where it ran.

Of one run each nothing can be tested, so how long they took is told and is no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from batchdoctor.core.checked import Checked
from batchdoctor.core.comparison.conclusion import Comparison, Named, concluded
from batchdoctor.core.comparison.difference import Found, Way, What
from batchdoctor.core.comparison.facts import Fact, Key
from batchdoctor.core.comparison.runs import Cause
from batchdoctor.core.comparison.settings import Settings, compared_facts
from batchdoctor.core.comparison.steps import JobSteps
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run
from batchdoctor.core.text.times import span_text
from batchdoctor.core.text.wording import plural

Facts = Mapping[Key, Fact]


class TaskSide(msgspec.Struct, frozen=True, kw_only=True):
    """One of two tasks; `cause` is why it failed, `node_facts` are None where the node is gone.

    `numbered` are its facts without the numbers of its own id: another task of the same kind has
    others.
    """

    name: TaskName
    created: datetime | None
    ended: bool
    cause: Cause | None
    line: str | None
    """The line that tells it, whole."""
    seconds: float | None
    retries: int
    node: NodeName | None
    facts: Facts
    numbered: Facts
    job: Facts
    pool: Facts | None
    node_facts: Facts | None

    @property
    def outcome(self) -> str:
        """How it stands, in words."""
        if not self.ended:
            return "has not ended"
        return f"failed: {self.line or self.cause.label}" if self.cause else "succeeded"


def compared_two_tasks(then: TaskSide, now: TaskSide, chosen: str | None = None) -> Comparison:
    """Compare two tasks of which `then` is the older one."""
    settings = [
        compared_facts(*_own_facts(then, now)),
        compared_facts(then.job, now.job, "the job's "),
    ]
    if then.node and now.node and then.node.pool_id != now.node.pool_id and then.pool and now.pool:
        settings.append(compared_facts(then.pool, now.pool, "the pool's "))
    known = then.node_facts is not None and now.node_facts is not None
    if then.node_facts is not None and now.node_facts is not None:
        settings.append(_without_told(compared_facts(then.node_facts, now.node_facts), settings))
    steps = JobSteps(now.name.job_id, now.node.pool_id if now.node else None)
    return concluded(
        ("then", "now"),
        (_named(then), _named(now)),
        [*_outcomes(then, now)],
        settings=[replace(part, found=list(map(steps.to, part.found))) for part in settings],
        same=[] if _differs(then, now) else ["how they ended"],
        chosen=chosen,
        checked=(
            Checked(check="settings", objects=2, of="tasks"),
            Checked(
                check="nodes",
                objects=sum(each.node_facts is not None for each in (then, now)),
                of="nodes",
                problem=None if known else "a node is gone, or was made or booted since",
            ),
        ),
    )


def _own_facts(then: TaskSide, now: TaskSide) -> tuple[Facts, Facts]:
    """Facts of both: as they are where they are the same, else without the numbers of their ids."""
    as_they_are = {key for key, fact in now.facts.items() if then.facts.get(key) == fact}
    first, second = (
        {key: side.facts[key] if key in as_they_are else side.numbered[key] for key in side.facts}
        for side in (then, now)
    )
    return first, second


def _without_told(part: Settings, told: list[Settings]) -> Settings:
    """What nodes differ in, but for what their pools differ in already."""
    known = {each.what for other in told for each in other.found if other is not told[0]}
    return replace(part, found=[each for each in part.found if each.what not in known])


def _differs(then: TaskSide, now: TaskSide) -> bool:
    return then.ended and now.ended and then.cause != now.cause


def _outcomes(then: TaskSide, now: TaskSide) -> Iterator[Found]:
    if not _differs(then, now):
        return
    way = Way.WORSE if then.cause is None else Way.CHANGED if now.cause else Way.BETTER
    names = [str(each.name) for each in (now, then) if each.cause]
    yield Found(
        what=What.OUTCOME,
        way=way,
        before=then.outcome,
        after=now.outcome,
        message=f"it {now.outcome}; then it {then.outcome}",
        names=names,
        steps=[run(command_line("task", "show", names[0]), "the whole story")],
    )
    if then.node and now.node and then.node.key != now.node.key:
        yield Found(
            what=What.NODE,
            before=str(then.node),
            after=str(now.node),
            message=f"it ran on node {now.node}, then on {then.node}",
            names=[str(now.node)],
            steps=_of_nodes(then.node, now.node),
        )


def _of_nodes(then: NodeName, now: NodeName) -> list[Step]:
    compare = command_line("compare", "nodes", str(then), str(now))
    return [run(compare, "what differs between them")]


def _named(side: TaskSide) -> Named:
    parts = [f"{side.name} {side.outcome}"]
    if side.node:
        parts.append(f"on {side.node}")
    if side.seconds is not None:
        parts.append(f"after {span_text(timedelta(seconds=side.seconds))}")
    if side.retries:
        parts.append(f"run {plural(side.retries, 'time')} more")
    return Named(str(side.name), ", ".join(parts), side.created)
