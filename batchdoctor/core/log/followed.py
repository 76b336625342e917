"""How far a container of logs was followed: what a follower that starts again has to know."""

from __future__ import annotations

import msgspec

from batchdoctor.core.item import Moment
from batchdoctor.core.notices.known import Known

VERSION = 1


class Reached(msgspec.Struct, frozen=True):
    """How much of a blob was told: whole lines up to this byte, the next of which has `number`."""

    offset: int
    number: int


class OutputMark(msgspec.Struct, frozen=True):
    """Which file the answer went to, and how long it was when all of it was told."""

    device: int
    inode: int
    size: int


class Followed(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """All before `hour` is told; of later blobs what `reached` says, by name, and else nothing.

    `known` are the suspect nodes that were told of.
    """

    container: str
    hour: Moment
    reached: dict[str, Reached]
    known: tuple[Known, ...] = ()
    output: OutputMark | None = None
    version: int = VERSION
