"""What is told: a finding that is new, or one that has ended, as an item of a document."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from batchdoctor.core.findings.item import SubjectIds, subject_ids
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.notices.known import News
from batchdoctor.core.text.step import commands_of


class Change(StrEnum):
    """What became of a finding."""

    NEW = "new"
    ENDED = "ended"


class NoticeItem(Item, frozen=True, kw_only=True):
    """A finding that is new since the last notice, or has ended.

    `firstTime` is when it was first met by whoever tells of it, `lastTime` when it was last.
    """

    change: Change
    kind: str
    severity: Severity
    subject: SubjectIds
    message: str
    evidence: tuple[str, ...]
    advice: tuple[str, ...]
    next_commands: tuple[str, ...]
    first_time: Moment
    last_time: Moment


class NoticeSummary(Item, frozen=True, kw_only=True):
    """A notice in numbers; `ongoing` are findings that were told before and are still there."""

    new: int
    ended: int
    ongoing: int


def notice_items(news: News) -> Iterator[NoticeItem]:
    """What is new, the worst first, then what has ended."""
    for finding, known in news.new:
        yield NoticeItem(
            change=Change.NEW,
            kind=finding.kind,
            severity=finding.severity,
            subject=subject_ids(finding.subject),
            message=finding.message,
            evidence=finding.evidence,
            advice=tuple(map(str, finding.advice)),
            next_commands=commands_of(finding.advice),
            first_time=known.first_time,
            last_time=known.last_time,
        )
    for known in news.ended:
        yield NoticeItem(
            change=Change.ENDED,
            kind=known.kind,
            severity=known.finding.severity,
            subject=subject_ids(known.subject),
            message=known.message,
            evidence=(),
            advice=(),
            next_commands=(),
            first_time=known.first_time,
            last_time=known.last_time,
        )


def notice_summary(news: News) -> NoticeSummary:
    """A notice in numbers."""
    return NoticeSummary(new=len(news.new), ended=len(news.ended), ongoing=news.ongoing)
