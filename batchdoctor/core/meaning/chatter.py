"""What a line is besides its words: where its message begins, how loud it is, and if it is chatter.

Logs tell of trouble that passed, of checks that found none, and of what one should do if there were
some. None of that is why a program failed.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import NamedTuple

LONGEST_LINE = 2000
_MOST_PREFIXES = 8

_ESCAPE = re.compile(r"\x1b\[[0-9;?]{0,40}[@-~]")
_BLANKS = re.compile(r"\s{1,}")
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d`", "''\"\"'")
# Times, levels, hosts, ranks and threads that loggers and launchers put before a message. Each has
# an end of its own, and none may be long.
_PREFIX = re.compile(
    r"\s{0,8}(?:"
    r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?[\d.,]{0,12}(?:Z|[+-]\d\d:?\d\d)?"
    r"(?=[\s:|\]])[:|]?"
    r"|\d\d:\d\d:\d\d[\d.,]{0,12}(?=[\s:|])"
    r"|\d{1,7}MB(?= {1,4}(?:[A-Z]|\|))"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,64} [\w./-]{1,40}(?:\[\d{1,9}\])?:"
    r"|\[[^\]\n]{1,60}\](?:<std(?:err|out)>:?)?[: ]"
    r"|\((?:pid|rank|worker)[^)\n]{1,40}\)"
    r"|(?:rank|worker|stderr|stdout)\s?\d{0,6}:"
    r"|(?:level|lvl)=[a-z]{1,8} |time=\"?[\w:.+-]{1,40}\"? |msg="
    r"|[EFW]\d{4} "
    r"|(?:ERROR|FATAL|CRITICAL|SEVERE|ERR|WARNING|WARN|INFO|DEBUG|TRACE|E|W|F)"
    r"(?:[:|\]]| [-|:] | (?=\S))"
    r"|(?:[Ee]rror|[Ff]atal|[Ww]arning):"
    r"|[-|>] "
    r")\s{0,8}"
)
# The kernel tells of what hangs as of an INFO, and azcopy of what it may not do.
_QUIET = re.compile(
    r"(?:^|[\s\[|(])(?!INFO: (?:task \S{1,80} blocked for|rcu_|[Aa]uthentication failed))"
    r"(?:INFO|DEBUG|TRACE|VERBOSE|NOTICE|(?<![a-z][a-z] )(?:Info|Information|Debug))(?=[\s:\]|)])"
    r"|^(?:INFO|DEBU)\[|\[(?:info|debug|trace|notice)\]|^(?:info|dbug|trce): "
    r"|(?:^|[\s\]])LOG:  ?|^Normal [A-Z]\w{2,40} (?=\d|<)"
    # What browsers and engines log of themselves.
    r"|^\[\d{1,8}[/:.][\d/:.]{4,24}:(?:ERROR|WARNING|VERBOSE\d):\w{1,40}\.cc[(:]"
    r"|(?:^|\])Log[A-Z]\w{2,40}: (?!Error|Fatal|Critical)"
    r"|level\"?[=:] ?\"?(?:info|debug|trace)\b|(?:^|: )[ID]\d{4} \d\d:\d\d:"
    r"|^\w{1,30}(?::[\w-]{1,30}){1,4}:(?:info|verbose|debug) "
)
_WARNING = re.compile(
    r"\b(?:WARN(?:ING)?|[Ww]arning|(?!Unhandled)[A-Z]\w{1,40}Warning(?=:))\b(?!\w)|\[warn\]"
    r"|\b(?:level|lvl)\"?[=:] ?\"?warn\b|^warn: "
    # As glog and TensorFlow write it.
    r"|(?:^|[\s[])W\d{3,4} \d\d:\d\d:|(?:^|[:\s])W (?=[a-z]\w{1,30}/)"
)
_LOOKED_AT_FOR_LEVEL = 80

_PASSED = re.compile(
    r"\bretrying\b|\bwill (?:be )?retr(?:y|ied)\b|\bretry in \d|\btrying again\b"
    r"|\btry(?:ing)? next\b"
    r"|\bfall(?:ing|s)? ?back\b|\bfallback\b|\brecovered\b|(?<!after )\breconnect(?:ed|ing)\b"
    r"|\bresum(?:ed|ing)\b"
    r"|\bsucceeded\b|\bsuccessful(?:ly)?\b|\bignor(?:ed|ing)\b|\bresolved itself\b"
    r"|\bskipp(?:ed|ing)\b|\bdefaulting to\b|\bcontinuing without\b"
    r"|\busing (?:built-?in|default|the default)"
    r"|\b(?:going to|switching to|trying|use|using) .{1,80}\binstead\b"
    r"|[,.;] (?:building|computing|creating|downloading|generating|trying|using)"
    r" (?:it|one|a|the|new|default)\b"
    r"|\bwere dropped\b|\bset to na[nt]\b|\bsleeping\b|\bbefore (?:the )?next (?:attempt|try)\b"
    r"|, (?:running|using|training|rendering) (?:on |with )?(?:the )?cpu\b"
    r"|\bcontinuing\b|\bwas fixed\b|\bhandled\b|\bsimulat(?:ed|ing)\b"
    r"|\bexpected (?:error|failure)\b|\bcallbacks suppressed\b"
    # The drives for floppies and discs that a virtual machine is said to have.
    r"|\bdev (?:fd|sr)\d\b"
)
_GAVE_UP = re.compile(
    r"giving up|gave up|exhausted|retries exceeded|failed after|no more retries|not be retried"
    r"|too many retries|retries failed|all attempts|\bnot (?:be |been )?\w{1,20} successfully"
    # What pip and npm repeat they tell of so only, and Windows of a lack of memory.
    r"|after connection broken by|could not fetch url|error on last attempt"
    r"|successfully diagnosed a low"
)
_ATTEMPT = re.compile(r"\b(?:attempt|retry|try)\s?#?(\d{1,4})\s?(?:/|of)\s?(\d{1,4})\b")
# A sentence that advises, asks or tells a story.
_PROSE = re.compile(
    r"(?:if|when|whenever|once|fix(?:e[ds])?|how|why|what|should|we|i"
    r"|please(?! (?:run 'az login'|specify|provide|supply|set))|tip|hint|todo|faq|example|see"
    r"|unless|because|although|maybe|perhaps|in case|in order|to avoid|to fix|to prevent"
    r"|these(?! packages do not)|our|my|he|she|they|yesterday|today|checking|checks|testing"
    r"|verifying|verify|ensure|make sure|looking"
    r"|handles|handling|catch|avoid|prevents?|monitoring|detect|grep|echo|def|class|raise|return"
    r"|search for"
    r"|except|import|describe|usage(?! error)|you (?:can|should|may|might|could|need|will)"
    r"|this (?:page|guide|document|section|test|error|happens|usually|can|may|is|means|job|task"
    r"|node|step|checks|function|helps))\b(?![:'(/-])"
    r"|note[: ]|\S{1,120}: note: |q: |a: |example: "
)
_TOLD = re.compile(
    r"\bthe (?:error|message|log|output|words?) ['\"]|\bsays? ['\"]|\bmeans\b"
    r"|\byesterday\b|\blast (?:week|night|month)\b"
    r"|^.{0,60}(?<![/\\\w])(?:documentation|tutorial|changelog)\b(?![/\\])"
)
_PASSED_TEST = re.compile(
    r"(?:\.\.\. ?ok|\bpassed|\[ ?ok ?\]|\[pass\]|: ok|✓.{0,200})$|^(?:ok|pass) "
)
# What is begun, and how it ends is not told: `checking connection to license server ...`.
_BEGUN = re.compile(
    r"(?:^|[\]|:] )(?:attempting|building|checking|connecting|contacting|copying|creating|detecting"
    r"|downloading|fetching|initiali[sz]ing|installing|loading|looking|mounting|opening|probing"
    r"|processing|pulling|querying|reading|requesting|resolving|running|scanning|searching|starting"
    r"|testing|trying|uploading|using|verifying|waiting)\b[^.]{0,120}\.{3,8}$"
)
_NOTHING = re.compile(
    r"(?!assert)[^:=]{1,60}[:=] ?"
    r"(?:0|0 ?%|none|null|false|no|on|off|ok|\[\]|enabled|disabled|n/a)[.,]?$"
    # A setting or a count of something, and not the code that something ended with.
    r"|(?![^:=]{0,60}(?:code|status|errno|error|exit|http|signal|version))"
    r"[^:=\d]{1,60}(?:: |=| is| set to) ?"
    r"\d[\d.,]{0,12} ?(?:%|[kmgt]?i?b|bytes|[mu]?s|sec|seconds|min|minutes|h|hours|days)?$"
)
# What is always said there, and by none because of it.
_NOISE = (
    "slf4j: ",
    "alsa lib ",
    "al lib: ",
    "fontconfig ",
    "w: download is performed unsandboxed",
    "-- could not find ",
    "libegl ",
    "mesa-loader: ",
    "mesa: ",
    "gtk-message: ",
    "dbus[",
    "qstandardpaths: ",
    "head is now at ",
    "commit message",
    "-- performing test ",
    "-- looking for ",
    "-- check ",
    "-- checking ",
)
_ECHOED = ("+ ", "++ ", "# ", "// ", "/* ", "* ", "- [", "$ ", "% ", ">>> ", "## ", "<!-- ", "rem ")
# Maya and 3ds Max begin their errors as others do a comment.
_NOT_ECHOED = ("# error: ", "// error: ")
_CRASH_OF_JAVA = ("java runtime", "sigsegv", "sigbus", "memory allocation", "internal error")
_NONE_BEFORE = re.compile(r"(?:^|[\s:=(])(?:0|no|not|never|without|zero|any|possible|potential) $")
_NONE_AFTER = re.compile(
    r"s?(?:\s?(?:errors?|events?|count|kills?|faults?|failures?))?\s?[:=]\s?(?:0|none|false)\b"
    r"|\s(?:checks?|checking|trapping|handlers?|handling|guards?|detection|protection|hooks?)\b"
)


class Level(IntEnum):
    """How loud a line is, the loudest first."""

    LOUD = 0
    WARNING = 1
    CHATTER = 2


class Line(NamedTuple):
    """A line as it is looked at: on one line, without escapes, and without what loggers add."""

    shown: str
    """The whole line for people."""
    whole: str
    message: str
    """From where its message begins."""
    level: Level


def plain_line(raw: str) -> str:
    """A line without the escapes of a terminal, and no more than its first 2,000 characters."""
    line = raw[:LONGEST_LINE]
    return _ESCAPE.sub("", line) if "\x1b" in line else line


def read_line(raw: str) -> Line:
    """A line of a program, of which no more than 2,000 characters are looked at."""
    shown = _BLANKS.sub(" ", plain_line(raw)).strip()
    whole = shown if shown.isascii() and "`" not in shown else shown.translate(_QUOTES)
    whole = whole.replace('\\"', '"')
    message = whole
    for _ in range(_MOST_PREFIXES):
        found = _PREFIX.match(message)
        if found is None or found.end() == len(message):
            break
        message = message[found.end() :]
    return Line(shown, whole, message, _level(whole, message))


def _level(whole: str, message: str) -> Level:
    head = whole[:_LOOKED_AT_FOR_LEVEL]
    small, spoken = whole.lower(), message.lower()
    if _QUIET.search(head) or _is_chatter(small, spoken):
        return Level.CHATTER
    return Level.WARNING if _WARNING.search(head) or whole.startswith("W: ") else Level.LOUD


def _is_chatter(small: str, spoken: str) -> bool:
    if _is_echo(small) or small.startswith(_NOISE):
        return True
    if _PROSE.match(spoken) or _TOLD.search(small) or _PASSED_TEST.search(small):
        return True
    if _NOTHING.match(spoken) or _NOTHING.match(small) or _BEGUN.search(small):
        return True
    if _GAVE_UP.search(small):
        return False
    attempt = _ATTEMPT.search(small)
    return bool(_PASSED.search(small)) or bool(attempt and int(attempt[1]) < int(attempt[2]))


def _is_echo(small: str) -> bool:
    """Whether a shell or a listing repeats what it read: a command, a comment."""
    if not small.startswith(_ECHOED) or small.startswith(_NOT_ECHOED):
        return False
    return not any(word in small for word in _CRASH_OF_JAVA)


def is_denied(line: str, begin: int, end: int) -> bool:
    """Whether what stands in a line is said not to be: `0 errors`, `no X`, `X: 0`."""
    return bool(_NONE_BEFORE.search(line[max(begin - 16, 0) : begin])) or bool(
        _NONE_AFTER.match(line[end : end + 24])
    )
