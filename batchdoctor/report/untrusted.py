"""Text that comes from elsewhere: secrets masked, and nothing in it that a terminal would obey."""

from __future__ import annotations

import re
import unicodedata

MASK = "***"

_LAST_ONE_BYTE = 0xFF
_LAST_TWO_BYTES = 0xFFFF

# Each pattern keeps what names the secret and loses the secret itself.
_SECRETS = re.compile(
    r"""
    (?P<sas>(?:\b|%26|%3[fF])sig(?:=|%3[dD]))(?:(?!%26)[^&\s"'<>;,])+    # shared access signature
  | (?P<key>\b(?:AccountKey|SharedAccessKey|access_key)\s*[=:]\s*)[^;\s"',]+   # connection string
  | (?P<shared>\bSharedKey(?:Lite)?\s+[^\s:]+:)[^\s"',]+         # Authorization header, shared key
  | (?P<bearer>\bBearer\s+)[A-Za-z0-9._~+/=-]{16,}               # Authorization header, token
  | (?P<jwt>\beyJ)[A-Za-z0-9_-]{8,}\.[A-Za-z0-9._-]+             # a token on its own
  | (?P<raw>)(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==                # 64 bytes: an account key
    """,
    re.VERBOSE,
)
# Every match contains at least one of these; most text contains none, and is spared the search.
_HINTS = ("=", "%3", "ey", "SharedKey", "Bearer")


def masked(text: str) -> str:
    """`text` without the signatures, keys and tokens in it."""
    if not any(hint in text for hint in _HINTS):
        return text
    return _SECRETS.sub(lambda match: f"{match[match.lastgroup or 0]}{MASK}", text)


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
