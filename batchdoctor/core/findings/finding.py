"""One thing that is wrong, or worth knowing: what, where, how bad, on what evidence, what to do."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from batchdoctor.core.findings.kinds import KINDS
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.text.step import Step

__all__ = ["Finding", "Severity", "Subject", "worst_first"]

_SEVERITIES = tuple(Severity)
_KINDS = tuple(KINDS)


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding is about; nodes are nodes of the pool, tasks are tasks of the one job."""

    pool_id: str | None = None
    node_ids: tuple[str, ...] = ()
    job_ids: tuple[str, ...] = ()
    task_ids: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many things it names."""
        return len(self.node_ids) + len(self.job_ids) + len(self.task_ids)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding. What is wrong in the same way with several nodes or jobs is one finding.

    `evidence` are sentences; the steps of `advice` begin with the safest. `stops` is how many tasks
    it stops or has failed. `changes` are those sentences of the evidence that say what changed just
    before it began.
    """

    kind: str
    subject: Subject
    message: str
    evidence: tuple[str, ...] = ()
    advice: tuple[Step, ...] = ()
    stops: int = 0
    changes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is not in the table of kinds")

    @property
    def severity(self) -> Severity:
        """How bad it is, which its kind decides."""
        return KINDS[self.kind].severity


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by severity, then by what they stop, then by the order of the table of kinds."""
    return sorted(findings, key=_order)


def _order(found: Finding) -> tuple[int, int, int, int, str, tuple[str, ...], tuple[str, ...]]:
    subject = found.subject
    return (
        _SEVERITIES.index(found.severity),
        -found.stops,
        _KINDS.index(found.kind),
        -subject.size,
        subject.pool_id or "",
        subject.job_ids,
        subject.node_ids,
    )
