"""Rows of the AzureDiagnostics table become nested bodies again.

The table spells `executionInfo.exitCode` as the column `executionInfo_exitCode_d`: path members
joined by `_`, and a suffix for the type. Columns that no longer fitted are in `AdditionalFields`.

Source: https://learn.microsoft.com/azure/azure-monitor/reference/tables/azurediagnostics
"""

from __future__ import annotations

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
# A field that came in several types has several columns; this is which of them is believed.
_PREFERENCE = {"_t": 0, "_d": 1, "_b": 2, "_s": 3, "_g": 4}


def body_of_row(row: Object) -> dict[str, Any]:
    """The nested body of one row; empty cells are left out."""
    whole_body = _decoded(row.get("properties_s")) or {}
    columns = {**_decoded(row.get("AdditionalFields")), **row}
    for column in sorted(columns, key=lambda name: _PREFERENCE.get(name[-2:], 9), reverse=True):
        value = columns[column]
        if column.endswith(_SUFFIXES) and column != "properties_s" and value not in (None, ""):
            _place(whole_body, column[:-2], value)
    return whole_body


def _decoded(value: Any) -> dict[str, Any]:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, ValueError, RecursionError):
            return {}
    return dict(value) if isinstance(value, dict) else {}


def _place(body: dict[str, Any], path: str, value: Any) -> None:
    for member in _MEMBERS:
        if path.startswith(member):
            for name in member[:-1].split("_"):
                inner = body.get(name)
                if not isinstance(inner, dict):
                    inner = body[name] = {}
                body = inner
            path = path[len(member) :]
            break
    if path in {"details", "values"}:
        value = _pairs(value)
    body[path] = value


def _pairs(value: Any) -> Any:
    """Lists are kept as text in a column."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
