"""What is known of the account and the way in to it, as a document: one item a check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from batchdoctor.core.changes import Check, CheckOutcome
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending, Item
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column, Pairs, Tone

KEYS = ("check", "outcome", "message", "hint")
_TONES = {
    CheckOutcome.OK: Tone.GOOD,
    CheckOutcome.FAILED: Tone.BAD,
    CheckOutcome.SKIPPED: Tone.QUIET,
    CheckOutcome.WARNING: Tone.WARN,
}


class AuthReport(msgspec.Struct):
    """The answer of `auth check`; `facts` fill up while the checks run."""

    head: Head
    settings: Sequence[tuple[str, str]]
    checks: Iterator[Check]
    facts: Mapping[str, object]
    failed: int = 0
    warned: int = 0
    _seen: list[str] = msgspec.field(default_factory=list)

    def document(self) -> Document:
        """Every check as an item, as soon as it is done."""
        return Document(
            head=self.head,
            keys=KEYS,
            items=map(self._item, self.checks),
            ending=self._ending,
            name_of=lambda item: str(item["check"]),
            columns=(
                Column(
                    "OUTCOME",
                    lambda item: str(item["outcome"]),
                    tone_of=lambda word: _TONES[CheckOutcome(word)],
                ),
                Column("CHECK", lambda item: str(item["check"])),
                Column("MESSAGE", lambda item: str(item["message"]), lead=False),
            ),
        )

    def _item(self, check: Check) -> Item:
        self.failed += check.outcome is CheckOutcome.FAILED
        self.warned += check.outcome is CheckOutcome.WARNING
        return {
            "check": check.name,
            "outcome": check.outcome.value,
            "message": check.message,
            "hint": check.hint,
        }

    def _ending(self) -> Ending:
        page: list[Block] = [Pairs(list(self.settings), title="Where each setting came from")]
        return Ending(
            summary={**self.facts, "failed": self.failed, "warnings": self.warned},
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
