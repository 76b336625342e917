r"""What gives access, and how it is taken out of text before anybody reads it.

Text is masked as it stands: plain, percent-encoded, or escaped as JSON writes it (`\u0026sig=`). No
match ends in the middle of an escape or takes a quotation mark, so that masked JSON is still JSON.
"""

from __future__ import annotations

import re
from functools import cache

MASK = "***"

# Marks as they stand in plain text, in JSON inside of JSON, in a URL, in a script and in HTML.
_HTML = r"&(?:amp;)*"
_EQUALS = r"(?:=|%(?:25)*3d|%u003d|\\+(?:u003d|x3d|075)|" + _HTML + r"(?:\#0*61|\#x0*3d|equals);)"
_COLON = r"(?::|%(?:25)*3a|\\+u003a|" + _HTML + r"(?:\#0*58|\#x0*3a|colon);)"
_QUOTE = (
    r"""(?:\\*["'`]|%(?:25)*2[27]|\\+(?:u002[27]|x2[27])|"""
    + _HTML
    + r"(?:quot|apos|\#0*34|\#0*39|\#x0*2[27]);)"
)
_BLANK = r"(?:\s|%(?:25)*20|\\+[nrt])*"
_SPACE = r"(?:\s|%(?:25)*20|\+|\\+[nrt])+"
# A name in quotation marks, what stands between it and its value, and the mark before that.
_QUOTED = rf"(?:{_QUOTE}{_BLANK}(?:{_COLON}|{_EQUALS}){_BLANK}{_QUOTE})"
# The same without quotation marks around the name, with blanks or a mark before the value.
_APART = rf"(?:{_BLANK}(?:{_COLON}|{_EQUALS}){_BLANK}{_QUOTE}?)"
# `+`, `/` and `=` as JSON may write them.
_ESCAPED = r"\\+u002[bf]|\\+u003d|\\+/"
# What ends a value that is percent-encoded: an ampersand, a semicolon or a quotation mark.
_ENDED = r"(?!%(?:25)*(?:2[267]|3b))"
# Ends of escapes that may stand right before a word: their last letter hides that it begins.
_ESCAPES = ("%[0-9a-f]{2}", "%25[0-9a-f]{2}", r"\\u00[0-9a-f]{2}", r"\\[nrtbf]")
# Where base64 begins: not in an escape, whose letters look like some, but right after it.
_BEGINS = r"(?:(?<![a-z0-9+/\\])|(?<=\\[a-tv-z0-9+/])|(?<=\\u[0-9a-f]{4})|(?<=\\u)(?![0-9a-f]{4}))"
# The shortest base64 of a key, before the `=` that ends it.
_KEY_LENGTH = 40


def _word(word: str) -> str:
    """A word where a word begins; the conditions follow it, which is quicker to search for."""
    begins = (rf"(?<!\w{word})", *(rf"(?<={escape}{word})" for escape in _ESCAPES))
    return f"{word}(?:{'|'.join(begins)})"


def _secret(hints: str, named: str, secret: str) -> tuple[tuple[str, ...], str]:
    """A pattern of a secret after what names it, and what stands in all text that has such a one.

    The name is kept, the secret is lost. The hints are in lower case.
    """
    return tuple(hints.split()), f"(?P<named>{named}){secret}"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, made when it is first needed: most runs meet no secret, and making takes long."""
    return re.compile(pattern, re.VERBOSE | re.IGNORECASE)


_SIGNATURE = rf"(?:{_ENDED}[\w%+/=.~-]|{_ESCAPED})"
_VALUE = rf"""(?:{_ENDED}[^&;\s"'`,\\<>]|{_ESCAPED})+"""
_KEYS = "account sharedaccess shared_access access storage batch primary secondary subscription api"
_WORDS = (
    "password passwd client_secret clientsecret secret_key access_token refresh_token id_token "
    "sas_token auth_token"
)


def _any_of(names: str) -> str:
    """One of some names; what joins their parts may be a hyphen, too."""
    return "(?:" + "|".join(names.replace("_", "[_-]").split()) + ")"


_SECRETS = (
    _secret(  # shared access signature
        "sig", rf"{_word('sig')}(?:{_EQUALS}|{_QUOTED}|>)", rf"{_SIGNATURE}+"
    ),
    _secret("sig", rf"{_word('sig')}{_APART}", rf"{_SIGNATURE}{{12,}}"),
    _secret(  # an account's key, in a connection string, a setting or an option
        "key",
        rf"{_any_of(_KEYS)}[_-]?key(?:{_QUOTED}|{_APART}|>|(?<=-key)\s+(?=[\w+/]{{16}}))",
        _VALUE,
    ),
    _secret(  # what else opens a door; in prose a colon may follow these words
        "passw secret token",
        rf"{_any_of(_WORDS)}(?:{_QUOTED}|{_EQUALS}{_QUOTE}?|>)",
        _VALUE,
    ),
    _secret("pwd", rf"(?<=;)\s?pwd{_EQUALS}", _VALUE),
    _secret("--password", r"--password\s+(?!-)", _VALUE),
    _secret(  # shared key, in a header
        "sharedkey",
        rf"{_word('sharedkey')}(?:lite)?{_SPACE}[^\s:%]+{_COLON}",
        rf"""(?:[^\s"',\\]|{_ESCAPED})+""",
    ),
    _secret(  # other authorization
        "bearer basic",
        rf"(?:{_word('bearer')}|{_word('basic')}):?{_SPACE}",
        rf"(?:[a-z0-9._~+/=-]|{_ESCAPED}){{16,}}",
    ),
    _secret("eyj", _word("eyj"), r"[a-z0-9_-]{8,}\.[a-z0-9._-]+"),  # a token on its own
    _secret(  # a password in a URL; `//host:80/@` has none
        "@",
        r""":(?:\\*/){2}[^\s/?\#@:"'\\]*:(?!\d+[/?\#])""",
        r"""[^\s"'\\]+(?=@[\w.[])""",
    ),
    _secret(  # the same, percent-encoded
        "%40", r"%(?:25)*3a(?:%(?:25)*2f){2}[\w.~-]*%(?:25)*3a", r"[\w.~%-]+?(?=%(?:25)*40)"
    ),
    _secret("@", r"://", r"[a-z0-9_-]{20,}(?=@[\w.[])"),  # a token in the place of a user
    _secret(  # a key in base64, percent-encoded or escaped
        "%3d 253d u003d \\/ u002",
        "",
        rf"""{_BEGINS}(?:[a-z0-9+/]|%(?:25)*2[bf]|{_ESCAPED}){{{_KEY_LENGTH},}}
            (?:(?:=|%(?:25)*3d){{1,2}}|(?<=u003d))""",
    ),
)
_BARE_KEY = rf"{_BEGINS}[a-z0-9+/]{{{_KEY_LENGTH},}}={{1,2}}"
_END_OF_KEY = re.compile(rf"[A-Za-z0-9+/]{{{_KEY_LENGTH}}}")


def masked(text: str) -> str:
    """`text` without the signatures, keys, tokens and passwords in it."""
    low = text.lower()
    if not _may_hold_secret(low):
        return text
    for hints, pattern in _SECRETS:
        if any(hint in low for hint in hints):
            text = _compiled(pattern).sub(rf"\g<named>{MASK}", text)
    return _compiled(_BARE_KEY).sub(MASK, text) if _has_bare_key(text) else text


def _may_hold_secret(low: str) -> bool:
    """Whether a search is worth its time: every secret has one of these in it, most text none."""
    return (
        "=" in low
        or "@" in low
        or "%" in low
        or "\\" in low
        or "&" in low
        or "sig" in low
        or "key" in low
        or "passw" in low
        or "secret" in low
        or "token" in low
        or "eyj" in low
        or "bearer" in low
        or "basic" in low
    )


def _has_bare_key(text: str) -> bool:
    """Whether an `=` ends a run of base64 as long as a key's."""
    at = text.find("=")
    while at >= 0:
        if _END_OF_KEY.fullmatch(text, max(at - _KEY_LENGTH, 0), at):
            return True
        at = text.find("=", at + 1)
    return False
