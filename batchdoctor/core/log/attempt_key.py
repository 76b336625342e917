"""What attempts are called while a log is read, and how two tellings of one become one."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from batchdoctor.core.log.attempt import (
    EVENTS,
    LOOSE,
    PLACE,
    START,
    Names,
    NodeName,
    halves_of,
    join_when,
    when_of,
)

# Number of the task; its kind and system task version in one (see `versioned`); and retry and
# requeue count in one (see `counters`).
Key = tuple[int, int, int]
# What is known of an attempt, and when it ran (see `when_of`).
Recent = tuple[int, int]

_KIND = 32
VERSION = 2**_KIND - 1
RETRIES = 16
REQUEUES = 2**RETRIES - 1


def joined(names: Names, known: Recent | None, packed: int, when: int) -> Recent:
    """What is known of an attempt, with what else is told of it."""
    if known is None:
        return packed, when
    return names.join(known[0], packed), join_when(*known, packed, when)


def stay_together(known: int, packed: int) -> bool:
    """Whether two tellings of an attempt can be joined without losing where a start was."""
    if not (known | packed) & LOOSE:
        return True
    return not (known ^ packed) & PLACE and not (known | packed) & START


def loose_key(key: Key, node: NodeName) -> Key:
    """The key under which a start waits that names no requeue count.

    A number of the node stands where the kind of the task would, which only ends have a use for.
    """
    task, versioned, tag = key
    kind, number = versioned >> _KIND, crc32("\n".join(node).encode("utf-8", "surrogatepass"))
    number &= 0xFFFF
    # Nothing else of the task may be found under this key.
    number ^= number == kind
    return task, number << _KIND | versioned & VERSION, tag & ~REQUEUES


def parts(names: Names, key: Key, packed: int, when: int) -> Iterator[tuple[Key, int, int]]:
    """What is told of an attempt, with a start that names no requeue count on its own."""
    if not packed & LOOSE or packed & EVENTS == LOOSE:
        yield key, packed, when
        return
    begin, end = halves_of(when)
    yield loose_key(key, names.node(packed)), packed & PLACE | LOOSE, when_of(begin, None)
    yield key, packed & ~LOOSE, when_of(begin if packed & START else None, end)
