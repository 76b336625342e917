"""What is known of the account and the way in to it, as a document: one item a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.sign_in import Check, CheckOutcome, SignInSummary
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column, Pairs, Tone

_TONES = {
    CheckOutcome.OK: Tone.GOOD,
    CheckOutcome.FAILED: Tone.BAD,
    CheckOutcome.SKIPPED: Tone.QUIET,
    CheckOutcome.WARNING: Tone.WARN,
}


def _told(check: Check) -> str:
    """What was found, and what to do about it."""
    return f"{check.message}. {check.hint}" if check.hint else check.message


class AuthReport(msgspec.Struct):
    """The answer of `auth check`; `facts` are known when the checks have run."""

    head: Head
    settings: Sequence[tuple[str, str]]
    checks: Iterator[Check]
    facts: Callable[[], SignInSummary]
    failed: int = 0
    warned: int = 0
    _seen: list[str] = msgspec.field(default_factory=list)

    def document(self) -> Document[Check]:
        """Every check as an item, as soon as it is done."""
        return Document(
            head=self.head,
            item_type=Check,
            items=self._counted(),
            ending=self._ending,
            name_of=lambda item: item.name,
            columns=(
                Column(
                    "OUTCOME",
                    lambda item: item.outcome.value,
                    tone_of=lambda word: _TONES[CheckOutcome(word)],
                ),
                Column("CHECK", lambda item: item.name),
                Column("MESSAGE", _told, lead=False),
            ),
        )

    def _counted(self) -> Iterator[Check]:
        for check in self.checks:
            self.failed += check.outcome is CheckOutcome.FAILED
            self.warned += check.outcome is CheckOutcome.WARNING
            yield check

    def _ending(self) -> Ending:
        page: list[Block] = [Pairs(list(self.settings), title="Where each setting came from")]
        return Ending(
            summary=replace(self.facts(), failed=self.failed, warnings=self.warned),
            problems=(),
            page=page,
            verdict=self._verdict(),
        )

    def _verdict(self) -> str:
        if self.failed:
            return f"{plural(self.failed, 'check')} failed."
        return (
            "The account can be used." if not self.warned else "The account can be used, with care."
        )
