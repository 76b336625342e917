"""Folds findings that repeat another's cause into it, so that one trouble is told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from batchdoctor.core.findings.finding import Finding, worst_first
from batchdoctor.core.names import same_id

# What says by itself why a pool has nothing to run tasks on.
_LEAVES_NOTHING = (
    *("pool-resize-failed", "autoscale-error", "autoscale-frozen", "start-task-failed"),
    *("node-unreachable", "node-error"),
)

# Kind -> kinds that say the same of the same nodes or job, and why.
_SAYS_MORE = {
    "node-offline": ("node-suspect", "node-error"),
    "tasks-preparing": ("preparation-failed",),
}


def folded(found: Iterable[Finding]) -> list[Finding]:
    """The same findings, the worst first; a pool without usable nodes is told with its cause."""
    findings = worst_first(found)
    for empty in [each for each in findings if each.kind == "no-usable-nodes"]:
        cause = _cause_of(empty, findings)
        if cause is not None:
            findings[findings.index(cause)] = _with(cause, empty)
            findings.remove(empty)
    return [each for each in worst_first(findings) if not _is_told(each, findings)]


def _is_told(finding: Finding, findings: Sequence[Finding]) -> bool:
    """Whether others say it with more: nodes that are suspect, a preparation that failed."""
    others = [each for each in findings if each.kind in _SAYS_MORE.get(finding.kind, ())]
    if finding.kind == "tasks-preparing":
        return any(each.subject.job_ids == finding.subject.job_ids for each in others)
    named = {
        node_id
        for each in others
        if same_id(each.subject.pool_id, finding.subject.pool_id)
        for node_id in each.subject.node_ids
    }
    return bool(others) and named.issuperset(finding.subject.node_ids)


def _cause_of(empty: Finding, findings: Sequence[Finding]) -> Finding | None:
    """The finding that explains why a pool has no usable node, if one alone does."""
    causes = [
        each
        for each in findings
        if each.kind in _LEAVES_NOTHING and same_id(each.subject.pool_id, empty.subject.pool_id)
    ]
    return causes[0] if len(causes) == 1 else None


def _with(cause: Finding, effect: Finding) -> Finding:
    """A cause with what follows from it."""
    told = tuple(line for line in cause.evidence if line.rstrip(".") not in effect.message)
    return replace(
        cause,
        message=f"{cause.message} {effect.message}",
        evidence=told,
        stops=max(cause.stops, effect.stops),
    )
