"""The words of a request: escaped paths, OData filters, and which properties to ask for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from batchdoctor.core.records import Record
from batchdoctor.errors import UsageError

API_VERSION = "2025-06-01"
LARGEST_PAGE = "1000"


def path(*segments: str) -> str:
    """Join path segments, each escaped whole: an id can hold no slash that counts.

    Raises `UsageError` for an empty segment and for `.` and `..`, which URL libraries resolve.
    """
    for segment in segments:
        if segment in {"", ".", ".."}:
            raise UsageError(f"{segment!r} cannot be an id or the path of a file.")
    return "".join("/" + quote(_in_unicode(segment), safe="") for segment in segments)


def _in_unicode(value: str) -> str:
    """The same text. Raises `UsageError` for bytes of a command line that are no UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"{value!r} cannot be an id or the path of a file: it is not in UTF-8.",
            hint="type it in UTF-8, or copy it from what a list shows",
        ) from None
    return value


def parameters(
    *, where: str | None = None, select: str | None = None, paged: bool = False
) -> dict[str, str]:
    """Build the query of a read."""
    query = {"api-version": API_VERSION}
    if paged:
        query["maxresults"] = LARGEST_PAGE
    if where:
        query["$filter"] = where
    if select:
        query["$select"] = select
    return query


def properties_of(record: type[Record], *, without: Iterable[str] = ()) -> str:
    """List the wire names of a record's fields, for `$select`: what we hold is what we ask for."""
    left_out = set(without)
    names = (field.encode_name for field in msgspec.structs.fields(record))
    return ",".join(name for name in names if name not in left_out)


def text(value: str) -> str:
    """Quote a string for a filter; a quote inside is doubled."""
    return "'" + _in_unicode(value).replace("'", "''") + "'"


def utc(value: datetime) -> str:
    """Write a time for a body, in whole seconds; a time without a zone is UTC."""
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    # Not strftime, which writes the year 1 with one digit.
    return f"{aware.replace(tzinfo=None, microsecond=0).isoformat()}Z"


def moment(value: datetime) -> str:
    """Write a time for a filter; a time without a zone is UTC."""
    return f"DateTime'{utc(value)}'"


def any_of(name: str, values: Iterable[str]) -> str:
    """Build `(name eq 'a' or name eq 'b')`; empty without values."""
    terms = [f"{name} eq {text(value)}" for value in values]
    return f"({' or '.join(terms)})" if len(terms) > 1 else "".join(terms)


def all_of(*terms: str) -> str | None:
    """Join the terms that are not empty with `and`; None when all are."""
    return " and ".join(term for term in terms if term) or None
