"""Keeps a JSON value below a length: long texts, lists and tables lose their less telling part."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

# Of these the last entries tell most, of everything else the first.
_ENDS_MATTER = {"stderr", "lines"}


class _Room(NamedTuple):
    """How much is kept: characters of a text, entries of a list or a table."""

    characters: int
    entries: int


# Tried one after the other, until the value is short enough.
_ROOMS = (_Room(2000, 400), _Room(800, 40), _Room(400, 20), _Room(200, 8), _Room(80, 3))


class Shortened(NamedTuple):
    """A value that is short enough, and of which of its parts something was left out."""

    value: Any
    left_out: tuple[str, ...]


def length_of(value: object) -> int:
    """How many characters a value takes as JSON."""
    return len(msgspec.json.encode(value).decode())


def shortened(value: Any, most: int, name: str = "") -> Shortened:
    """`value` in `most` characters of JSON, unless it has more keys than fit even so.

    What was left out is told by `name` and the keys that lead there, as in `codes: 40 of 212`.
    """
    if length_of(value) <= most:
        return Shortened(value, ())
    for room in _ROOMS:
        left_out: list[str] = []
        kept = _within(value, room, name, left_out)
        if length_of(kept) <= most:
            break
    return Shortened(kept, tuple(left_out))


def _within(value: Any, room: _Room, name: str, left_out: list[str]) -> Any:
    match value:
        case str() if len(value) > room.characters:
            left_out.append(f"{name}: {room.characters:,} of {len(value):,} characters")
            return value[: room.characters] + "…"
        case list():
            kept = value[-room.entries :] if _key(name) in _ENDS_MATTER else value[: room.entries]
            _tell(len(kept), len(value), name, left_out)
            return [_within(each, room, name, left_out) for each in kept]
        case dict():
            pairs = list(value.items())[: room.entries if name and _is_table(value) else None]
            _tell(len(pairs), len(value), name, left_out)
            return {key: _within(each, room, _below(name, key), left_out) for key, each in pairs}
        case _:
            return value


def _is_table(value: dict[str, Any]) -> bool:
    """Whether it counts by id or code, the largest first, and is no struct with keys of its own."""
    return all(isinstance(each, int | float) for each in value.values())


def _tell(kept: int, there: int, name: str, left_out: list[str]) -> None:
    if kept < there:
        left_out.append(f"{name}: {kept:,} of {there:,}")


def _below(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key


def _key(name: str) -> str:
    return name.rpartition(".")[2]
