"""Findings as a document: an item each, and for people a paragraph each, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.findings.finding import Finding, Severity, Subject
from batchdoctor.core.findings.health import health
from batchdoctor.core.findings.item import (
    FindingItem,
    LookedAt,
    finding_item,
    findings_summary,
)
from batchdoctor.core.findings.kinds import KINDS
from batchdoctor.core.findings.of_account import AccountFinding
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Card, Cards, Commands, Tone

SEVERITY_TONES = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.WARN, Severity.INFO: Tone.QUIET}
_IDS_IN_TITLE = 2
_LONGEST_TITLE = 66
# Findings from which a page no longer fits a screen of 24 lines, and the places told once more.
_LONG_PAGE = 5
_PLACES = 9


def subject_names(item: FindingItem | AccountFinding) -> Sequence[str]:
    """`POOL/NODE` or `JOB/TASK` of everything that an item is about."""
    ids = item.subject
    if ids.node_ids:
        return [f"{ids.pool_id}/{node}" for node in ids.node_ids]
    return [f"{ids.job_id}/{task}" for task in ids.task_ids or ()]


class Findings(msgspec.Struct):
    """The answer of `triage` and of the diagnoses; `page` is what stands above the findings.

    `own` is the command itself, which is no advice. `brief` shows the first of the evidence only.
    """

    head: Head
    findings: Sequence[Finding]
    problems: Sequence[Problem]
    looked_at: LookedAt
    about: str
    own: str = ""
    brief: bool = False
    page: Sequence[Block] = ()
    checked: Sequence[Checked] = ()
    pictures: Sequence[Block] = ()
    """What stands below the findings."""

    def document(self) -> Document[FindingItem]:
        """Every finding as an item."""
        return Document(
            head=replace(self.head, left_out=(*self.head.left_out, *self._left_out())),
            item_type=FindingItem,
            items=map(finding_item, self.findings),
            ending=self._ending,
            name_of=subject_names,
        )

    def _ending(self) -> Ending:
        cards = [finding_card(each, brief=self.brief, own=self.own) for each in self.findings]
        return Ending(
            summary=findings_summary(self.findings, self.looked_at),
            problems=self.problems,
            page=(
                *self.page,
                *([Cards(cards)] if cards else []),
                *self.pictures,
                *(recap(self.findings, self.own) if self.brief else ()),
            ),
            verdict=self._verdict(),
            span=self.head.span or Span(),
            checked=self.checked,
        )

    def _left_out(self) -> Iterator[str]:
        if accepted := self.looked_at.accepted:
            yield f"without {accepted:,} accepted"
        if ignored := self.looked_at.ignored:
            yield f"without {ignored:,} ignored"

    def _count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)

    def _verdict(self) -> str:
        left_out = self.looked_at.accepted + self.looked_at.ignored
        more = f" ({left_out} accepted or ignored)" if left_out else ""
        nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
        parts = [
            plural(self._count(each), noun) for each, noun in nouns.items() if self._count(each)
        ]
        return health(
            ", ".join(parts),
            self.about,
            self.checked,
            self.head.span or Span(),
            aside=more,
            at=self.head.generated_at,
        )


def recap(findings: Sequence[Finding], own: str = "") -> Sequence[Block]:
    """The errors once more with what to type, a place each, where the page is longer than a screen.

    That and the verdict fit 24 lines.
    """
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if len(findings) < _LONG_PAGE or not errors:
        return ()
    places: dict[str, list[Finding]] = {}
    for finding in errors:
        subject = finding.subject
        name = _some("job", subject.job_ids) if subject.job_ids else f"pool {subject.pool_id}"
        places.setdefault(name, []).append(finding)
    rows = [(_told(name, found), _first_command(found, own)) for name, found in places.items()]
    title = "In short, the errors"
    if left := len(rows) - _PLACES:
        title += f"; {left} more above" if left > 0 else ""
    return (Commands(title, rows[:_PLACES]),)


def _told(name: str, found: Sequence[Finding]) -> str:
    return f"{name}: {', '.join(dict.fromkeys(finding.kind for finding in found))}"


def _first_command(found: Sequence[Finding], own: str) -> str:
    """What to type about a place first: what its gravest finding advises, else its diagnosis."""
    advised = (step.run for each in found for step in each.advice if step.run and step.run != own)
    subject = found[0].subject
    if subject.job_ids:
        return next(advised, command_line("job", "diagnose", job=subject.job_ids[0]))
    return next(advised, command_line("pool", "diagnose", pool=subject.pool_id))


# What of the changes before it a brief finding tells: the surest come first.
_MOST_CHANGES = 2


def finding_card(finding: Finding, *, brief: bool = False, own: str = "") -> Card:
    """One finding as a paragraph: how bad, about what, what is wrong, what to type.

    A `brief` one has of the evidence what changed just before, and the first steps only; a mere
    note has none.
    """
    severity = finding.severity
    steps = [step for step in finding.advice if step.run is None or step.run != own]
    if brief:
        steps = [] if severity is Severity.INFO else _first_steps(steps)
    evidence = finding.changes[:_MOST_CHANGES] if brief else finding.evidence
    return Card(
        flag="NOTE" if severity is Severity.INFO else severity.value.upper(),
        tone=SEVERITY_TONES[severity],
        title=f"{subject_title(finding.subject, finding.kind)}  {finding.kind}",
        lines=(finding.message, *evidence),
        steps=steps,
    )


def _first_steps(steps: Sequence[Step]) -> list[Step]:
    """The first sentence, if one comes first, and the first command line."""
    at = next((index for index, step in enumerate(steps) if step.run), None)
    if at is None:
        return list(steps[:1])
    return [*steps[: min(at, 1)], steps[at]]


def subject_title(subject: Subject, kind: str = "") -> str:
    """What a finding is about in a few words; of many things their number."""
    if subject.job_ids:
        return _some("job", subject.job_ids)
    if not subject.pool_id:
        return "account"
    if len(subject.node_ids) == 1:
        name = f"node {subject.pool_id}/{subject.node_ids[0]}"
        # The ids of some nodes are 80 characters long; the commands below name it then.
        if len(name) + len(kind) <= _LONGEST_TITLE:
            return name
    return f"pool {subject.pool_id}"


def _some(noun: str, ids: Sequence[str]) -> str:
    if len(ids) <= _IDS_IN_TITLE:
        return f"{noun} {', '.join(ids)}"
    return plural(len(ids), noun)


def rows_of_kinds() -> Iterator[tuple[str, str, str]]:
    """The table of kinds: name, severity, meaning."""
    for kind in KINDS.values():
        yield kind.name, kind.severity.value, kind.meaning
