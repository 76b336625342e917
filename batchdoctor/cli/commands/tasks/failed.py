"""`tasks failed`: which tasks failed, and what kind of failure is each?"""

from __future__ import annotations

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.list_options import NodeIds
from batchdoctor.cli.commands.tasks.asked_failures import Asked, answer
from batchdoctor.cli.commands.tasks.failure_options import (
    Everything,
    Grouped,
    Limit,
    OfCategory,
    OfJobs,
    OfPool,
    SaveLogs,
    Sort,
    StderrLines,
    WithExitCode,
)
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import (
    FailOnAny,
    Jobs,
    MessagesFile,
    Since,
    Until,
    named,
    parse_when,
)
from batchdoctor.errors import UsageError
from batchdoctor.work.reading.failures import Narrowed

app = noun("tasks")


@command(app, "failed", live=True, watched=True)
def failed(
    call: Call,
    name: OfJobs = None,
    job: Jobs = None,
    pool: OfPool = None,
    node: NodeIds = None,
    category: OfCategory = None,
    exit_code: WithExitCode = None,
    since: Since = None,
    until: Until = None,
    sort: Sort = None,
    limit: Limit = None,
    by: Grouped = None,
    stderr: StderrLines = None,
    everything: Everything = False,
    save_logs: SaveLogs = None,
    messages: MessagesFile = None,
    fail_on: FailOnAny = None,
) -> int:
    """Which tasks failed, and what kind of failure is each?

    Example: batchdoctor tasks failed --job nightly --since 6h
    """
    if everything and limit:
        raise UsageError("--all and --limit say different things.", hint="give one of them")
    now = call.world.now()
    narrowed = Narrowed(
        pool_id=pool,
        nodes=node or (),
        category=category,
        exit_code=exit_code,
        since=parse_when(since, "--since", now),
        until=parse_when(until, "--until", now),
    )
    asked = Asked(
        jobs=named(name, job, call.world),
        narrowed=narrowed,
        since=since,
        until=until,
        sort=sort,
        limit=limit,
        by=by,
        stderr=stderr,
        everything=everything,
        save_logs=save_logs,
        messages=messages,
        fail_on=bool(fail_on),
    )
    return answer(call, asked)
