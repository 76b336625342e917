"""Walks through the hours of a container as they are written: each line of each blob once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from batchdoctor.core.log.followed import Reached
from batchdoctor.events.archive_hours import filed_hours, hour_of
from batchdoctor.events.blocks import Block
from batchdoctor.events.entries import Entry, entries_of_line, overlong
from batchdoctor.events.growing import GrowingBlob, beginning, end_of_last_line
from batchdoctor.events.hourly_blobs import HourBlob, HourlyBlobs
from batchdoctor.events.source import Source

# So long after its end an hour may still be appended to.
LATE = timedelta(hours=1)
# The clock that names the hours may be ahead of ours.
_AHEAD = timedelta(minutes=5)
# Accounts that begin to log later are found within this time.
_FOLDERS_AGAIN = timedelta(minutes=10)


class HourWalk:
    """All before `hour` was given; of later blobs what `reached` says, and else nothing."""

    def __init__(
        self,
        blobs: HourlyBlobs,
        now: Callable[[], datetime],
        hour: datetime,
        reached: Mapping[str, Reached],
    ) -> None:
        self._blobs = blobs
        self._now = now
        self.hour = hour
        self._growing = {
            name: GrowingBlob(self._reader(name), at.offset, at.number)
            for name, at in reached.items()
        }
        self._folders: list[str] = []
        self._looked: datetime | None = None

    @property
    def reached(self) -> dict[str, Reached]:
        """How much of each blob was given."""
        return {name: Reached(each.offset, each.number) for name, each in self._growing.items()}

    def skip(self) -> None:
        """Take what is there for given."""
        for blob in self._listed(self.hour):
            read = self._reader(blob.name)
            self._growing[blob.name] = GrowingBlob(read, end_of_last_line(read, blob.size))

    def given(self, since: datetime) -> Iterator[tuple[HourBlob, Source]]:
        """What was given of the blobs of the hours since then, each as a source."""
        for blob in self._listed(min(since, self.hour)):
            growing = self._growing.get(blob.name)
            known = min(growing.offset, blob.size) if growing else 0
            size = blob.size if blob.hour < self.hour else known
            if size and blob.hour >= since:
                opener = partial(beginning, self._reader(blob.name), size)
                yield blob, Source(blob.name, opener=opener)

    def new(self) -> Iterator[tuple[HourBlob, Iterator[Entry]]]:
        """The entries that were written since, blob by blob, each to be taken before the next."""
        for blob in self._listed(self.hour):
            growing = self._growing.get(blob.name)
            if growing is None:
                growing = self._growing[blob.name] = GrowingBlob(self._reader(blob.name))
            yield blob, _entries(blob, growing)

    def close(self) -> None:
        """Look no more into hours that are over for so long that nobody appends to them."""
        self.hour = max(self.hour, hour_of(self._now() - LATE))
        for name in list(self._growing):
            filed = filed_hours(name)
            if filed is None or filed[0] < self.hour:
                del self._growing[name]

    def _listed(self, since: datetime) -> Iterator[HourBlob]:
        now = self._now()
        if self._looked is None or not self._folders or now - self._looked >= _FOLDERS_AGAIN:
            self._folders, self._looked = self._blobs.folders(), now
        for folder in self._folders:
            yield from self._blobs.hours(folder, since, now + _AHEAD)

    def _reader(self, name: str) -> Callable[[int, int], bytes]:
        return partial(self._blobs.read, name)


def _entries(blob: HourBlob, growing: GrowingBlob) -> Iterator[Entry]:
    for line in growing.lines(blob.size):
        at, number = growing.offset, growing.number
        if line is None:
            yield overlong(Block(b"", at, number, 1, overlong=True), blob.name)
        else:
            yield from entries_of_line(line, blob.name, at, number)
