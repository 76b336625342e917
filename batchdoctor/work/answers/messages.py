"""Answers about what failed programs said: the groups of their messages."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.answer import Answer
from batchdoctor.core.failures.counts import FailureCounts
from batchdoctor.core.failures.item import MessageGroup, failure_summary
from batchdoctor.work.answers.asking import Asking, Since
from batchdoctor.work.files.said import SaidReading
from batchdoctor.work.reading.failures import Narrowed, failures_of


def failed_messages(
    asking: Asking,
    jobs: Sequence[str] | None,
    pool: str | None,
    since: Since,
) -> Answer[MessageGroup]:
    """The messages of failed tasks, the most frequent first."""
    # Which brings in what tells messages apart.
    from batchdoctor.core.failures.by_message import MessageCounts, spoken_line

    reading, counts, groups = asking.reading(), FailureCounts(), MessageCounts()
    narrowed = Narrowed(pool_id=pool, since=asking.moment(since))
    failures = failures_of(reading, jobs, narrowed)
    for failure, said in SaidReading(reading).of(failures):
        counts.add(failure)
        groups.add(failure, spoken_line(failure, said.lines, said.cause, said.place))
    return asking.answer(reading, groups.groups(), failure_summary(counts))
