"""What is in a bundle: each part with its size and checksum, and what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from batchdoctor.core.names import folded

NAME = "manifest.json"
FORMAT = 1
PROGRAM = "batchdoctor bundle"

# Of a list that could not be read to its end, anything may be missing.
UNREAD = "unread"
# Of the jobs those are missing that ended before a time, which follows.
ENDED_BEFORE = "ended-before:"

Key = tuple[str, ...]


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One part of a bundle.

    `kind` and `of` say what it holds: `tasks` of a job, `nodes` of a pool, `content` of a file.
    `missing` are sorts of documents that the list has and the bundle does not: `all`, `succeeded`,
    `active`, `running`, `unread`, `ended-before:TIME`. Of a file, `start` is the first byte kept,
    `size` its length.
    """

    path: str
    kind: str
    of: tuple[str, ...] = ()
    count: int = 0
    bytes: int = 0
    sha256: str = ""
    missing: tuple[str, ...] = ()
    start: int = 0
    size: int = 0
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What tells it from other parts; ids compare without case."""
        return (self.kind, *(folded(name) for name in self.of))


class LeftOut(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is not in a bundle, and why."""

    what: str
    why: str


class Manifest(msgspec.Struct, kw_only=True, rename="camel"):
    """The table of a bundle's parts, and how it was made. Times are in UTC."""

    program: str = PROGRAM
    format: int = FORMAT
    version: str
    account: str
    endpoint: str
    taken_at: datetime
    since: datetime | None = None
    jobs: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    complete: bool = True
    made_up_ids: bool = False
    parts: list[Part] = msgspec.field(default_factory=list)
    left_out: list[LeftOut] = msgspec.field(default_factory=list)
    masked: dict[str, int] = msgspec.field(default_factory=dict)
    settings: dict[str, str] = msgspec.field(default_factory=dict)
