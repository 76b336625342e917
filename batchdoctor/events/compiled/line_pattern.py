"""Finds the places in which a line may differ from others and still say the same of other tasks.

Such places are gaps in a pattern: the contents of JSON strings, and one number. What a gap is for
is not guessed from its name: something else is put into it, and the decoder says what that changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from batchdoctor.core.log.event import CountedNode, LogRecord
from batchdoctor.events.compiled import _pairs

# Bytes that all lines of a pattern have, and the kind of the gap behind them.
Parts = tuple[tuple[bytes, int], ...]

# Members that are different in almost every line, with a plain text or digits as their value.
_GAP = re.compile(
    rb'"(time|jobId|id|systemTaskVersion|poolId|nodeId|startTime|endTime|scheduledTime'
    rb'|correlationId|message|value)"\s*:\s*(?:"([^"\\\x00-\x1f]*)"|(\d+))'
)
_TEXT, _DIGITS = 2, 3
_DECODE = msgspec.json.Decoder(LogRecord).decode

_OTHER_TEXT = "another-text"
_OTHER_VERSION = 4_000_000_001
_OTHER_TIME = datetime(1971, 2, 3, 4, 5, 6, tzinfo=UTC)


def _with_body(record: LogRecord, **fields: object) -> LogRecord:
    return msgspec.structs.replace(
        record, properties=msgspec.structs.replace(record.properties, **fields)
    )


def _with_node(record: LogRecord, **fields: object) -> LogRecord:
    node = record.properties.node_info or CountedNode()
    return _with_body(record, node_info=msgspec.structs.replace(node, **fields))


# What is put into a gap of each kind, and how that changes what is decoded.
_TRIALS: dict[int, tuple[bytes, Callable[[LogRecord], LogRecord]]] = {
    _pairs.TIME: (
        b"1971-02-03T04:05:06Z",
        lambda record: msgspec.structs.replace(record, time=_OTHER_TIME),
    ),
    _pairs.JOB: (_OTHER_TEXT.encode(), lambda record: _with_body(record, job_id=_OTHER_TEXT)),
    _pairs.TASK: (_OTHER_TEXT.encode(), lambda record: _with_body(record, id=_OTHER_TEXT)),
    _pairs.VERSION: (
        str(_OTHER_VERSION).encode(),
        lambda record: _with_body(record, system_task_version=_OTHER_VERSION),
    ),
    _pairs.POOL: (_OTHER_TEXT.encode(), lambda record: _with_node(record, pool_id=_OTHER_TEXT)),
    _pairs.NODE: (_OTHER_TEXT.encode(), lambda record: _with_node(record, node_id=_OTHER_TEXT)),
}
_NO_TRIAL: tuple[bytes, Callable[[LogRecord], LogRecord]] = (
    _OTHER_TEXT.encode(),
    lambda record: record,
)
_KINDS = {
    b"time": _pairs.TIME,
    b"jobId": _pairs.JOB,
    b"id": _pairs.TASK,
    b"systemTaskVersion": _pairs.VERSION,
    b"poolId": _pairs.POOL,
    b"nodeId": _pairs.NODE,
}


def parts_of(line: bytes, record: LogRecord) -> Parts | None:
    """The pattern of a line that this record was decoded from; None if it has none.

    It has one if it tells of a task on a node, and if each gap changes what it should and nothing
    else. Raises what decoding raises, if something like the line cannot be decoded.
    """
    # Without a backslash, a quotation mark begins or ends a string wherever it is.
    if b"\\" in line or len(line) > _pairs.LONGEST_PATTERN:
        return None
    parts: list[tuple[bytes, int]] = []
    at = 0
    for found in _GAP.finditer(line):
        group = _DIGITS if found[_TEXT] is None else _TEXT
        start, end = found.span(group)
        kind = _KINDS.get(found[1], _pairs.ANYTHING)
        other, change = _TRIALS.get(kind, _NO_TRIAL)
        if len(parts) == _pairs.MOST_PARTS - 1:
            return None
        # A member that is given twice or elsewhere, too, does not change what it should.
        if _DECODE(line[:start] + other + line[end:]) != change(record):
            return None
        parts.append((line[at:start], kind))
        at = end
    parts.append((line[at:], _pairs.END))
    needed = sorted(kind for _, kind in parts if kind in _TRIALS)
    return tuple(parts) if needed == sorted(_TRIALS) else None
