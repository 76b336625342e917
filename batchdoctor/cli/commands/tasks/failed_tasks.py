"""Which document answers `tasks failed`: every task, the newest on a terminal, or groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from batchdoctor.cli.call import Call
from batchdoctor.core.failures.counts import FailureCounts
from batchdoctor.core.failures.failure import Failure
from batchdoctor.report.document import Document
from batchdoctor.report.failure_page import SUSPECT
from batchdoctor.report.failures import ENDS_SHOWN, FailedTasks, FailureGroups
from batchdoctor.report.formats import Format
from batchdoctor.report.head import Head
from batchdoctor.work.reading.reading import Reading

BY_MESSAGE = "message"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What of the failures was asked for."""

    head: Head
    by: str | None = None
    stderr: int | None = None
    limit: int | None = None
    everything: bool = False
    ordered: bool = False
    about_group: Callable[[str], str] | None = None
    """What to type about a group, by its key."""
    nodes_too: str = SUSPECT


def failures_document(
    call: Call, reading: Reading, failures: Iterator[Failure], wish: Wish
) -> tuple[Document[Any], FailureCounts]:
    """The answer in the form that was asked for, and the counts that it will have filled."""
    if wish.by == BY_MESSAGE:
        return _by_message(reading, failures, wish)
    head = wish.head
    if wish.by:
        groups = FailureGroups(head, failures, reading.problems, wish.by, limit=wish.limit)
        groups.jobs = lambda: reading.jobs
        groups.next_command = wish.about_group
        if wish.stderr:
            from batchdoctor.work.files.examples import ExampleWords

            groups.examples = ExampleWords(reading, wish.stderr).of
        return groups.document(), groups.counts
    if _is_short(call, wish):
        from batchdoctor.report.newest_failures import NewestFailures
        from batchdoctor.work.files.examples import ExampleWords

        newest = NewestFailures(head, failures, reading.problems, limit=wish.limit)
        newest.jobs = lambda: reading.jobs
        newest.next_command = wish.nodes_too
        newest.examples = ExampleWords(reading).of
        return newest.document(), newest.counts
    return _every(call, reading, failures, wish)


def _is_short(call: Call, wish: Wish) -> bool:
    """Whether a person looks at it who asked for nothing more."""
    table = call.shared.output is Format.TABLE
    more = wish.everything or wish.stderr or wish.ordered
    return table and not more and call.world.stdout.isatty()


def _every(
    call: Call, reading: Reading, failures: Iterator[Failure], wish: Wish
) -> tuple[Document[Any], FailureCounts]:
    every = FailedTasks(wish.head, failures, reading.problems, limit=wish.limit)
    every.jobs = lambda: reading.jobs
    every.next_command = wish.nodes_too
    if wish.stderr:
        from batchdoctor.work.files.last_lines import WordsReading
        from batchdoctor.work.files.said import cause_of

        most = ENDS_SHOWN if call.shared.output is Format.TABLE else None
        ends = WordsReading(reading, wish.stderr, most)
        every.failures, every.words = ends.along(failures), ends.words
        every.files = ends.subjects
        every.cause = lambda: cause_of(reading, ends.words())
    return every.document(), every.counts


def _by_message(
    reading: Reading, failures: Iterator[Failure], wish: Wish
) -> tuple[Document[Any], FailureCounts]:
    from batchdoctor.report.message_groups import MessageGroups
    from batchdoctor.work.files.said import LINES, SaidReading

    words = SaidReading(reading, max(LINES, wish.stderr or 0))
    groups = MessageGroups(
        wish.head,
        words.of(failures),
        reading.problems,
        limit=wish.limit,
        stderr=wish.stderr or 0,
        jobs=lambda: reading.jobs,
        files=words.subjects,
    )
    return groups.document(), groups.counts
