"""What somebody was told of, and what to tell now: each finding once, and its end once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.item import Moment
from batchdoctor.core.names import folded

# A finding that comes and goes is told of so often at most.
APART = timedelta(hours=1)
_WORTH_TELLING = (Severity.ERROR, Severity.WARNING)


class Known(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A finding that was met: `there` is whether it still is, `told` what was told last of it."""

    kind: str
    subject: Subject
    message: str
    first_time: Moment
    last_time: Moment
    there: bool = True
    told: bool = False
    told_time: Moment | None = None

    @property
    def finding(self) -> Finding:
        """It as a finding, without its evidence."""
        return Finding(kind=self.kind, subject=self.subject, message=self.message)

    def is_of(self, finding: Finding) -> bool:
        """Whether a finding is this one, which may have grown or shrunk meanwhile."""
        ours, theirs = self.subject, finding.subject
        return (
            self.kind == finding.kind
            and folded(ours.pool_id or "") == folded(theirs.pool_id or "")
            and _meet(ours.job_ids, theirs.job_ids)
            and _meet(ours.node_ids, theirs.node_ids)
        )


class News(msgspec.Struct, frozen=True):
    """What to tell now: findings with since when they are known, and what has ended.

    `known` is what to remember if they are told, `untold` if that fails. `ongoing` is how many
    findings there are that were told before.
    """

    new: Sequence[tuple[Finding, Known]]
    ended: Sequence[Known]
    ongoing: int
    known: Sequence[Known]
    untold: Sequence[Known]

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.new or self.ended)


def news_of(
    findings: Sequence[Finding],
    known: Sequence[Known],
    at: datetime,
    *,
    complete: bool,
    unwanted: Callable[[Finding], bool],
) -> News:
    """Compare what was found with what is known.

    Of an answer that is not `complete` nothing is taken to have ended. What somebody does not want
    to see any more, by `unwanted`, is forgotten and not told as an end.
    """
    met: list[tuple[Finding | None, Known]] = []
    left = [each for each in known if not unwanted(each.finding)]
    for finding in findings:
        if finding.severity not in _WORTH_TELLING:
            continue
        before = next((each for each in left if each.is_of(finding)), None)
        if before:
            left.remove(before)
        met.append((finding, _seen(finding, before, at)))
    met += [(None, replace(each, there=each.there and not complete)) for each in left]
    # Of what could not be looked at there is nothing to tell.
    seen = [(finding, each) for finding, each in met if finding or not each.there]
    due = [(finding, each) for finding, each in seen if _is_due(each, at)]
    told = {id(each) for _, each in due}
    return News(
        new=[(finding, each) for finding, each in due if finding and each.there],
        ended=[each for _, each in due if not each.there],
        ongoing=sum(each.there and each.told for _, each in met),
        known=_kept((_as_told(each, at) if id(each) in told else each for _, each in met), at),
        untold=_kept((each for _, each in met), at),
    )


def _seen(finding: Finding, before: Known | None, at: datetime) -> Known:
    if before is None:
        return Known(
            kind=finding.kind,
            subject=finding.subject,
            message=finding.message,
            first_time=at,
            last_time=at,
        )
    # One that ended and was told so begins anew.
    first = before.first_time if before.there or before.told else at
    return replace(
        before,
        subject=finding.subject,
        message=finding.message,
        first_time=first,
        last_time=at,
        there=True,
    )


def _is_due(each: Known, at: datetime) -> bool:
    if each.there == each.told:
        return False
    return each.told_time is None or at - each.told_time >= APART


def _as_told(each: Known, at: datetime) -> Known:
    return replace(each, told=each.there, told_time=at)


def _kept(met: Iterable[Known], at: datetime) -> list[Known]:
    """What is still of use: what is there, and what was told within the hour or is to be ended."""
    kept: list[Known] = []
    for each in met:
        recent = each.told_time is not None and at - each.told_time < APART
        if each.there or each.told or recent:
            kept.append(each)
    return kept


def _meet(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two sets of ids have one in common, or are both empty."""
    if not ours or not theirs:
        return not ours and not theirs
    return not {folded(each) for each in ours}.isdisjoint(folded(each) for each in theirs)
