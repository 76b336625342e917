"""What gives access, and how it is taken out of text before anybody reads it."""

from __future__ import annotations

import re

MASK = "***"

# Each pattern keeps what names the secret and loses the secret itself.
_SECRETS = re.compile(
    r"""
    (?P<sas>(?:\b|%26|%3[fF])sig(?:=|%3[dD]))(?:(?!%26)[\w%+/=.~-])+  # shared access signature
  | (?P<key>\b(?:Account|SharedAccess|access_?)key\s*[=:]\s*)[^&;\s"',\\]+  # connection string
  | (?P<shared>\bSharedKey(?:Lite)?\s+[^\s:]+:)[^\s"',\\]+               # shared key, in a header
  | (?P<bearer>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{16,}              # other authorization
  | (?P<jwt>\beyJ)[A-Za-z0-9_-]{8,}\.[A-Za-z0-9._-]+                      # a token on its own
  | (?P<raw>)(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}={1,2}                    # a key in base64
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Every match contains at least one of these; most text contains none, and is spared the search.
_HINTS = ("=", "%3", "ey", "hared", "earer", "asic", ":")


def masked(text: str) -> str:
    """`text` without the signatures, keys and tokens in it."""
    if not any(hint in text for hint in _HINTS):
        return text
    return _SECRETS.sub(lambda match: f"{match[match.lastgroup or 0]}{MASK}", text)
