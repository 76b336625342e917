"""The base of all records, and how names of the service are compared."""

from __future__ import annotations

import msgspec


def same(left: str | None, right: str) -> bool:
    """Whether two names of the service are equal; their case varies between its versions."""
    return left is not None and left.lower() == right.lower()


class Record(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """Base of all records: immutable, and without a place in the garbage collector's lists."""


class Named(Record, frozen=True):
    """Of anything only its id."""

    id: str


class NameValue(Record, frozen=True):
    """One detail of an error."""

    name: str | None = None
    value: str | None = None
