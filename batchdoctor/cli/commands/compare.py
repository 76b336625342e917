"""The noun `compare`: what differs between two of a kind that can matter?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.change_options import Pool
from batchdoctor.cli.commands.nodes.show import one_node
from batchdoctor.cli.commands.tasks.names import task_name
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import FailOn, FailOnAny, Jobs, MessagesFile, Pools
from batchdoctor.cli.piped import piped_bytes
from batchdoctor.core.comparison.conclusion import Comparison
from batchdoctor.core.problem import Problem
from batchdoctor.errors import ExitCode, InputError, UsageError, worst
from batchdoctor.events.selection import Selection
from batchdoctor.report.comparisons import CompareAnswer
from batchdoctor.report.head import only
from batchdoctor.service.client import Client
from batchdoctor.work.comparison.bundles import OpenBundle, compare_bundles
from batchdoctor.work.comparison.jobs import compare_jobs
from batchdoctor.work.comparison.logs import compare_logs
from batchdoctor.work.comparison.nodes import compare_nodes
from batchdoctor.work.comparison.tasks import compare_tasks
from batchdoctor.work.messages import messages_for
from batchdoctor.work.reading.reading import Reading
from batchdoctor.work.reading.whereabouts import located

app = noun("compare")


@command(app, "jobs", live=True, watched=True)
def jobs(
    call: Call,
    job: Annotated[str, typer.Argument(help="The job to ask about.", metavar="JOB")],
    other: Annotated[
        str | None,
        typer.Argument(
            help="Another one; else the newest like it that went well.", metavar="[JOB]"
        ),
    ] = None,
    messages: MessagesFile = None,
    fail_on: FailOnAny = None,
) -> int:
    """What is different about this job, compared with a run that went well?

    The older of the two is `then`, the newer one `now`, in whatever order they are named.

    Example: batchdoctor compare jobs nightly-20261121
    """
    with call.client() as client:
        known = messages_for(call.world.environ, messages)
        reading = Reading(call.world, client, messages=known)
        return _write(call, client, reading, compare_jobs(reading, job, other), fail_on)


@command(app, "tasks", live=True, watched=True)
def tasks(
    call: Call,
    task: Annotated[str, typer.Argument(help="The task to ask about.", metavar="JOB/TASK")],
    other: Annotated[
        str | None,
        typer.Argument(
            help="Another one; else the same of the newest job like it that went well.",
            metavar="[JOB/TASK]",
        ),
    ] = None,
    messages: MessagesFile = None,
    fail_on: FailOnAny = None,
) -> int:
    """What is different about this task, compared with one that went well?

    Values of the environment are compared, and never shown.

    Example: batchdoctor compare tasks nightly-20261121/frame-7
    """
    name = task_name([task], None, None)
    partner = task_name([other], None, None) if other else None
    with call.client() as client:
        known = messages_for(call.world.environ, messages)
        reading = Reading(call.world, client, messages=known)
        return _write(call, client, reading, compare_tasks(reading, name, partner), fail_on)


@command(app, "nodes", live=True, watched=True)
def nodes(
    call: Call,
    first: Annotated[str, typer.Argument(help="NODE, or POOL/NODE.", metavar="NODE")],
    second: Annotated[str, typer.Argument(help="Another one.", metavar="NODE")],
    pool: Pool = None,
    fail_on: FailOnAny = None,
) -> int:
    """What differs between two nodes: images, agents, settings, states, and how tasks go there?

    Example: batchdoctor compare nodes render/tvm-1 render/tvm-2
    """
    names = [one_node(call, word, pool, anywhere=True) for word in (first, second)]
    with call.client() as client:
        reading = Reading(call.world, client)
        one, other = located(client, names)
        return _write(call, client, reading, compare_nodes(reading, one, other), fail_on)


@command(app, "logs")
def logs(
    call: Call,
    old: Annotated[str, typer.Argument(help="Log of then: a file, folder or -.", metavar="OLD")],
    new: Annotated[str, typer.Argument(help="Log of now: a file, folder or -.", metavar="NEW")],
    job: Jobs = None,
    pool: Pools = None,
    fail_on: FailOnAny = None,
) -> int:
    """What differs between two diagnostic logs: failures by message, and how long tasks take?

    Example: batchdoctor compare logs monday/ tuesday/
    """
    if old == new == "-":
        raise UsageError("One log cannot be both.", hint="name a file or folder beside -")
    stdin = None
    if "-" in (old, new):
        stdin = piped_bytes(call.world)
    problems: list[Problem] = []
    selection = Selection(jobs=frozenset(job or ()), pools=frozenset(pool or ()))
    found = compare_logs(call.world, old, new, selection, problems, stdin)
    source = " and ".join("standard input" if each == "-" else each for each in (old, new))
    left_out = (*only("job", job), *only("pool", pool))
    head = call.head(source=source, left_out=left_out)
    call.write(CompareAnswer(head, found, tuple(problems)).document())
    unread = InputError.exit_code if problems else ExitCode.OK
    return worst([unread, _differs(found, fail_on)])


@command(app, "bundles")
def bundles(
    call: Call,
    old: Annotated[Path, typer.Argument(help="The older bundle.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The newer bundle.", metavar="NEW")],
    fail_on: FailOnAny = None,
) -> int:
    """What differs in an account between two bundles: pools, nodes, findings, jobs of a shape?

    Jobs are of one shape whose ids are the same but for dates and hashes.

    Example: batchdoctor compare bundles monday.zip tuesday.zip
    """
    from batchdoctor.replay import bundle_of

    with bundle_of(old) as first, bundle_of(new) as second:
        readings = [Reading(call.world, each.client) for each in (first, second)]
        sides = [
            OpenBundle(each.bundle, reading)
            for each, reading in zip((first, second), readings, strict=True)
        ]
        found = compare_bundles(*sides)
        head = call.head(source=f"{old.name} and {new.name}")
        problems = [problem for reading in readings for problem in reading.problems]
        call.write(CompareAnswer(head, found, tuple(problems)).document())
        for reading in readings:
            call.finish(reading)
    return worst([*(reading.status for reading in readings), _differs(found, fail_on)])


def _write(
    call: Call, client: Client, reading: Reading, found: Comparison, fail_on: FailOn | None
) -> int:
    call.write(CompareAnswer(call.head(client), found, tuple(reading.problems)).document())
    call.finish(reading)
    return worst([reading.status, _differs(found, fail_on)])


def _differs(found: Comparison, fail_on: FailOn | None) -> ExitCode:
    return ExitCode.FINDINGS if fail_on and found.found else ExitCode.OK
