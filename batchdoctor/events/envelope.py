"""Takes events out of whatever they are wrapped in, told by looking at it.

Known wrappings: a record of a storage account or an event hub (`operationName`, `time`,
`properties`), `{"records": [...]}`, a row of the AzureDiagnostics table, the `{"tables": [...]}` of
the Log Analytics API, none at all; and around any of them what messages, log collectors and
CloudEvents put there, as objects or as text.

Source: https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs-schema
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from batchdoctor.core.log.event import ATTEMPT_EVENTS, KNOWN_EVENTS, Event
from batchdoctor.events.bare import name_of
from batchdoctor.events.body import body_of
from batchdoctor.events.columns import OPERATION, columns_of
from batchdoctor.events.fields import Object, first, inner, moment, text
from batchdoctor.events.flat import body_of_row
from batchdoctor.events.saved_answers import saved_answer

NOT_AN_EVENT = "not an event"
SAVED_ANSWER = "saved answer"
# Where queues, collectors and CloudEvents keep what they carry, in small letters.
_CARRIERS = frozenset(
    {"data", "body", "message", "value", "payload", "content", "contentdata", "$content", "event"}
    | {
        "events",
        "items",
        "log",
        "line",
        "error",
        "msg",
        "raw",
        "_raw",
        "rawdata",
        "_source",
        "hits",
    }
    | {"record", "records", "properties", "result", "results", "text", "textpayload"}
    | {"jsonpayload", "@message", "eventdata", "event_data", "attributes", "original", "values"}
)
_DEEPEST = 6
_PACKED = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
_SHORTEST_PACKED = 64
# Of a time that cannot be read.
_LONGEST_SHOWN = 64
_SPELLED = {name.lower(): name for name in KNOWN_EVENTS}


class UnusableError(Exception):
    """A piece of a log that no event can be made of; `kind` is what it is counted under.

    `hint` says what to do about it, where that is known.
    """

    def __init__(self, kind: str, reason: str, *, hint: str = "") -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.hint = hint


def events_of(value: Any, depth: int = _DEEPEST) -> Iterator[Event | UnusableError]:
    """Every event in a decoded value; what is unusable is yielded as the error that says why."""
    if isinstance(value, str):
        value = _json_in(value)
    if isinstance(value, list):
        for item in value:
            nested = isinstance(item, dict | str | list) and depth > 0
            yield from events_of(item, depth - 1) if nested else _no_event(item)
    elif not isinstance(value, dict):
        yield from _no_event(value)
    elif isinstance(value.get("records"), list) and not _is_record(value):
        yield from events_of(value["records"], depth)
    elif isinstance(value.get("value"), list) and value["value"] and not _is_record(value):
        yield from events_of(value["value"], depth)
    elif isinstance(value.get("tables"), list) and not _is_record(value):
        for table in value["tables"]:
            yield from _table(inner(table))
    else:
        try:
            yield event_of(value)
        except UnusableError as error:
            yield from _wrapped(value, error, depth)


def carries(names: Sequence[str]) -> bool:
    """Whether one of the columns of a table may hold whole events."""
    return any(name.lower() in _CARRIERS for name in names)


def _wrapped(value: Object, error: UnusableError, depth: int) -> Iterator[Event | UnusableError]:
    """What is in the parts of an object that may carry events; the error if there is nothing."""
    parts = [_carried(part) for name, part in value.items() if name.lower() in _CARRIERS]
    found = [part for part in parts if isinstance(part, dict | list) and part]
    if error.kind != NOT_AN_EVENT or not found or depth <= 0:
        yield error
        return
    for part in found:
        yield from events_of(part, depth - 1)


def _carried(part: Any) -> Any:
    return _json_in(part) if isinstance(part, str) else part


def _json_in(words: str) -> Any:
    """What a text encodes, as JSON or as JSON in base64; the text itself if it is neither."""
    start = words.lstrip()[:1]
    try:
        if start in {"{", "["}:
            return msgspec.json.decode(words)
        if len(words) >= _SHORTEST_PACKED and _PACKED.fullmatch(words):
            return msgspec.json.decode(b64decode(words, validate=False))
    except (msgspec.DecodeError, ValueError, RecursionError):
        pass
    return words


def _is_record(value: Object) -> bool:
    """Whether an object is a record, whatever else it has."""
    return "operationName" in value and "time" in value and "properties" in value


def row_of(columns: Sequence[str], cells: Any) -> dict[str, Any]:
    """A row of a table by the names of its columns."""
    return dict(zip(columns, cells, strict=False)) if isinstance(cells, list) else {}


def column_names(columns: Any) -> list[str]:
    """Names of the columns of a table of the Log Analytics API."""
    described = columns if isinstance(columns, list) else []
    return [text(inner(column).get("name")) or "" for column in described]


def event_of(source: Object) -> Event:
    """Make one event of one object.

    Raises UnusableError when it is none, or one of a task without job or task id.
    """
    if _is_row(source) and not _is_record(source):
        event = _from_row(source)
    elif "operationName" in source:
        event = _from_record(source)
    else:
        event = _from_body(source)
    body = event.properties
    if event.operation_name in ATTEMPT_EVENTS and not (body.job_id and body.id):
        raise UnusableError("event without ids", f"{event.operation_name} without job or task id")
    return event


def _from_record(source: Object) -> Event:
    body = source.get("properties")
    if isinstance(body, str):
        body = _encoded(body)
    return _event(
        text(source.get("operationName")),
        source.get("time"),
        body if isinstance(body, dict) else {},
        text(source.get("category")),
        text(source.get("resourceId")),
    )


def _is_row(source: Object) -> bool:
    """Whether an object is a row of a table: flat, and with the time that all tables have."""
    if OPERATION in source:
        return True
    return "TimeGenerated" in source and not any(isinstance(v, dict) for v in source.values())


def _from_row(source: Object) -> Event:
    columns = columns_of(tuple(source))
    row = dict(zip(columns.names, source.values(), strict=True))
    if columns.missing is not None:
        reason = f"a row of a table whose column {columns.missing} is missing"
        raise UnusableError(NOT_AN_EVENT, reason)
    body = body_of_row(row)
    return _event(
        text(row[OPERATION]) if OPERATION in row else _told_by_end(body),
        first(row, "TimeGenerated", "time"),
        body,
        text(row.get("Category")),
        text(first(row, "ResourceId", "_ResourceId")),
    )


def _told_by_end(body: Object) -> str | None:
    """The name of the event of a row without one. Raises UnusableError where nothing tells it."""
    execution = inner(body.get("executionInfo"))
    if not any(execution.get(name) not in (None, "") for name in ("exitCode", "result")):
        raise UnusableError("event of unknown kind", "no operation name, exit code or result")
    return name_of(body)


def _from_body(source: Object) -> Event:
    answer = saved_answer(source)
    if answer is not None:
        reason = f"{answer.what} as the service or az tells it"
        raise UnusableError(SAVED_ANSWER, reason, hint=answer.hint)
    name = name_of(source)
    if name is None:
        raise UnusableError(NOT_AN_EVENT, "an object that is no event of Azure Batch")
    execution = inner(source.get("executionInfo"))
    time = first(execution, "endTime", "startTime") or first(
        source, "timestamp", "endTime", "startTime"
    )
    return _event(name, time, dict(source), None, None)


def _event(
    name: str | None, time: Any, body: dict[str, Any], category: str | None, resource: str | None
) -> Event:
    if not name:
        raise UnusableError(NOT_AN_EVENT, "its operation name is no text")
    when = moment(time)
    return Event(
        operation_name=_SPELLED.get(name.lower(), name),
        time=when,
        unread_time=None if when or time in (None, "") else str(time)[:_LONGEST_SHOWN],
        properties=body_of(body),
        category=category,
        resource_id=resource,
        body=body,
    )


def _encoded(body: str) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UnusableError("properties not JSON", f"its encoded properties: {error}") from None


def _table(table: Object) -> Iterator[Event | UnusableError]:
    columns = column_names(table.get("columns"))
    rows = table.get("rows")
    for cells in rows if isinstance(rows, list) else []:
        yield from events_of(row_of(columns, cells))


def _no_event(value: Any) -> Iterator[UnusableError]:
    yield UnusableError(NOT_AN_EVENT, f"a {type(value).__name__} where an event should be")
