"""Findings of one account among several: each says whose it is, and so does what to type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from batchdoctor.core.findings.finding import Finding, Severity
from batchdoctor.core.findings.item import FindingItem, SubjectIds, finding_item
from batchdoctor.core.findings.severity import Severity as SeverityName
from batchdoctor.core.item import Item
from batchdoctor.core.text.step import Step, quoted

# What asks no account.
_OFFLINE = frozenset({"completion", "demo", "events", "explain", "sandbox", "schema"})


class AccountFinding(Item, frozen=True, kw_only=True):
    """A finding, with the host of its account and the profile that names it.

    A struct has one base, and whose it is stands before the keys of `FindingItem`.
    """

    account: str
    profile: str
    kind: str
    severity: SeverityName
    subject: SubjectIds
    message: str
    evidence: tuple[str, ...]
    advice: tuple[str, ...]
    next_commands: tuple[str, ...]


def account_finding(finding: Finding, account: str, profile: str) -> AccountFinding:
    """One finding as an item."""
    item = finding_item(finding)
    values = {name: getattr(item, name) for name in FindingItem.__struct_fields__}
    return AccountFinding(account=account, profile=profile, **values)


def of_profile(findings: Iterable[Finding], profile: str | None) -> list[Finding]:
    """The same findings; with a profile each command line names it, and asks that account."""
    if profile is None:
        return list(findings)
    return [replace(each, advice=with_profile(each.advice, profile)) for each in findings]


def with_profile(steps: Iterable[Step], profile: str) -> tuple[Step, ...]:
    """The same steps, their command lines with `--profile`."""
    return tuple(
        replace(step, run=_named(step.run, profile)) if step.run else step for step in steps
    )


def _named(line: str, profile: str) -> str:
    option = f"--profile {quoted(profile)}"
    parts = line.split(" | ")
    return " | ".join(f"{part} {option}" if _asks(part) else part for part in parts)


def _asks(command: str) -> bool:
    program, _, rest = command.partition(" ")
    return program == "batchdoctor" and rest.partition(" ")[0] not in _OFFLINE


def gravity(findings: Sequence[Finding]) -> tuple[int, int, int]:
    """A key that sorts the worst account first: by errors, warnings and notes."""
    severities = [finding.severity for finding in findings]
    errors, warnings, notes = (
        severities.count(each) for each in (Severity.ERROR, Severity.WARNING, Severity.INFO)
    )
    return -errors, -warnings, -notes
