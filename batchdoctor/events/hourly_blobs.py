"""A container whose blobs are filed by the hour: what is there for some hours, and parts of it.

Azure Monitor appends to the blob of the current hour, and begins a new one with the next:
`resourceId=/.../y=2026/m=11/d=28/h=10/m=00/PT1H.json`. A container may hold years of hours, so only
those that are asked for are listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from batchdoctor.errors import NotFoundError
from batchdoctor.events.archive_hours import filed_hours, hour_prefixes
from batchdoctor.events.blobs import HINT, address_of, container_of
from batchdoctor.events.remote_errors import translated

# Deeper than any resource id.
_DEEPEST = 16


class HourBlob(msgspec.Struct, frozen=True):
    """A blob as it was listed: `hour` is when its hour begins, `size` is in bytes."""

    name: str
    size: int
    hour: datetime


class HourlyBlobs:
    """The hours of a container, or of what is below a prefix of it.

    Signed in as `blob_sources` is. Raises errors of access, of names not found, and of the network.
    """

    def __init__(self, url: str, environ: Mapping[str, str]) -> None:
        self._address = address_of(url)
        self._container = container_of(self._address, environ)

    @property
    def name(self) -> str:
        """The address for people, without the signature."""
        return self._address.name

    def is_one_blob(self) -> bool:
        """Whether the URL names a blob, and no container or folder."""
        if not self._address.prefix:
            return False
        blob = self._container.get_blob_client(self._address.prefix)
        try:
            with translated(self.name, HINT):
                blob.get_blob_properties()
        except NotFoundError:
            return False
        return True

    def folders(self) -> list[str]:
        """What stands before `y=` in the names of blobs: a folder for each account that logs."""
        before, years, _ = f"/{self._address.prefix}".partition("/y=")
        waiting, found = [before[1:] + "/" if years and before else before[1:]], []
        with translated(self.name, HINT):
            for _ in range(_DEEPEST):
                below = [each for place in waiting for each in self._below(place)]
                found += [each.rpartition("y=")[0] for each in below if _is_year(each)]
                waiting = [each for each in below if not _is_year(each)]
        return sorted(set(found))

    def _below(self, place: str) -> list[str]:
        entries = self._container.walk_blobs(name_starts_with=place or None, delimiter="/")
        return [entry.name for entry in entries if entry.name.endswith("/")]

    def hours(self, folder: str, begin: datetime, end: datetime) -> Iterator[HourBlob]:
        """The blobs of the hours from that of `begin` to that of `end`, in their order."""
        with translated(self.name, HINT):
            for prefix in hour_prefixes(begin, end):
                for blob in self._container.list_blobs(name_starts_with=folder + prefix):
                    filed = filed_hours(blob.name)
                    if filed is not None and filed[1] > begin and filed[0] <= end:
                        yield HourBlob(blob.name, blob.size, filed[0])

    def read(self, name: str, offset: int, length: int) -> bytes:
        """A part of a blob, which must be there to its end."""
        with translated(self.name, HINT):
            blob = self._container.get_blob_client(name)
            content: bytes = blob.download_blob(offset, length).readall()
            return content


def _is_year(folder: str) -> bool:
    return folder.rstrip("/").rpartition("/")[2].startswith("y=")
