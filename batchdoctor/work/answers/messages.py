"""Answers about what failed programs said: the groups of their messages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from batchdoctor.core.answer import Answer
from batchdoctor.core.failures.by_message import MessageCounts, MessageGroup, spoken_line
from batchdoctor.core.failures.counts import FailureCounts
from batchdoctor.core.failures.item import failure_summary
from batchdoctor.work.answers.asking import Asking, Since
from batchdoctor.work.files.said import SaidReading
from batchdoctor.work.reading.failures import failures_of


def failed_messages(
    asking: Asking,
    jobs: Sequence[str] | None,
    pool: str | None,
    since: Since,
    *,
    limit: int | None = None,
) -> Answer[MessageGroup]:
    """The messages of failed tasks, the most frequent first."""
    reading, counts, groups = asking.reading(), FailureCounts(), MessageCounts()
    failures = islice(failures_of(reading, jobs, pool, asking.moment(since)), limit)
    for failure, said in SaidReading(reading).of(failures):
        counts.add(failure)
        groups.add(failure, spoken_line(failure, said.lines, said.cause, said.place))
    return asking.answer(reading, groups.groups(), failure_summary(counts))
