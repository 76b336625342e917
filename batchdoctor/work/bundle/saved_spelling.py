"""Undoes what az and shells change in the service's answers when they save them."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

# az's names for members whose own name is one of its library's.
_NAMES = {"valuesProperty": "values"}
# Times that az writes as its language does, and the service as ISO 8601 durations.
_SPAN = re.compile(r"(?:(\d+) days?, )?(\d{1,2}):(\d\d):(\d\d(?:\.\d{1,7})?)")
_SPANS = frozenset({"maxWallClockTime", "retentionTime", "resizeTimeout", "recurrenceInterval"})
_SPANS |= {"autoScaleEvaluationInterval", "startWindow"}
_BETWEEN = " \t\r\n,"


def as_sent(value: Any) -> Any:
    """A record as the service sends it."""
    if isinstance(value, list):
        return [as_sent(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        _NAMES.get(name, name): _duration(each) if name in _SPANS else as_sent(each)
        for name, each in value.items()
    }


def _duration(value: Any) -> Any:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    days, hours, minutes, seconds = found.groups()
    return f"P{days or 0}DT{hours}H{minutes}M{seconds}S"


def as_utf8(data: bytes) -> bytes:
    """What a Windows shell saved as UTF-16, or with a mark in front, as plain UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(codecs.BOM_UTF8)


def values(data: bytes) -> Iterator[Any]:
    """The JSON values of a file, one after the other. Raises ValueError for what is not JSON."""
    text, at = data.decode().strip(), 0
    decoder = json.JSONDecoder()
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value
        while at < len(text) and text[at] in _BETWEEN:
            at += 1
