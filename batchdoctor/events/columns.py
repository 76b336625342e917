"""The columns of a table of events, by whatever names its query gave them.

The sample queries of the documentation rename columns and leave the operation name out.
Source: https://learn.microsoft.com/azure/batch/batch-diagnostics
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

# What is left of a column's name in small letters -> how the table AzureDiagnostics spells it.
_SPELLED = {
    "operationname": "OperationName",
    "operation": "OperationName",
    "eventname": "OperationName",
    "timegenerated": "TimeGenerated",
    "time": "TimeGenerated",
    "timestamp": "TimeGenerated",
    "jobid": "jobId_s",
    "job": "jobId_s",
    "taskid": "id_s",
    "task": "id_s",
    "id": "id_s",
    "nodeinfopoolid": "nodeInfo_poolId_s",
    "poolid": "nodeInfo_poolId_s",
    "pool": "nodeInfo_poolId_s",
    "nodeinfonodeid": "nodeInfo_nodeId_s",
    "nodeid": "nodeInfo_nodeId_s",
    "node": "nodeInfo_nodeId_s",
    "executioninfoexitcode": "executionInfo_exitCode_d",
    "exitcode": "executionInfo_exitCode_d",
    "executioninforesult": "executionInfo_result_s",
    "result": "executionInfo_result_s",
    "executioninfostarttime": "executionInfo_startTime_t",
    "executioninfoendtime": "executionInfo_endTime_t",
    "executioninforetrycount": "executionInfo_retryCount_d",
    "retrycount": "executionInfo_retryCount_d",
    "executioninforequeuecount": "executionInfo_requeueCount_d",
    "requeuecount": "executionInfo_requeueCount_d",
    "systemtaskversion": "systemTaskVersion_d",
}
# A renamed start or end is one of an attempt only in a table of attempts.
_SPELLED_OF_TASKS = {
    "starttime": "executionInfo_startTime_t",
    "endtime": "executionInfo_endTime_t",
    "code": "executionInfo_schedulingError_code_s",
    "errorcode": "executionInfo_schedulingError_code_s",
    "failurecode": "executionInfo_schedulingError_code_s",
    "message": "executionInfo_schedulingError_message_s",
    "errormessage": "executionInfo_schedulingError_message_s",
}
_ZONE = re.compile(r"\s*\[([^\]]*)\]$")
_TYPE = re.compile(r"_[sdtbg]$", re.IGNORECASE)
_DELIMITERS = (",", ";", "\t", "|")
# Columns that hold whole events, in small letters: what collectors and queues export.
_WHOLE = frozenset({"raw", "rawdata", "body", "message", "records", "properties", "event", "data"})
# So many known columns make a line the head of a table of Batch events.
_FEWEST_KNOWN = 2

# Characters in the names of all columns of a row.
_LONGEST_REMEMBERED = 16 * 1024

OPERATION = "OperationName"
_ENDS = ("executionInfo_exitCode_d", "executionInfo_result_s")


class Columns(msgspec.Struct, frozen=True):
    """The names of a table's columns, those that are known as AzureDiagnostics spells them.

    `zoned` are the columns of times that are not in UTC, as far as their names say.
    """

    names: tuple[str, ...]
    times: frozenset[str]
    zoned: tuple[str, ...]

    @property
    def missing(self) -> str | None:
        """The column without which no event can be made of a row; None if there are enough."""
        if OPERATION in self.names:
            return None
        tells_end = any(name in self.names for name in _ENDS)
        if {"jobId_s", "id_s"} <= set(self.names) and tells_end:
            return None
        return OPERATION


def columns_of(cells: tuple[str, ...]) -> Columns:
    """Read a line of column names."""
    # What is remembered must not grow with the names that a damaged log may hold.
    remembered = sum(map(len, cells)) <= _LONGEST_REMEMBERED
    return _columns(cells) if remembered else _columns.__wrapped__(cells)


@lru_cache(maxsize=64)
def _columns(cells: tuple[str, ...]) -> Columns:
    plain = [_ZONE.sub("", cell.strip().strip("\ufeff")) for cell in cells]
    zones = [_ZONE.search(cell.strip()) for cell in cells]
    known = _known(plain)
    names = tuple(known.get(index, name) for index, name in enumerate(plain))
    zoned = tuple(
        cell.strip()
        for cell, zone in zip(cells, zones, strict=True)
        if zone and zone[1].strip().upper() not in {"UTC", "GMT", "Z"}
    )
    times = frozenset(
        name
        for name, zone in zip(names, zones, strict=True)
        if zone or name.endswith("_t") or name in {"TimeGenerated", "time"}
    )
    return Columns(names, times, zoned)


def _known(plain: Sequence[str]) -> dict[int, str]:
    """Columns by other names than their own, where their own is not there."""
    taken = set(plain)
    found: dict[int, str] = {}
    words = [_word(name) for name in plain]
    named = {_SPELLED.get(word) for word in words}
    tasks = {"jobId_s", "id_s"} <= named
    spelled = {**_SPELLED, **(_SPELLED_OF_TASKS if tasks else {})}
    for index, word in enumerate(words):
        name = spelled.get(word)
        # `id` is a task's only beside a job, and not where `taskId` is there too.
        if name == "id_s" and (not tasks or (word == "id" and {"taskid", "task"} & {*words})):
            continue
        if name is not None and name not in taken:
            taken.add(name)
            found[index] = name
    return found


def _word(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _TYPE.sub("", name).lower())


def delimiter_of(header: str) -> str:
    """What stands between the columns of a table, judged by the line of their names."""
    return max(_DELIMITERS, key=header.count)


def is_header(line: bytes) -> bool:
    """Whether a line may name the columns of a table of Batch events."""
    text = line[: 64 * 1024].decode("utf-8", "replace").lstrip("\ufeff").strip()
    if not text or text[0] in "{[<":
        return False
    cells = [cell.strip().strip('"') for cell in text.split(delimiter_of(text))]
    if len(cells) < _FEWEST_KNOWN or any(len(cell) > 128 for cell in cells):  # noqa: PLR2004
        return False
    words = {_word(_ZONE.sub("", cell)) for cell in cells}
    # A line of a log has no word twice, and none that is a number.
    known = words & (_SPELLED.keys() | _SPELLED_OF_TASKS.keys() | _WHOLE)
    return OPERATION.lower() in words or len(known) >= _FEWEST_KNOWN
