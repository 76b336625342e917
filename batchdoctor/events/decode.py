"""JSON bytes to plain values, and every way that fails named for the count of damage."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Any

import msgspec

from batchdoctor.core.log.event import LogRecord
from batchdoctor.events.envelope import UnusableError

_BLANK = b" \t\r\n\0"

# Beginnings of msgspec's messages, and what they are counted under.
_KINDS = (
    ("Input data was truncated", "cut off"),
    ("JSON is malformed: trailing characters", "trailing text"),
    ("Number out of range", "number out of range"),
)


_counted = msgspec.json.Decoder(LogRecord)


def decode(piece: bytes) -> Any:
    """Decode one value. Raises UnusableError with a kind that can be counted.

    A record that is damaged only where the quick reading does not look is cut down to what that
    sees, so that both ways of reading agree.
    """
    try:
        return _decode(piece)
    except UnusableError:
        if b"{" not in piece:
            raise
        try:
            return msgspec.to_builtins(_counted.decode(piece))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
        raise


def _decode(piece: bytes) -> Any:
    try:
        return msgspec.json.decode(piece)
    except msgspec.DecodeError as error:
        raise UnusableError(_kind(str(error)), str(error)) from None
    except UnicodeDecodeError as error:
        raise UnusableError("not UTF-8", f"{error.reason} at byte {error.start}") from None
    except RecursionError:
        raise UnusableError("nested too deeply", "objects inside objects without end") from None


def bare(piece: bytes) -> bytes:
    """A piece without the blanks around it, nor the zeros that a crashed writer leaves.

    Files that were put one after the other have byte order marks in their middle.
    """
    piece = piece.strip(_BLANK)
    while piece.startswith(BOM_UTF8):
        piece = piece[len(BOM_UTF8) :].strip(_BLANK)
    return piece


def _kind(message: str) -> str:
    if "UTF-8" in message or "utf-8" in message:
        return "not UTF-8"
    return next((kind for start, kind in _KINDS if message.startswith(start)), "not JSON")
