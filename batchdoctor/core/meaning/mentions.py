"""Finds in a text what can be explained: codes, exit codes and states, as people paste them.

A word of prose is no code: codes of one word, states and numbers count only where the text around
them says what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from batchdoctor.core.meaning.catalog import Catalog, load_catalog
from batchdoctor.core.meaning.exit_codes import (
    SIGNALS,
    explain_exit_code,
    parse_exit_code,
    signal_of,
)
from batchdoctor.core.meaning.fixed_messages import FIXED_MESSAGES
from batchdoctor.core.meaning.kinds import Kind
from batchdoctor.core.meaning.node_states import NODE_STATES
from batchdoctor.core.meaning.windows_codes import (
    HRESULTS,
    INSTALLER,
    NTSTATUS,
    WINDOWS_ERRORS,
)

# What a text gets from the terminal, the page or the program that it was copied from.
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\u200b\u200c\u200d\u2060\ufeff]")
_LAID_OUT = re.compile(r"[\u2500-\u257f\xa0]|\\+[rnt](?![a-z])|(?m:^[>|#*]+ )|\s")
_ENTITIES = {"&quot;": '"', "&#34;": '"', "&#39;": "'", "&apos;": "'", "&amp;": "&"}
_QUOTED = r"""\\"'`(\[<{\u2018\u2019\u201c\u201d"""

_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>]*", re.IGNORECASE)
_WORD = re.compile(r"(?<![\w/\\-])[A-Za-z][A-Za-z0-9]+(?![\w-]|\.[a-z]{2,4}\b)")
# A word with a capital inside of it, which no word of prose has.
_HUMPS = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
_MARKED = re.compile(
    rf"(?<!status )(?<!status_)(?<!status)code(?:[ ]is)?"
    rf"(?:[{_QUOTED}]*\s*[:=]?\s*[{_QUOTED}]+|\s*[:=]\s*)([A-Za-z][A-Za-z0-9]+)\b",
    re.IGNORECASE,
)
# .NET gives the name of an HTTP status where there is one of a code, too.
_STATUS = re.compile(rf"\bstatus code [{_QUOTED}]+([A-Za-z]+)\b", re.IGNORECASE)
# The client libraries put the code first, in brackets: `(Forbidden) ...`.
_BRACKETED = re.compile(r"(?:^|Error:\s*|Exception:\s*)\(([A-Z][A-Za-z0-9]+)\)(?=[ :]|$)")
# Of failures, which the service puts beside their codes.
_CATEGORIES = frozenset({"usererror", "servererror"})
# Names that other programs use too, for something else.
_OTHERS_TOO = frozenset({"ioerror", "notimplemented", "filenotfound"})

_NUMBER = r"(-?\d{1,10}|0x[0-9a-fA-F]{1,16})(?![\w.]*\w)"
_AS = rf"[{_QUOTED}]*\s*(?:was|is|of|:|\uff1a|=|->)?\s*[{_QUOTED}]*{_NUMBER}"
_EXIT = re.compile(
    rf"\bexit(?:ed|s)?[ _-]*(?:with )?(?:non-?zero |an? |the )*(?:code|status|value)s?{_AS}"
    rf"|\b(?:return[ _-]?code|error_?level|hresult|ntstatus|rc\b|exit(?= ?[:=])){_AS}"
    # As the shells, launchers and portals of other languages say it.
    r"|(?:codes? de (?:sortie|retour)|(?:rückgabe|exit-?|beendigungs)(?:wert|code)"
    r"|c[óo]digo de (?:salida|sa[íi]da|retorno)|codice (?:di )?uscita|код (?:выхода|возврата)"
    rf"|退出(?:代码|代碼|码|碼|状态)|返回(?:码|代码)|終了(?:コード|ステータス)|종료 코드){_AS}"
    # A sentence may go on after a number of something: "exited with 2 errors".
    rf"|\bexit(?:ed|s)?(?: with)? [{_QUOTED}]*{_NUMBER}(?=\s*(?:$|[^\w\s]|(?:after|at|on|in)\b))",
    re.IGNORECASE,
)
# Here a number may be one of HTTP, or of another program's own.
_ENDED = re.compile(
    rf"\b(?:(?:terminated|ended|failed|finished|completed|stopped|died|crashed|returned)"
    rf"(?: with)?(?: an?| the)?(?: non-?zero)?(?: (?:error|exit))? (?:code|status|error)"
    rf"|error (?:code|status)){_AS}",
    re.IGNORECASE,
)
_SIGNAL = re.compile(
    r"\b(?:by|with|got|caught|received|fatal|on) signal[ :=#]*(\d{1,2})\b"
    r"|\bsignal[:=]\s*(\d{1,2})\b"
)
_SIGNAL_NAME = re.compile(rf"\b(?:{'|'.join(name for name, _ in SIGNALS.values())})\b")
# No other program is known for these.
_INSTALLERS_OWN = range(1601, 1655)
_INSTALLER = re.compile(r"\bmsi(?:exec)?\b|installer", re.IGNORECASE)
_NAMED = re.compile(r"\b(STATUS_[A-Z_]{4,}|DBG_[A-Z_]{4,}|COR_E_[A-Z]+|E_FAIL|E_POINTER)\b")
# Numbers that nothing announces count where they cannot be anything else.
_BARE = re.compile(r"(?<![\w.+-])(-\d{9,10}|[234]\d{9}|0x(?:f{8})?[0-9a-f]{8})\b", re.IGNORECASE)

_STATES = "|".join(sorted((state.state for state in NODE_STATES), key=len, reverse=True))
_RARE = "unusable|preempted|offline|startTaskFailed|deallocated"
_STATE = re.compile(
    rf"(?<![A-Za-z])(?P<whose>(?:task|job|pool|allocation|schedule)s?[ '_-]*)?(?:node[ _-]?)?state"
    rf"(?:[{_QUOTED}]*\s*(?:[:=]|->)\s*[{_QUOTED}]*|\s*[{_QUOTED}]+)(?P<after>{_STATES})\b"
    rf"|\bnodes?\b[^.;:]{{0,40}}?\bstate (?:is |was |of |to )?(?P<told>{_STATES})\b"
    rf"|\b(?P<before>{_STATES})[\"'`]*[ ]state\b"
    rf"|\bnodes?\b[^.;]{{0,40}}?\b\d+ (?P<counted>{_RARE})\b|\b(?P<named>{_RARE}) nodes?\b"
    rf"|\b(?:nodes?|state)\b[^.;:]{{0,40}}?\b(?:is|are|was|were|went|became|stays?|turned|gets?|as)\s"
    rf"[{_QUOTED}]*(?P<node>{_RARE})\b",
    re.IGNORECASE,
)
_CERTAIN_STATES = {state.state.lower() for state in NODE_STATES if _HUMPS.search(state.state)}
_LONGEST_LINE = 160


class Mention(msgspec.Struct, frozen=True):
    """Something that a text names: the word that can be explained, as what, and where it stands.

    `line` is the line of the text around it.
    """

    word: str
    kind: Kind
    line: str


def mentions(text: str) -> tuple[Mention, ...]:
    """Everything in a text that can be explained, each once, in the order of the text."""
    plain = _ESCAPE.sub("", text)
    for entity, character in _ENTITIES.items():
        plain = plain.replace(entity, character)
    # Of the same length, so that a place in the one is a place in the other.
    flat = _URL.sub(_blank, _LAID_OUT.sub(_blank, plain))
    found = sorted({*_codes(flat), *_messages(flat), *_exit_codes(flat), *_states(flat)})
    told: dict[str, Mention] = {}
    for at, word, kind, key in found:
        told.setdefault(key, Mention(word, kind, _line(plain, at)))
    return _without_success(told)


def without_fixed(text: str) -> str:
    """A text without the service's own sentences, in which no program speaks."""
    flat = " ".join(text.lower().split())
    for message in FIXED_MESSAGES:
        if message in flat:
            words = r"\s+".join(map(re.escape, message.split(" ")))
            text = re.sub(words, _blank, text, flags=re.IGNORECASE)
    return text


def _without_success(told: dict[str, Mention]) -> tuple[Mention, ...]:
    """Of several things, exit code 0 is not what anybody asks about."""
    if len(told) > 1:
        told.pop("exit 0", None)
    return tuple(told.values())


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


# A place in the text, the word found there, its kind, and what two words for one thing share.
_Found = tuple[int, str, Kind, str]


def _codes(text: str) -> Iterator[_Found]:
    catalog = load_catalog()
    for found in _WORD.finditer(text):
        word = found[0]
        entries = catalog.entries(word)
        if not entries or word.lower() in _OTHERS_TOO:
            continue
        # In small letters, too, if it is no word of any language that way.
        if _HUMPS.search(entries[0].code):
            yield found.start(), word, "code", entries[0].code.lower()
    for pattern in (_MARKED, _BRACKETED):
        for found in pattern.finditer(text):
            yield from _marked_code(catalog, found.start(1), found[1])
    for found in _STATUS.finditer(text):
        if catalog.entries(found[1]):
            yield from _marked_code(catalog, found.start(1), found[1])


def _marked_code(catalog: Catalog, at: int, word: str) -> Iterator[_Found]:
    """A word that the text calls a code: known, or at least spelled like one."""
    entries = catalog.entries(word)
    if word.lower() in _CATEGORIES:
        return
    if entries or (_HUMPS.search(word) and word[0].isupper()):
        yield at, word, "code", entries[0].code.lower() if entries else word.lower()


def _messages(text: str) -> Iterator[_Found]:
    # Blanks are one blank in a message; a place in it is as good as its beginning.
    parts = [(part.start(), part[0]) for part in re.finditer(r"\S+", text.lower())]
    flat = " ".join(part for _, part in parts)
    found: list[tuple[int, int]] = []
    for message, code in FIXED_MESSAGES.items():
        at = flat.find(message)
        # What begins alike and says more comes before.
        if at >= 0 and not any(begin <= at < end for begin, end in found):
            found.append((at, at + len(message)))
            yield parts[flat.count(" ", 0, at)][0], code, "code", code.lower()


def _exit_codes(text: str) -> Iterator[_Found]:
    for found in _EXIT.finditer(text):
        yield from _number(found)
    told = bool(_INSTALLER.search(text))
    installer = {number for number in INSTALLER if told or number in _INSTALLERS_OWN}
    for found in _ENDED.finditer(text):
        number = parse_exit_code(found[1])
        if number is not None and (explain_exit_code(number).brief or number in installer):
            yield from _number(found)
    for found in _SIGNAL.finditer(text):
        signal = int(found[1] or found[2])
        yield found.start(), f"-{signal}", "exitCode", f"signal {signal}"
    for found in _SIGNAL_NAME.finditer(text):
        signal = next(number for number, (name, _) in SIGNALS.items() if name == found[0])
        yield found.start(), found[0], "exitCode", f"signal {signal}"
    for found in _NAMED.finditer(text):
        yield found.start(), found[0], "exitCode", found[0].lower()
    for found in _BARE.finditer(text):
        if _is_windows(parse_exit_code(found[1])):
            yield from _number(found)


def _number(found: re.Match[str]) -> Iterator[_Found]:
    group = found.lastindex or 0
    number = parse_exit_code(found[group])
    if number is not None:
        key = f"signal {signal_of(number)}" if signal_of(number) else f"exit {number}"
        yield found.start(group), found[group], "exitCode", key


def _is_windows(number: int | None) -> bool:
    """Whether a number is one of those that Windows and .NET are known for."""
    unsigned = (number or 0) & 0xFFFFFFFF
    known = unsigned in NTSTATUS or unsigned in HRESULTS
    return known or (unsigned >> 16 == 0x8007 and unsigned & 0xFFFF in WINDOWS_ERRORS)  # noqa: PLR2004


def _states(text: str) -> Iterator[_Found]:
    for found in _STATE.finditer(text):
        for name in ("after", "told", "before", "node", "counted", "named"):
            if found[name] and not found["whose"]:
                yield found.start(name), found[name], "nodeState", f"state {found[name].lower()}"
    for found in _WORD.finditer(text):
        if found[0].lower() in _CERTAIN_STATES:
            yield found.start(), found[0], "nodeState", f"state {found[0].lower()}"


def _line(text: str, at: int) -> str:
    """The line around a place, or as much of a long one as there is to the place's both sides."""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    end = len(text) if end < 0 else end
    begin = max(start, at - _LONGEST_LINE // 2)
    stop = min(end, begin + _LONGEST_LINE)
    before, after = "…" * (begin > start), "…" * (stop < end)
    return before + text[begin:stop].strip(" \t\r│┃|") + after
