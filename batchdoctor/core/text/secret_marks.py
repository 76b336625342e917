r"""How the marks around a secret are spelt: in plain text, in JSON in JSON, in URLs, in HTML.

Pieces of regular expressions, verbose and without case. None matches a half of an escape.
"""

from __future__ import annotations

_HTML = r"&(?:amp;)*"
EQUALS = (
    r"(?:=|\uff1d|%(?:25)*3d|%u003d|\\+(?:u003d|x3d|075)|" + _HTML + r"(?:\#0*61|\#x0*3d|equals);)"
)
COLON = r"(?::|\uff1a|%(?:25)*3a|\\+u003a|" + _HTML + r"(?:\#0*58|\#x0*3a|colon);)"
_MORE = r"(?:>|%(?:25)*3e|\\+u003e|" + _HTML + r"gt;)"
# `=`, `:`, `==`, `:=`, `=>`, `->`
MARK = rf"(?:(?:{EQUALS}|{COLON}){{1,3}}{_MORE}?|-{_MORE})"
QUOTE = (
    r"""(?:\\*["'`]|%(?:25)*2[27]|\\+(?:u002[27]|x2[27])|"""
    + _HTML
    + r"(?:quot|apos|\#0*34|\#0*39|\#x0*2[27]);)"
)
COMMA = r"(?:,|%(?:25)*2c)"
BLANK = r"(?:\s|%(?:25)*20|\\+[nrt])*"
SPACE = r"(?:\s|%(?:25)*20|\+|\\+[nrt])+"
# A name in quotation marks, what stands between it and its value, and the mark before that.
QUOTED = rf"(?:{QUOTE}{BLANK}{MARK}{BLANK}{QUOTE})"
# The same without quotation marks around the name, with blanks or a mark before the value.
APART = rf"(?:{BLANK}{MARK}{BLANK}{QUOTE}?)"
# As `"name": "it", "value": "..."` has them, and in a list one after the other.
NAMED = rf"(?:{QUOTE}{BLANK}{COMMA}?{BLANK}{QUOTE}?\w*value{QUOTE}?{BLANK}{MARK}{BLANK}{QUOTE})"
LISTED = rf"(?:{QUOTE}{BLANK}{COMMA}{BLANK}{QUOTE})"
# `+`, `/` and `=` as JSON may write them.
ESCAPED = r"\\+u002[bf]|\\+u003d|\\+/"
# What ends a value that is percent-encoded: an ampersand, a semicolon or a quotation mark.
ENDED = r"(?!%(?:25)*(?:2[267]|3b))"
# Ends of escapes that may stand right before a word: their last letter hides that it begins.
_ESCAPES = (
    *("%" + "25" * count + "[0-9a-f]{2}" for count in range(5)),
    r"\\u00[0-9a-f]{2}",
    r"\\x[0-9a-f]{2}",
    r"\\[nrtbf]",
)
# Where base64 begins: not in an escape, whose letters look like some, but right after it. Not after
# one that is base64 itself, or each of many of those would be looked through to the end.
_HEX = "[0-9a-f]"
BEGINS = rf"""(?:(?<![a-z0-9+/\\%])|(?<=\\[a-tv-z0-9+])|(?<=\\u)(?!{_HEX}{{4}})
    |(?<=\\u{_HEX}{{4}})(?<!u002[bf])(?<!u003d)
    |(?<=%[013-9a-f]{_HEX})|(?<=%2[0-46-9ac-e])|(?<=%25[013-9a-f]{_HEX})|(?<=%252[0-46-9ac-e]))"""


def word(text: str) -> str:
    """A word where a word begins; the conditions follow it, which is quicker to search for."""
    begins = (rf"(?<!\w{text})", *(rf"(?<={escape}{text})" for escape in _ESCAPES))
    return f"{text}(?:{'|'.join(begins)})"


def any_of(names: str) -> str:
    """One of some names; what joins their parts may be a hyphen, a dot or nothing, too."""
    return "(?:" + "|".join(names.replace("_", "[_.-]?").split()) + ")"
