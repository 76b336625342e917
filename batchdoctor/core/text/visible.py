"""Text that comes from elsewhere, with nothing left in it that a terminal would obey."""

from __future__ import annotations

import unicodedata

_LAST_ONE_BYTE = 0xFF
_LAST_TWO_BYTES = 0xFFFF


def visible(text: str) -> str:
    r"""`text` on one line, with control and direction characters written out, such as `\x1b`.

    Printable text of any script stays as it is.
    """
    if text.isprintable():
        return text
    return "".join(char if _harmless(char) else _spelled(char) for char in text)


def _harmless(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"


def _spelled(char: str) -> str:
    names = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    if char in names:
        return names[char]
    code = ord(char)
    if code <= _LAST_ONE_BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _LAST_TWO_BYTES else f"\\U{code:08x}"


def harmless(text: str) -> str:
    """Text of several lines without what a terminal would obey; lines and tabs are kept."""
    if text.isprintable():
        return text
    return "\n".join(
        "\t".join(visible(cell) for cell in line.split("\t"))
        for line in text.replace("\r\n", "\n").split("\n")
    )
