"""What was asked of `tasks failed`, its answer, and what to type next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from batchdoctor.cli.call import Call
from batchdoctor.cli.commands.tasks.failed_tasks import Wish, failures_document
from batchdoctor.cli.commands.tasks.failure_options import By, FailureOrder
from batchdoctor.core.checked import Span
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.inventory.wanted import in_order, newest, oldest
from batchdoctor.core.text.command_line import command_line
from batchdoctor.errors import ExitCode, worst
from batchdoctor.report.head import at_most, only
from batchdoctor.work.messages import messages_for
from batchdoctor.work.reading.failures import Narrowed, failures_of
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.work.files.save_logs import LogKeeper


_ORDERS: dict[str, Callable[[Failure], float]] = {
    FailureOrder.NEWEST: lambda failure: newest(failure.end_time),
    FailureOrder.OLDEST: lambda failure: oldest(failure.end_time),
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for; `since` and `until` as they were typed, for the next command."""

    jobs: Sequence[str]
    narrowed: Narrowed
    since: str | None
    until: str | None
    sort: FailureOrder | None
    limit: int | None
    by: By | None
    stderr: int | None
    everything: bool
    save_logs: Path | None
    messages: Path | None
    fail_on: bool

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the filters leave, in a few words each."""
        narrowed = self.narrowed
        exit_code = None if narrowed.exit_code is None else str(narrowed.exit_code)
        return (
            *only("job", self.jobs),
            *only("pool", narrowed.pool_id),
            *only("node", narrowed.nodes),
            *only("category", narrowed.category),
            *only("exit code", exit_code),
            *at_most(self.limit),
        )


def answer(call: Call, asked: Asked) -> int:
    """Write what failed; the status is the worst of reading, saving and finding."""
    narrowed = asked.narrowed
    known = messages_for(call.world.environ, asked.messages)
    with call.client() as client:
        reading = Reading(call.world, client, messages=known)
        found = failures_of(reading, asked.jobs, narrowed)
        failures = in_order(found, _ORDERS, asked.sort, asked.limit)
        keeper = _log_keeper(call, reading, asked)
        if keeper:
            failures = keeper.passing(failures)
        span = Span(narrowed.since, narrowed.until or call.world.now())
        wish = Wish(
            head=call.head(client, span=span, left_out=asked.left_out),
            by=asked.by.value if asked.by else None,
            stderr=asked.stderr,
            limit=asked.limit,
            everything=asked.everything,
            ordered=asked.sort is not None,
            about_group=lambda key: about_group(asked, key),
            nodes_too=_nodes_too(asked),
        )
        document, counts = failures_document(call, reading, failures, wish)
        call.write(document)
        call.finish(reading)
        if keeper:
            keeper.tell()
    status = ExitCode.FINDINGS if asked.fail_on and counts.tasks else ExitCode.OK
    return worst([reading.status, status, *(keeper.statuses if keeper else ())])


def _log_keeper(call: Call, reading: Reading, asked: Asked) -> LogKeeper | None:
    """What saves the logs; of whole jobs it can be told how many tasks there are."""
    if asked.save_logs is None:
        return None

    from batchdoctor.work.files.save_logs import LogKeeper

    keeper = LogKeeper(call.world, reading.client, asked.save_logs, reading.problems)
    if asked.jobs and not asked.limit and asked.narrowed == Narrowed():
        counts = reading.client.task_counts
        keeper.total = lambda: sum(counts(job_id).failed for job_id in asked.jobs)
    return keeper


def about_group(asked: Asked, key: str) -> str:
    """What to type about one group of `--by`, with the filters that were given."""
    if asked.by is By.CODE:
        return command_line("explain", key)
    narrowed = asked.narrowed
    options: dict[str, Sequence[str]] = {
        "job": asked.jobs,
        "pool": [narrowed.pool_id] if narrowed.pool_id else [],
        "node": narrowed.nodes,
        "category": [narrowed.category] if narrowed.category else [],
        "exit-code": [] if narrowed.exit_code is None else [str(narrowed.exit_code)],
        "since": [asked.since] if asked.since else [],
        "until": [asked.until] if asked.until else [],
    }
    if asked.by:
        options[asked.by.value] = [key]
    return command_line("tasks", "failed") + _options(options)


def _nodes_too(asked: Asked) -> str:
    """The question whether it is a node, about the same jobs, pool and time."""
    pool = asked.narrowed.pool_id
    options = {
        "pool": [pool] if pool else [],
        "job": asked.jobs,
        "since": [asked.since] if asked.since else [],
    }
    return command_line("nodes", "suspect") + _options(options)


def _options(options: dict[str, Sequence[str]]) -> str:
    """Options and their values, as they are to be typed behind a command."""
    lines = (command_line(**{name: value}) for name in options for value in options[name])
    return "".join(line.removeprefix("batchdoctor") for line in lines)
