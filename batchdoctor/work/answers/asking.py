"""Who asks an account: its client, the surroundings, and the settings of the one who asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from batchdoctor.core.answer import Answer
from batchdoctor.core.checked import LAST_DAY, Checked, Span, last_day
from batchdoctor.core.item import Item
from batchdoctor.errors import UsageError
from batchdoctor.service.client import Client
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.folders import state_folder
from batchdoctor.work.messages import messages_for
from batchdoctor.work.reading.reading import Reading
from batchdoctor.work.surroundings import Quiet

ItemT = TypeVar("ItemT", bound=msgspec.Struct)
Since = datetime | timedelta | None


class Asking(msgspec.Struct, frozen=True):
    """One who asks an account, and asks again; each answer has the notes of its own making."""

    client: Client
    outside: Quiet
    environ: Mapping[str, str]
    taken_from: str | None = None
    """What was recorded answers, and not an account: nothing can be changed."""
    logs: Sequence[str] = ()
    """The event logs that were taken along with it."""
    begins: datetime | None = None
    """From when on what was recorded has the jobs that ended; None for all of them."""

    @property
    def host(self) -> str:
        """The account's host, as documents name it."""
        return self.client.account.host

    def reading(self) -> Reading:
        """Begin an answer."""
        self.outside.notes.clear()
        return Reading(self.outside, self.client, messages=messages_for(self.environ))

    def journal(self, *, to_write: bool = False) -> Journal:
        """The journal of this user's changes to the account.

        Raises UsageError for one that is `to_write` and cannot be written to, and where nothing
        can be changed.
        """
        if to_write and self.taken_from:
            raise UsageError(f"Nothing was done: {self.taken_from} is no account.")
        journal = Journal(self.outside, state_folder(self.environ), self.host)
        return journal.require() if to_write else journal

    def moment(self, since: Since) -> datetime | None:
        """A moment, or one so long before now; `LAST_DAY` as far as what was recorded goes back."""
        if since is LAST_DAY:
            return last_day(self.outside.now(), self.begins)
        return self.outside.now() - since if isinstance(since, timedelta) else since

    def answer(
        self,
        reading: Reading,
        items: Iterable[ItemT],
        summary: Item | None = None,
        *,
        span: Span | None = None,
        checked: Sequence[Checked] = (),
    ) -> Answer[ItemT]:
        """End an answer: take its items, and what could not be read meanwhile."""
        found = list(items)
        reading.finish()
        return Answer(
            items=found,
            summary=summary,
            problems=list(reading.problems),
            notes=tuple(self.outside.notes),
            span=span or Span(),
            checked=tuple(checked),
        )
