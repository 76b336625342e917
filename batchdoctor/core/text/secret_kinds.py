"""The kinds of secrets that stand in text: what names each, and what it is made of."""

from __future__ import annotations

from typing import NamedTuple

from batchdoctor.core.text.secret_marks import (
    APART,
    BEGINS,
    BLANK,
    COLON,
    COMMA,
    ENDED,
    EQUALS,
    ESCAPED,
    LISTED,
    MARK,
    NAMED,
    QUOTE,
    QUOTED,
    SPACE,
    any_of,
    word,
)

# Each hint at a kind has one of these in it: most text has none, and is looked through for no more.
# To look for a single character takes next to nothing.
ROOTS = (
    *("sig", "key", "pass", "pwd", "secret", "token", "auth", "sas", "bearer", "basic", "cookie"),
    *("eyj", "login", "sql", "-u", "/p", "@", "%", "\\", "=", "~", "_"),
)


class Kind(NamedTuple):
    """What stands in all text that has such a secret (in lower case), and its pattern.

    The name is kept, the secret is lost.
    """

    hints: tuple[str, ...]
    pattern: str


def _kind(hints: str, named: str, secret: str) -> Kind:
    return Kind(tuple(hints.split()), f"(?P<named>{named})(?:{secret})")


# The shortest base64 of a key, before the `=` that ends it.
KEY_LENGTH = 40
_BASE64 = rf"(?:[a-z0-9+/]|%(?:25)*2[bf]|{ESCAPED})"
_SIGNATURE = rf"(?:{ENDED}[\w%+/=.~-]|{ESCAPED})"
# A backslash in a password is none that begins an escape.
_CHARACTER = rf"""(?:{ENDED}[^&;\s"'`,\\<>]|{ESCAPED}|\\+[ac-eg-moqsvwyz0-9])"""
# After a quotation mark goes what is before the next one like it.
_IN_QUOTES = r"""(?<=")(?!\s)[^"\\\r\n]{1,400}(?=\\*")|(?<=')(?!\s)[^'"\\\r\n]{1,400}(?=\\*')"""
_VALUE = rf"{_IN_QUOTES}|{_CHARACTER}+"


def _made(length: int) -> str:
    """A value that nobody takes for a word: with a digit and a letter, and of some length."""
    near = r"[^\s\"'\\&,;<>]{0,80}"
    return (
        rf"(?={near}\d)(?={near}[a-z])"
        rf"(?={_CHARACTER}{{{length}}}){_CHARACTER}+"
    )


# Neither a path, nor a number with its unit, nor a name made of words, numbers and hyphens.
_MIXED = r"(?=[\w~+/.-]{0,80}(?-i:[A-Z]))(?=[\w~+/.-]{0,80}(?-i:[a-z]))"
_RANDOM = rf"(?=[\w~+/-]{{0,80}}\d){_MIXED}(?:[\w~+/-]{{40,}}|[\w~+-]{{20,}}(?!/))={{0,2}}"
# Base64 of a few characters: letters change between small and large, or end in `=`.
_PACKED = r"(?=[a-z0-9+/]{0,40}(?:=|\d|(?-i:[a-z][A-Z]+[a-z]+[A-Z])))"
_NO_PATH = r"(?![/.~%$]|[a-z]:)"

_KEYS = any_of(
    "account shared_access access storage batch primary secondary subscription api "
    "functions auth signing encryption master private instrumentation host_access"
)
_STRONG = any_of(
    "password passwd passphrase passcode client_secret secret_key access_token refresh_token "
    "id_token sas_token auth_token session_token bearer_token api_token"
)
# Words that mean other things as well: what follows them has to look like a secret.
_WEAK = r"(?:(?<![a-z])(?:secret|token|auth|sas))"
_OPTIONS = any_of("password passwd passphrase client_secret sas_token")
_WEAK_OPTIONS = any_of("pass token secret sas key api_key auth_token access_token")
_LINE = r"""[^|\n"']{0,200}?"""

KINDS = (
    _kind(  # a private key, however its lines are ended
        "key-----",
        r"-----BEGIN[ ](?:\w+[ ]){0,3}PRIVATE[ ]KEY-----",
        r"(?:[\w+/=\s:,-]|\\+[nrt/])+",
    ),
    _kind(  # shared access signature
        "sig", rf"{word('sig')}(?:{EQUALS}|{QUOTED}|>)", rf"{_SIGNATURE}+"
    ),
    _kind("sig", rf"{word('sig')}(?:{APART}|{NAMED}|{LISTED})", rf"{_SIGNATURE}{{12,}}"),
    _kind(  # an account's key, in a connection string, a setting or an option
        "key",
        rf"""{_KEYS}[_.-]?key[12]?
            (?:{QUOTED}|{NAMED}|{APART}|>|(?<=-key){SPACE}{QUOTE}?(?=[\w+/]{{16}}))""",
        _VALUE,
    ),
    _kind(  # the same in words, or only a key
        "key",
        rf"""(?:{_KEYS}[ _-]?key[12]?|{word("key")}[12]?)
            (?:{QUOTED}|{LISTED}|{APART}|[ ](?:is[ ])?{QUOTE}?)""",
        _RANDOM,
    ),
    _kind(  # what else opens a door
        "passw passphrase passcode secret token",
        rf"{_STRONG}(?:{QUOTED}|{NAMED}|{BLANK}{EQUALS}+>?{BLANK}{QUOTE}?|>)",
        _VALUE,
    ),
    _kind(  # in prose a colon may follow these words, and no secret
        "passw passphrase passcode secret token",
        rf"{_STRONG}{APART}",
        rf"{_IN_QUOTES}|{_made(6)}",
    ),
    _kind("passw passphrase passcode secret token", rf"{_STRONG}{LISTED}", _made(6)),
    _kind(
        "secret token auth sas",
        rf"{_WEAK}(?:{QUOTED}|{NAMED}|{LISTED}|{APART})",
        _made(16),
    ),
    _kind(
        """pwd pass= pass: pass" pass'""",
        rf"(?<![a-z])(?:db|mysql|user|root|admin|sql)?[_-]?(?:pwd|pass)(?:{QUOTED}|{MARK}{BLANK}{QUOTE}?)",
        rf"{_NO_PATH}(?:{_made(6)})",
    ),
    _kind("pwd", rf"(?<=;)\s?pwd{EQUALS}", _VALUE),
    _kind("code=", r"[?&]code=", _RANDOM),
    _kind(  # options of commands, in a line and in a list
        "-pass secret -sas",
        rf"--{_OPTIONS}(?:{SPACE}{QUOTE}?|{QUOTE}{COMMA}{BLANK}{QUOTE})(?!-)",
        _VALUE,
    ),
    _kind(
        "-pass -token -secret -sas -key",
        rf"--{_WEAK_OPTIONS}(?:{SPACE}{QUOTE}?|=|{QUOTE}{COMMA}{BLANK}{QUOTE})(?!-)",
        _made(16),
    ),
    _kind(
        "-pass login sshpass mysql sqlcmd",
        rf"""(?:--pass{SPACE}|\blogin\b{_LINE}\s-p[ ]*|\bsshpass\s+-p[ ]*
            |\bmysql\w*\s{_LINE}\s?-p(?=\S)|\bsqlcmd\s{_LINE}\s?(?-i:-P)[ ]*)""",
        rf"(?!-)(?:{_VALUE})",
    ),
    _kind("/p: /p% /p\\ /p& /p\uff1a pass: passw", rf"(?<!\S)/p(?:ass(?:word)?)?{COLON}", _VALUE),
    _kind("-u", r"(?<!\S)(?:-u|--user)\s*[^\s:\"'/]{1,80}:(?=\S)(?!/)", _VALUE),
    _kind(  # shared key, in a header
        "sharedkey",
        rf"{word('sharedkey')}(?:lite)?{SPACE}[^\s:%]+{COLON}",
        rf"""(?:[^\s"',\\]|{ESCAPED})+""",
    ),
    _kind(  # other authorization
        "bearer basic",
        rf"(?:{word('bearer')}|{word('basic')})(?:{MARK}?{SPACE}{QUOTE}?|{MARK}{QUOTE}?|{LISTED})",
        rf"(?:[a-z0-9._~+/=-]|{ESCAPED}){{16,}}|{_PACKED}[a-z0-9+/]{{8,}}={{0,2}}",
    ),
    _kind(
        "authorization",
        rf"authorization(?:{QUOTED}|{APART})(?:[a-z]{{2,20}}{SPACE})?",
        rf"(?:[a-z0-9._~+/=-]|{ESCAPED}){{16,}}",
    ),
    _kind(
        "cookie",
        rf"{word('cookie')}(?:{QUOTED}|{APART})(?!mstshash)(?=[\w-]+=)",
        r"""[^"'\\\r\n]+""",
    ),
    _kind("eyj", word("eyj"), r"[a-z0-9_-]{8,}\.[a-z0-9._-]+"),  # a token on its own
    _kind("ghp_ ghs_", rf"{word('gh[ps]_')}", r"[a-z0-9]{30,}"),  # tokens that say whose they are
    _kind("_pat_", rf"(?:{word('github_pat_')}|{word('dckr_pat_')})", r"[\w-]{16,}"),
    _kind("8q~", r"(?<![\w.~-])(?=[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w.~-]))", r"[\w.~-]+"),
    _kind(  # a password in a URL, which ends before the next one; `//host:80/@` has none
        "@",
        r""":(?:\\*/){2}[^\s/?\#@:"'\\]{0,200}:(?!\d+[/?\#])""",
        r"""(?:(?!://)[^\s"'\\])+(?=@[\w.[])""",
    ),
    _kind(  # the same, percent-encoded
        "%40",
        r"%(?:25)*3a(?:%(?:25)*2f){2}[\w.~-]{0,200}%(?:25)*3a",
        r"(?:(?!%(?:25)*2f)[\w.~%-])+?(?=%(?:25)*40)",
    ),
    _kind("@", r"://", r"[a-z0-9_-]{20,}(?=@[\w.[])"),  # a token in the place of a user
    _kind(  # a key in base64, percent-encoded or escaped
        "%3d %253d \\u003d \\/ \\u002",
        "",
        rf"{BEGINS}{_BASE64}{{{KEY_LENGTH},}}(?:(?:=|%(?:25)*3d){{1,2}}|(?<=u003d))",
    ),
)
BARE_KEY = rf"{BEGINS}[a-z0-9+/]{{{KEY_LENGTH},}}={{1,2}}"
