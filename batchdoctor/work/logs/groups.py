"""Logs in groups that are counted by themselves: neighbouring files, and the days of containers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from batchdoctor.errors import UsageError
from batchdoctor.events.blobs import address_of, signature_of, stored_logs
from batchdoctor.events.days import days_of
from batchdoctor.events.places import sources_of
from batchdoctor.events.selection import Selection
from batchdoctor.events.shares import size_of
from batchdoctor.work.logs.mapping import told_apart

# So many bytes of small files make a group.
FULL = 64 * 1024 * 1024
# To one who asks at the end of time no hour grows any more.
_ALL_OVER = datetime.max.replace(tzinfo=UTC)


class Group(msgspec.Struct, frozen=True):
    """Paths that are counted together; their signatures are not for logs of a cluster."""

    paths: Sequence[str]

    def __repr__(self) -> str:
        return f"Group of {len(self.paths)} paths"


def groups_of(paths: Sequence[str], selection: Selection) -> list[Group]:
    """Every log that the paths name, in one group each.

    Raises UsageError for standard input, and InputError as reading them would.
    """
    if "-" in paths:
        raise UsageError("Standard input cannot be shared.", hint="name files or containers")
    stored = [path for path in paths if path.startswith(("https://", "http://"))]
    files = [path for path in paths if path not in stored]
    return [*_of_files(files, selection), *(g for url in stored for g in _of_blobs(url, selection))]


def _of_files(paths: Sequence[str], selection: Selection) -> Iterator[Group]:
    group: list[str] = []
    size = 0
    found = told_apart(sources_of(paths, selection.since, selection.until))
    for source in found.values():
        group.append(str(source.path) if source.path else source.name)
        size += size_of(source)
        if size >= FULL:
            yield Group(group)
            group, size = [], 0
    if group:
        yield Group(group)


def _of_blobs(url: str, selection: Selection) -> Iterator[Group]:
    address = address_of(url)
    blobs = stored_logs(address, os.environ, selection.since, selection.until)
    signed = msgspec.structs.replace(address, signature=signature_of(address, os.environ))
    for day in days_of(blobs, address.prefix, _ALL_OVER).days:
        yield Group([signed.of(prefix).signed_url for prefix in day.prefixes])
