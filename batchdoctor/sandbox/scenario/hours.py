"""Hours in the texts of a scenario, such as `{hour-5h}`: told from the moment that it begins."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, TypeVar

from batchdoctor.sandbox.clock import TICKS_PER_SECOND, parse_span, seconds, wire_time

T = TypeVar("T")

_HOUR = re.compile(r"\{hour([+-]\d+[smhd])\}")
_SECONDS = 3600


def with_hours(value: T, now: int) -> T:
    """The same value with all its texts dated, however deep they are.

    An hour is a whole one, written as in the query of a URL (`2026-11-20T22%3A00%3A00Z`).
    """
    return _dated(value, now)  # type: ignore[no-any-return]  # of the type that it was


def _dated(value: Any, now: int) -> Any:
    if isinstance(value, str):
        return _HOUR.sub(lambda found: _hour(now + parse_span(found[1])), value)
    if isinstance(value, dict):
        return {name: _dated(each, now) for name, each in value.items()}
    if isinstance(value, list):
        return [_dated(each, now) for each in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        members = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **_dated(members, now))
    return value


def _hour(moment: int) -> str:
    whole = moment // (_SECONDS * TICKS_PER_SECOND) * seconds(_SECONDS)
    return wire_time(whole).replace(":", "%3A")
