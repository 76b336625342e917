"""Rows of the AzureDiagnostics table become nested bodies again.

The table spells `executionInfo.exitCode` as the column `executionInfo_exitCode_d`: path members
joined by `_`, and a suffix for the type. Columns that no longer fitted are in `AdditionalFields`.

Source: https://learn.microsoft.com/azure/azure-monitor/reference/tables/azurediagnostics
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from batchdoctor.events.fields import Object

_SUFFIXES = ("_s", "_d", "_t", "_b", "_g")
# Only these members hold objects; any other underscore belongs to the name.
_MEMBERS = (
    "executionInfo_schedulingError_",
    "executionInfo_failureInfo_",
    "executionInfo_",
    "nodeInfo_",
    "constraints_",
    "multiInstanceSettings_",
    "schedulingError_",
    "error_",
)
# Characters in the names of all columns of a row.
_LONGEST_REMEMBERED = 16 * 1024
# A field that came in several types has several columns; this is which of them is believed.
_PREFERENCE = {"_t": 0, "_d": 1, "_b": 2, "_s": 3, "_g": 4}


class _Target(msgspec.Struct, frozen=True):
    """Where the value of a column belongs: the objects on the way, and its name there."""

    column: str
    members: tuple[str, ...]
    name: str


def body_of_row(row: Object) -> dict[str, Any]:
    """The nested body of one row; empty cells are left out."""
    whole_body = _decoded(row.get("properties_s")) or {}
    columns = {**_decoded(row.get("AdditionalFields")), **row}
    for target in _targets_of(tuple(columns)):
        value = columns[target.column]
        if value not in (None, ""):
            _place(whole_body, target, value)
    return whole_body


def _targets_of(columns: tuple[str, ...]) -> tuple[_Target, ...]:
    # What is remembered must not grow with the names that a damaged log may hold.
    remembered = sum(map(len, columns)) <= _LONGEST_REMEMBERED
    return _targets(columns) if remembered else _targets.__wrapped__(columns)


# Rows of one export have the same columns, or one of a few sets of them.
@lru_cache(maxsize=64)
def _targets(columns: tuple[str, ...]) -> tuple[_Target, ...]:
    """The columns that are fields of the body; of two for one field, the one believed is last."""
    fields = (name for name in columns if name.endswith(_SUFFIXES) and name != "properties_s")
    ordered = sorted(fields, key=lambda name: _PREFERENCE[name[-2:]], reverse=True)
    return tuple(_target(column) for column in ordered)


def _target(column: str) -> _Target:
    path = column[:-2]
    for member in _MEMBERS:
        if path.startswith(member):
            return _Target(column, tuple(member[:-1].split("_")), path[len(member) :])
    return _Target(column, (), path)


def _decoded(value: Any) -> dict[str, Any]:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, ValueError, RecursionError):
            return {}
    return dict(value) if isinstance(value, dict) else {}


def _place(body: dict[str, Any], target: _Target, value: Any) -> None:
    for member in target.members:
        inner = body.get(member)
        if not isinstance(inner, dict):
            inner = body[member] = {}
        body = inner
    body[target.name] = _pairs(value) if target.name in {"details", "values"} else value


def _pairs(value: Any) -> Any:
    """Lists are kept as text in a column."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
