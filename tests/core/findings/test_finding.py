"""Findings: a value each, whose kind decides how bad it is; the worst come first."""

from __future__ import annotations

import re

import pytest

from batchdoctor.core.findings.finding import Finding, Severity, Subject, worst_first
from batchdoctor.core.findings.kinds import KINDS


def finding(kind: str, **subject: tuple[str, ...]) -> Finding:
    return Finding(kind=kind, subject=Subject(pool_id="p", **subject), message="m")


def test_kinds_are_kebab_case_and_severities_stand_together() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", kind) for kind in KINDS)
    severities = [kind.severity for kind in KINDS.values()]
    assert severities == sorted(severities, key=list(Severity).index)


def test_a_kind_that_is_in_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="table of kinds"):
        finding("no-such-kind")


def test_findings_come_by_severity_then_kind_then_size() -> None:
    small = finding("start-task-failed", node_ids=("a",))
    large = finding("start-task-failed", node_ids=("b", "c"))
    gravest, mild = finding("pool-resize-failed"), finding("node-preempted")
    assert worst_first([mild, small, large, gravest]) == [gravest, large, small, mild]
