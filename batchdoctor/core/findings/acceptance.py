"""Findings that somebody has accepted: of which kind, about what, why, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.findings.kinds import KINDS
from batchdoctor.errors import UsageError

_Text = Annotated[str, msgspec.Meta(min_length=1)]


class Acceptance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry `[[triage.ignore]]`: findings of a kind, everywhere or in one pool or job.

    It ends with the day `until`; what it accepted is shown again after that.
    """

    kind: str
    reason: _Text
    until: date
    pool: _Text | None = None
    job: _Text | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether it is about a finding; one about several jobs is covered by all or none."""
        subject = finding.subject
        return (
            finding.kind == self.kind
            and self.pool in {None, subject.pool_id}
            and (self.job is None or subject.job_ids == (self.job,))
        )


class TriageSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[triage]` of the configuration file."""

    ignore: tuple[Acceptance, ...] = ()


class Sifted(msgspec.Struct):
    """Findings to be shown, and how many were left out."""

    shown: list[Finding] = msgspec.field(default_factory=list)
    accepted: int = 0
    ignored: int = 0


def parse_settings(document: Mapping[str, Any], source: str) -> TriageSettings:
    """The settings in a configuration file. Raises UsageError, naming the place that is wrong."""
    try:
        settings = msgspec.convert(document.get("triage", {}), TriageSettings)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"The table [triage] of {source} is wrong: {error}.",
            hint='an entry looks like: {kind = "node-offline", reason = "...", until = 2026-12-31}',
        ) from error
    check_kinds((entry.kind for entry in settings.ignore), source)
    return settings


def check_kinds(kinds: Iterable[str], source: str) -> None:
    """Raise UsageError for a kind of finding that does not exist."""
    for kind in kinds:
        if kind not in KINDS:
            near = get_close_matches(kind, KINDS, n=1)
            raise UsageError(
                f"{source} names the kind {kind!r}, which does not exist.",
                hint=f"did you mean {near[0]}?" if near else f"kinds: {', '.join(KINDS)}",
            )


def sift(
    findings: Iterable[Finding],
    *,
    accepted: Sequence[Acceptance],
    ignored: Iterable[str],
    today: date,
) -> Sifted:
    """Leave out what is accepted and what is to be ignored.

    What was accepted too long ago stays, and says so.
    """
    sifted, kinds = Sifted(), set(ignored)
    for finding in findings:
        covering = [entry for entry in accepted if entry.covers(finding)]
        if finding.kind in kinds:
            sifted.ignored += 1
        elif any(entry.until >= today for entry in covering):
            sifted.accepted += 1
        else:
            sifted.shown.append(_reminded(finding, covering))
    return sifted


def is_unwanted(
    finding: Finding, accepted: Sequence[Acceptance], ignored: Iterable[str], today: date
) -> bool:
    """Whether somebody has accepted a finding, or does not want to see its kind."""
    shown = sift([finding], accepted=accepted, ignored=ignored, today=today).shown
    return not shown


def _reminded(finding: Finding, expired: Sequence[Acceptance]) -> Finding:
    return replace(finding, evidence=(*finding.evidence, *_reminders(expired)))


def _reminders(expired: Sequence[Acceptance]) -> Iterator[str]:
    for entry in expired:
        yield f"It was accepted until {entry.until.isoformat()}: {entry.reason}"
