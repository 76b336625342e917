"""What is told: a finding that is new, or one that has ended, as an item of a document."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec.structs import asdict

from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.findings.item import FindingItem, finding_item
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.notices.known import Known, News


class Change(StrEnum):
    """What became of a finding."""

    NEW = "new"
    ENDED = "ended"


class NoticeItem(FindingItem, frozen=True, kw_only=True):
    """A finding that is new since the last notice, or has ended.

    `firstTime` is when it was first met by whoever tells of it, `lastTime` when it was last.
    """

    change: Change
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
        yield _notice(Change.NEW, finding, known)
    for known in news.ended:
        yield _notice(Change.ENDED, known.finding, known)


def _notice(change: Change, finding: Finding, known: Known) -> NoticeItem:
    return NoticeItem(
        **asdict(finding_item(finding)),
        change=change,
        first_time=known.first_time,
        last_time=known.last_time,
    )


def notice_summary(news: News) -> NoticeSummary:
    """A notice in numbers."""
    return NoticeSummary(new=len(news.new), ended=len(news.ended), ongoing=news.ongoing)
