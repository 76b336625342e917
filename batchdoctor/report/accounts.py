"""Findings of several accounts on one page: account by account, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.findings.finding import Finding, Severity
from batchdoctor.core.findings.item import LookedAt, findings_summary
from batchdoctor.core.findings.of_account import AccountFinding, account_finding
from batchdoctor.core.names import AccountName
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.findings import Findings, subject_names
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Note, Tone


class OneAccount(msgspec.Struct, frozen=True):
    """An account and what was found in it."""

    name: AccountName
    found: Findings


class AccountsFindings(msgspec.Struct):
    """The answer of `triage --all-profiles`; `asked` is how many accounts were to be looked at."""

    head: Head
    accounts: Sequence[OneAccount]
    problems: Sequence[Problem]
    asked: int

    def document(self) -> Document[AccountFinding]:
        """Every finding as an item that says whose it is."""
        return Document(
            head=self.head,
            item_type=AccountFinding,
            items=self._items(),
            ending=self._ending,
            name_of=subject_names,
        )

    def _items(self) -> Iterator[AccountFinding]:
        for account in self.accounts:
            for finding in account.found.findings:
                yield account_finding(finding, account.name.host, account.name.profile or "")

    def _ending(self) -> Ending:
        looked_at = [account.found.looked_at for account in self.accounts]
        total = LookedAt(
            pools=sum(each.pools for each in looked_at),
            jobs=sum(each.jobs for each in looked_at),
            accepted=sum(each.accepted for each in looked_at),
            ignored=sum(each.ignored for each in looked_at),
        )
        checked: list[Checked] = []
        for account in self.accounts:
            checked += account.found.checked
        return Ending(
            summary=findings_summary(self._findings(), total),
            problems=self.problems,
            page=list(self._page()),
            verdict=self._verdict(),
            span=self.head.span or Span(),
            checked=checked,
        )

    def _findings(self) -> list[Finding]:
        return [finding for account in self.accounts for finding in account.found.findings]

    def _counts(self, severity: Severity) -> list[int]:
        return [
            sum(finding.severity is severity for finding in account.found.findings)
            for account in self.accounts
        ]

    def _page(self) -> Iterator[Block]:
        for account in self.accounts:
            ending = account.found.document().ending()
            tone = Tone.WARN if account.name.protected else Tone.HEADING
            yield Note(f"{account.name.with_profile()}: {ending.verdict}", tone)
            yield from ending.page

    def _verdict(self) -> str:
        read = len(self.accounts)
        errors, warnings = self._counts(Severity.ERROR), self._counts(Severity.WARNING)
        sick = sum(map(bool, errors))
        told = f"{plural(sum(errors), 'error')} and {plural(sum(warnings), 'warning')}"
        words = f"{told} in {plural(read, 'account')}, {sick} with errors"
        missing = self.asked - read
        return (
            f"{words}; {plural(missing, 'account')} could not be read." if missing else f"{words}."
        )
