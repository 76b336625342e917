r"""The one gate through which text leaves: no secret passes it, nor what a terminal would obey.

Whoever writes for people or for scripts writes through one of these three: documents, the journal
of changes, errors, notes. Only the bytes of files that somebody asks for go past it.
"""

from __future__ import annotations

import struct

import msgspec

from batchdoctor.core.text.secrets import masked
from batchdoctor.core.text.visible import harmless, visible

_encode = msgspec.json.Encoder().encode


def shown(text: str) -> str:
    """`text` on one line; to be called before it is folded or cut."""
    return visible(masked(text))


def shown_lines(text: str) -> str:
    """Text of several lines, its lines and tabs kept."""
    return harmless(masked(text))


def json_line(value: object) -> str:
    """A value as JSON on one line; no escape changes a value, and a mask breaks no JSON."""
    try:
        text = masked(_encode(value).decode())
    except UnicodeEncodeError:
        text = masked(_encode(_readable(msgspec.to_builtins(value))).decode())
    # Of ASCII the encoder leaves only DEL to be escaped.
    if (text.isascii() and "\x7f" not in text) or text.isprintable():
        return text
    return "".join(map(_escaped, text))


def _readable(value: object) -> object:
    r"""The same with every byte that was no UTF-8 written out, as in the file name `a\xff`."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if isinstance(value, dict):
        return {_readable(key): _readable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(entry) for entry in value]
    return value


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    return "".join(f"\\u{unit:04x}" for unit in _utf16_units(char))


def _utf16_units(char: str) -> tuple[int, ...]:
    """A character as JSON escapes it: one unit, or two beyond the basic plane."""
    data = char.encode("utf-16-be", "surrogatepass")
    return struct.unpack(f">{len(data) // 2}H", data)
