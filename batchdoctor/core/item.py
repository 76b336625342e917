"""What an item of an answer is: one struct, whose fields are the keys of the machine formats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec.structs import astuple, fields

from batchdoctor.core.text.times import utc_text

# A time of an item, which its schema tells.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Item(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """Base of the items of answers and of their summaries.

    A key is always there, in the order of the fields; what is not known is None. Times are moments
    in UTC, as their source told them.
    """


def encodable(item: msgspec.Struct) -> object:
    """What to hand to a JSON encoder: the item itself, unless a time of it needs rewriting."""
    times = _times_in(type(item))
    if times.deeper:
        return plain(item)
    for name in times.names:
        when = getattr(item, name)
        if when is not None and not _encoded_as_told(when):
            return _with_times_written(item)
    return item


def _with_times_written(item: msgspec.Struct) -> dict[str, object]:
    """The fields of an item, of which the times are text; quicker than `plain`, and no deeper."""
    values = zip(item.__struct_encode_fields__, astuple(item), strict=True)
    return {key: utc_text(each) if isinstance(each, datetime) else each for key, each in values}


def plain(value: object) -> Any:
    """The same value of the types that JSON has, times as `utc_text` writes them."""
    match value:
        case datetime():
            return utc_text(value)
        case msgspec.Struct():
            named = zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True)
            pairs = ((key, getattr(value, name)) for name, key in named)
            return {key: plain(each) for key, each in pairs if each is not msgspec.UNSET}
        case Mapping():
            return {key: plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case _:
            return value


def _encoded_as_told(when: datetime) -> bool:
    """Whether an encoder writes what `utc_text` does: `Z` at the end, and no zeros before it."""
    return when.tzinfo is UTC and (when.microsecond % 10 != 0 or when.microsecond == 0)


class _Times(NamedTuple):
    """The fields of a type that are times, and whether there are others further down."""

    names: tuple[str, ...]
    deeper: bool


@cache
def _times_in(item: type[msgspec.Struct]) -> _Times:
    every = fields(item)
    names = tuple(field.name for field in every if _is_time(field.type))
    others = [field.type for field in every if field.name not in names]
    return _Times(names, any(_holds_time(each) for each in others))


def _is_time(kind: Any) -> bool:
    """Whether it is a time or None, and no list of times."""
    if kind is datetime:
        return True
    return get_origin(kind) in {Annotated, Union, UnionType} and any(map(_is_time, get_args(kind)))


def _holds_time(kind: Any) -> bool:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return any(_holds_time(field.type) for field in fields(kind))
    return kind is datetime or any(_holds_time(each) for each in get_args(kind))
