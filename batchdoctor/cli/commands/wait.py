"""The noun `wait`: returns when a job, a pool, a node or a task is as it is wanted."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.nodes.show import OneNode, one_node
from batchdoctor.cli.commands.tasks.names import task_name
from batchdoctor.cli.commands.wait_lines import WaitLines
from batchdoctor.cli.noun import noun
from batchdoctor.cli.option_group import OptionGroup
from batchdoctor.cli.options import (
    JobOption,
    JobWord,
    OneJob,
    OnePool,
    PoolWord,
    TaskOption,
    expanded_words,
    one_name,
    parse_span,
)
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.waits.condition import Noun, conditions_of
from batchdoctor.core.waits.item import STATUSES, Outcome, Target, WaitItem
from batchdoctor.errors import ExitCode, UsageError, worst
from batchdoctor.report.formats import Format
from batchdoctor.report.waits import WaitReport
from batchdoctor.work.reading.reading import Reading
from batchdoctor.work.waits.pace import LEAST_POLL, USUAL_POLL
from batchdoctor.work.waits.wait import Wait, Wanted

app = noun("wait")


class FailOn(StrEnum):
    """Values of `--fail-on` for what came of the thing that was waited for."""

    ANY = "any"
    WARNING = "warning"
    ERROR = "error"


Until = Annotated[
    list[str] | None,
    typer.Option(
        "--until", help="For what; given again: the first that is so.", metavar="CONDITION"
    ),
]
WaitLimit = Annotated[
    str | None,
    typer.Option("--timeout", help="At most so long: 90 (seconds), 30m or 6h.", metavar="SPAN"),
]
Poll = Annotated[
    float,
    typer.Option(
        help="Time between looks, at first.",
        min=LEAST_POLL,
        metavar="SECONDS",
    ),
]
Settle = Annotated[
    float | None,
    typer.Option(
        help="How long it has to stay so.",
        min=0,
        metavar="SECONDS",
    ),
]
FailOnWhat = Annotated[
    FailOn | None,
    typer.Option(
        "--fail-on",
        help="Status 10 if it went wrong: any, warning, error.",
        metavar="LEVEL",
    ),
]


class Patience(OptionGroup, frozen=True, kw_only=True):
    """For what is waited, how long, and what it is worth."""

    until: Until = None
    timeout: WaitLimit = None
    poll: Poll = USUAL_POLL
    settle: Settle = None
    fail_on: FailOnWhat = None


@command(app, "job", live=True)
def job(
    call: Call,
    name: JobWord = None,
    job: OneJob = None,
    *,
    patience: Patience,
) -> int:
    """Wait until a job is done (default), idle, or has failed>N or failed>P% tasks.

    A share is of the tasks that ended. A job that stays active is done when all its tasks have
    ended and none was added for --settle seconds.

    Example: batchdoctor wait job nightly --timeout 6h --fail-on any
    """
    target = Target(noun=Noun.JOB, job_id=one_name("job", name, job, call.world))
    return _wait(call, target, patience)


@command(app, "pool", live=True)
def pool(
    call: Call,
    name: PoolWord = None,
    pool: OnePool = None,
    *,
    patience: Patience,
) -> int:
    """Wait until a pool is steady (default), or has nodes>=N that take tasks.

    Example: batchdoctor wait pool render --until 'nodes>=8' --timeout 30m
    """
    target = Target(noun=Noun.POOL, pool_id=one_name("pool", name, pool, call.world))
    return _wait(call, target, patience)


@command(app, "node", live=True)
def node(
    call: Call,
    node: OneNode,
    pool: Annotated[
        str | None,
        typer.Option("--pool", "--pool-id", help="The pool of the node.", metavar="POOL"),
    ] = None,
    *,
    patience: Patience,
) -> int:
    """Wait until a node is ready (default: it takes tasks), gone, or in a state such as idle.

    Example: batchdoctor wait node render/tvm-1 --until idle
    """
    name = one_node(call, node, pool)
    target = Target(noun=Noun.NODE, pool_id=name.pool_id, node_id=name.node_id)
    return _wait(call, target, patience)


@command(app, "task", live=True)
def task(
    call: Call,
    name: Annotated[
        list[str] | None,
        typer.Argument(help="JOB/TASK, or JOB TASK; - reads it.", metavar="[JOB/TASK]"),
    ] = None,
    job: JobOption = None,
    task: TaskOption = None,
    *,
    patience: Patience,
) -> int:
    """Wait until a task is done (default), succeeded, failed, or runs.

    Example: batchdoctor wait task nightly/frame-7 --until succeeded
    """
    asked = task_name(expanded_words(name or (), call.world), job, task)
    target = Target(noun=Noun.TASK, job_id=asked.job_id, task_id=asked.task_id)
    return _wait(call, target, patience)


def _wait(
    call: Call,
    target: Target,
    patience: Patience,
) -> int:
    limit = parse_span(patience.timeout, "--timeout")
    if limit is not None and limit <= 0:
        raise UsageError("--timeout takes a time that is longer than none.", hint="--timeout 30m")
    wanted = Wanted(
        target=target,
        conditions=conditions_of(target.noun, patience.until or ()),
        limit_seconds=limit,
        settle_seconds=patience.settle,
        poll_seconds=patience.poll,
    )
    if call.replay is not None:
        raise UsageError(f"{call.replay.path} stands still, so nothing in it will become so.")
    with call.client() as client:
        reading = Reading(call.world, client)
        wait = Wait(WaitLines(call.world), client, wanted)
        problems = reading.problems
        report = WaitReport(call.head(client), wait.end, lambda: [*problems, *wait.problems])
        call.write(report.document())
        if report.item and call.shared.output is not Format.TABLE:
            call.world.note(report.item.message)
        call.finish(reading)
    return _status_of(report.item, patience.fail_on)


def _status_of(item: WaitItem | None, fail_on: FailOn | None) -> ExitCode:
    if item is None:
        return ExitCode.INTERRUPTED
    bad = {Severity.ERROR} if fail_on is FailOn.ERROR else {Severity.ERROR, Severity.WARNING}
    failed = fail_on is not None and item.severity in bad
    if item.outcome is Outcome.SO and failed:
        return ExitCode.FINDINGS
    return worst([STATUSES[item.outcome]])
