"""`events submit`: has a pool of the account count logs, and answers as `events parse` does."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.change_options import Care
from batchdoctor.cli.commands.events.answers import answered, head_of, selection_of
from batchdoctor.cli.commands.events.options import MinFailures
from batchdoctor.cli.commands.wait_lines import WaitLines
from batchdoctor.cli.consent import agree, announce, announce_where
from batchdoctor.cli.noun import noun
from batchdoctor.cli.option_group import OptionGroup
from batchdoctor.cli.options import FailOnAny, Since, Until
from batchdoctor.core.log.show import Show
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import ExitCode
from batchdoctor.report.submission import submission_document
from batchdoctor.work.changes.read_only import refuse_when_read_only
from batchdoctor.work.changes.unended import tell_unended
from batchdoctor.work.logs.reducing import check_counted
from batchdoctor.work.submission.plan import SubmitWanted, make_submit_plan
from batchdoctor.work.submission.program import program_of
from batchdoctor.work.submission.submit import ACTION, Submission

if TYPE_CHECKING:
    from batchdoctor.service.client import Client


app = noun("events")


class OnThePool(OptionGroup, frozen=True, kw_only=True):
    """What the tasks are and do on the nodes."""

    program: Annotated[
        str | None, typer.Option(help="batchdoctor as a single file.", metavar="FILE|URL")
    ] = None
    python: Annotated[str, typer.Option(help="What runs it on the nodes.", metavar="NAME")] = (
        "python3"
    )
    identity: Annotated[
        str | None, typer.Option(help="Which of the pool's identities.", metavar="ID")
    ] = None
    reduces: Annotated[
        int | None, typer.Option(help="Reduce tasks; by the size, unless told.", min=1, max=256)
    ] = None
    job: Annotated[
        str | None, typer.Option("--job", "--job-id", help="The job's id.", metavar="JOB")
    ] = None


@command(app, "submit", live=True)
def submit(
    call: Call,
    pool: Annotated[
        str, typer.Option("--pool", "--pool-id", help="The pool that counts.", metavar="POOL")
    ],
    logs: Annotated[str, typer.Option(help="The container of the logs.", metavar="URL")],
    out: Annotated[str, typer.Option(help="A container for the counts.", metavar="URL")],
    since: Since = None,
    until: Until = None,
    show: Annotated[Show, typer.Option(help="summary, nodes or timeline.", metavar="WHAT")] = (
        Show.SUMMARY
    ),
    min_failures: MinFailures = 2,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Make the job, only.")] = False,
    fail_on: FailOnAny = None,
    *,
    on: OnThePool,
    care: Care,
) -> int:
    """Have a pool count logs, wait, and answer as `events parse` does.

    The same command again goes on where it was. URLs are signed, or the pool has an identity.

    Example: batchdoctor events submit --pool render --logs URL --out URL --since 30d
    """
    check_counted(show)
    selection = selection_of(call, (since, until), None, None, None, None)
    wanted = SubmitWanted(
        pool_id=pool,
        logs=logs,
        out=out,
        program=program_of(on.program, sys.argv[0]),
        since=selection.since,
        until=selection.until,
        show=show,
        identity=on.identity,
        reduces=on.reduces,
        job_id=on.job,
        python=on.python,
    )
    with call.client() as client:
        submission = _made(call, client, wanted, care)
        if care.dry_run or no_wait:
            return _written(call, client, submission)
        submission.wait(WaitLines(call.world))
    # What follows is the answer of the other command, to the letter.
    parse = replace(call, path=call.path.replace("events submit", "events parse"))
    reading = submission.reducing().answer(min_failures=min_failures)
    return answered(parse, reading, show, head_of(parse, selection), fail_on=bool(fail_on))


def _made(call: Call, client: Client, wanted: SubmitWanted, care: Care) -> Submission:
    """Plan the job, tell of it and ask, and make it unless that is not wanted."""
    if not care.dry_run:
        refuse_when_read_only(call.world.environ, f"{ACTION} to {wanted.pool_id}")
    journal = call.journal(client, to_write=not care.dry_run, kept=not care.no_journal)
    plan = make_submit_plan(client, wanted, call.world.environ, call.world.now())
    tell_unended(journal, [plan.job_id])
    account = client.account.title
    announce_where(call.world, account)
    for line in plan.lines:
        announce(call.world, line)
    submission = Submission(call.world, client, plan)
    if not care.dry_run:
        deed = f"make job {plan.job_id} with {plural(len(plan.tasks), 'task')}"
        agree(call.world, account, deed, [wanted.pool_id], care.consent)
        with closing(journal):
            submission.make(journal)
    return submission


def _written(call: Call, client: Client, submission: Submission) -> int:
    call.write(submission_document(call.head(client), submission.items(), submission.summary))
    return ExitCode.OK
