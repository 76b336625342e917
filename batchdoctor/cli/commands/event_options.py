"""What `events` shows of failures, and which of its options do not go together."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from batchdoctor.core.log.show import Show
from batchdoctor.errors import UsageError

if TYPE_CHECKING:
    from batchdoctor.report.document import Document
    from batchdoctor.report.event_log import LogAnswer
    from batchdoctor.work.logs.reading import LogReading


class By(StrEnum):
    """Values of `--by`."""

    MESSAGE = "message"


def check_show(show: Show, *, follow: bool, merging: bool, by_category: bool) -> None:
    """Refuse what nothing can be shown for. Raises UsageError."""
    if follow and show in {Show.NODES, Show.UNFINISHED, Show.TIMELINE}:
        raise UsageError(f"--follow cannot show {show.value}.", hint="--show failures or events")
    if show is Show.UNFINISHED and merging:
        raise UsageError(
            "--show unfinished does not go with --merge: a tally holds no names of tasks.",
            hint="name the logs themselves",
        )
    if show is Show.UNFINISHED and by_category:
        raise UsageError(
            "--show unfinished does not go with --category: only failures have one.",
            hint="--job, --pool, --node, --since or --until",
        )


def check_groups(show: Show, by: By | None, *, follow: bool, merging: bool) -> None:
    """Refuse groups of what is not there. Raises UsageError."""
    if by and (follow or merging or show not in {Show.SUMMARY, Show.FAILURES}):
        raise UsageError(
            "--by groups the failures of whole logs.",
            hint="leave out --follow, --merge and --show",
        )


def failures_of(reading: LogReading, show: Show | By, answer: LogAnswer) -> Document[Any]:
    """The failures of a log, one by one or by message."""
    if show is Show.FAILURES:
        return answer.of_failures(reading.failures())
    # Which brings in the catalog of messages.
    from batchdoctor.report.logged_messages import of_messages

    return of_messages(answer, reading.failures())
