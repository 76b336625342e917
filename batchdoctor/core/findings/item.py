"""Findings as items of an answer, and all of them in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.findings.kinds import KINDS
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.item import Item
from batchdoctor.core.text.step import commands_of


class SubjectIds(Item, frozen=True, kw_only=True):
    """The ids that apply, and no others: `nodeIds`, and for a single node `nodeId` too."""

    pool_id: str | UnsetType = UNSET
    node_id: str | UnsetType = UNSET
    node_ids: tuple[str, ...] | UnsetType = UNSET
    job_id: str | UnsetType = UNSET
    job_ids: tuple[str, ...] | UnsetType = UNSET
    task_id: str | UnsetType = UNSET
    task_ids: tuple[str, ...] | UnsetType = UNSET


class FindingItem(Item, frozen=True, kw_only=True):
    """One thing that is wrong, or worth knowing."""

    kind: str
    severity: Severity
    subject: SubjectIds
    message: str
    evidence: tuple[str, ...]
    advice: tuple[str, ...]
    next_commands: tuple[str, ...]


class LookedAt(msgspec.Struct, frozen=True):
    """How much was looked at, and how many findings somebody did not want to see."""

    pools: int
    jobs: int
    accepted: int = 0
    ignored: int = 0


class FindingsSummary(Item, frozen=True, kw_only=True):
    """Findings in numbers."""

    pools: int
    jobs: int
    by_severity: Mapping[str, int]
    by_kind: Mapping[str, int]
    accepted: int
    ignored: int


def finding_item(finding: Finding) -> FindingItem:
    """One finding as an item."""
    return FindingItem(
        kind=finding.kind,
        severity=finding.severity,
        subject=subject_ids(finding.subject),
        message=finding.message,
        evidence=finding.evidence,
        advice=tuple(map(str, finding.advice)),
        next_commands=commands_of(finding.advice),
    )


def subject_ids(subject: Subject) -> SubjectIds:
    """The ids of a subject that apply."""
    return SubjectIds(
        pool_id=subject.pool_id or UNSET,
        node_id=_single(subject.node_ids),
        node_ids=subject.node_ids or UNSET,
        job_id=_single(subject.job_ids),
        job_ids=subject.job_ids or UNSET,
        task_id=_single(subject.task_ids),
        task_ids=subject.task_ids or UNSET,
    )


def _single(ids: tuple[str, ...]) -> str | UnsetType:
    return ids[0] if len(ids) == 1 else UNSET


def findings_summary(findings: Sequence[Finding], looked_at: LookedAt) -> FindingsSummary:
    """Findings counted by severity and kind; a kind that was not met is left out."""
    kinds = [finding.kind for finding in findings]
    severities = [finding.severity for finding in findings]
    return FindingsSummary(
        pools=looked_at.pools,
        jobs=looked_at.jobs,
        by_severity={severity.value: severities.count(severity) for severity in Severity},
        by_kind={kind: kinds.count(kind) for kind in KINDS if kind in kinds},
        accepted=looked_at.accepted,
        ignored=looked_at.ignored,
    )
