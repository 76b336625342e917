"""Takes off what a log gets on its way through mails, editors and chats: marks of all lines."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable
from io import BufferedReader, RawIOBase
from itertools import pairwise

import msgspec

_QUOTED = re.compile(rb"^(?:[ \t]?>)+ ?")
_NUMBERED = re.compile(rb"^\s*\d+(?:[:.)|]|\s*\xe2\x94\x82)?(?: {1,2}|\t|$)")
_ADDED = re.compile(rb"^\+ ?")
_RULED = re.compile(rb"^\s*(?:\||\xe2\x94\x82) ?")
# What no sentence of a mail has.
_DATA = re.compile(rb'[{}\[\]]|"\s*:')
_NUMBER = re.compile(rb"\d+")
# Marks in the order in which they are looked for; a log may have several, one after the other.
_MARKS = (_QUOTED, _ADDED, _RULED, _NUMBERED)
_MOST_MARKS = 3
# A line by itself may look marked by chance.
_FEWEST_LINES = 2

_CURLIES = "[\u201c\u201d\u201e\u201f\u2033\uff02]"
_CURLY = re.compile(_CURLIES)
_CURLY_KEY = re.compile(rf"{_CURLIES}[\w.]+{_CURLIES}\s*:")
_STRAIGHT_KEY = re.compile(r'"[\w.]+"\s*:')
_PYTHON_KEY = re.compile(r"'(?:operationName|OperationName|properties|records|jobId)'\s*:")
_PYTHON = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b(?:True|False|None)\b""")
_PYTHON_NAMES = {"True": "true", "False": "false", "None": "null"}
_ESCAPED_KEY = re.compile(r'\\"(?:operationName|OperationName|properties|records|jobId)\\"\s*:')
# Few logs have one of these as they were written; looking for more costs every log its time.
_SUSPICIOUS = (
    b"\xe2\x80\x9c",
    b"\xe2\x80\x9d",
    b"\xe2\x80\xb3",
    b"\xef\xbc\x82",
    b"\xc2\xa0",
    b"&quot;",
    b"':",
    b'\\":',
)
_ENTITIES = ((b"&quot;", b'"'), (b"&#34;", b'"'), (b"&lt;", b"<"), (b"&gt;", b">"))

# What is done to each line.
Change = Callable[[bytes], bytes]


def changes_of(head: bytes) -> list[Change]:
    """What has to be done to every line of a log that begins like this; nothing for most."""
    whole = head.rsplit(b"\n", 1)[0] if head.count(b"\n") >= _FEWEST_LINES else head
    lines = [line.rstrip(b"\r") for line in whole.split(b"\n")]
    found: list[Change] = []
    for _ in range(_MOST_MARKS):
        mark = next((each for each in _MARKS if _all_have(each, lines)), None)
        if mark is None:
            break
        found.append(_without(mark))
        lines = [mark.sub(b"", line) for line in lines]
    return found + _spelling(b"\n".join(lines))


def _all_have(mark: re.Pattern[bytes], lines: list[bytes]) -> bool:
    told = [line for line in lines if line.strip()]
    if mark is _QUOTED:
        # Before and after what is quoted stands who wrote it, and what was answered.
        told = [line for line in told if mark.match(line) or _DATA.search(line)]
    if len(told) < _FEWEST_LINES or not all(mark.match(line) for line in told):
        return False
    if mark is not _NUMBERED:
        return True
    numbers = [int(found[0]) for line in told if (found := _NUMBER.search(line))]
    return all(later == sooner + 1 for sooner, later in pairwise(numbers))


def _without(mark: re.Pattern[bytes]) -> Change:
    if mark is _QUOTED:
        return _unquoted
    return lambda line: mark.sub(b"", line, count=1)


def _unquoted(line: bytes) -> bytes:
    """What is quoted in a line; nothing of the prose beside it."""
    if not _QUOTED.match(line):
        return line if _DATA.search(line) else b"\n"
    return _QUOTED.sub(b"", line, count=1)


def _spelling(text: bytes) -> list[Change]:
    """Quotes and blanks that programs for prose put in the place of those of JSON."""
    if not any(sign in text for sign in _SUSPICIOUS):
        return []
    words = text.decode("utf-8", "replace")
    if _PYTHON_KEY.search(words) and not _STRAIGHT_KEY.search(words):
        return [_of_python]
    if _ESCAPED_KEY.search(words) and not _STRAIGHT_KEY.search(words):
        return [_of_escapes]
    found: list[Change] = []
    if _CURLY_KEY.search(words) and not _STRAIGHT_KEY.search(words):
        found.append(lambda line: _CURLY.sub('"', line.decode("utf-8", "replace")).encode())
    if b"&quot;" in text and not _STRAIGHT_KEY.search(words):
        found.append(_unescaped)
    if re.search(r"(?m)^\s*\u00a0|[,:{]\u00a0", words):
        found.append(lambda line: line.replace(b"\xc2\xa0", b" "))
    return found


def _of_python(line: bytes) -> bytes:
    """A line of what Python prints of a record."""
    return _PYTHON.sub(_token, line.decode("utf-8", "replace")).encode()


def _token(found: re.Match[str]) -> str:
    word = found[0]
    if word in _PYTHON_NAMES:
        return _PYTHON_NAMES[word]
    try:
        return msgspec.json.encode(literal_eval(word)).decode()
    except (ValueError, SyntaxError):
        return word


def _of_escapes(line: bytes) -> bytes:
    """A line of JSON that was text in other JSON and lost the quotes around it."""
    if line.lstrip().startswith(b'"'):
        return line
    return line.replace(b'\\"', b'"').replace(b"\\\\", b"\\")


def _unescaped(line: bytes) -> bytes:
    for entity, character in _ENTITIES:
        line = line.replace(entity, character)
    return line.replace(b"&amp;", b"&")


def cleaned(stream: BufferedReader, head: bytes) -> BufferedReader:
    """The stream without the marks of copying; itself if it has none."""
    changes = changes_of(head)
    return BufferedReader(_Cleaned(stream, changes)) if changes else stream


class _Cleaned(RawIOBase):
    """A stream whose lines are changed one by one."""

    def __init__(self, stream: BufferedReader, changes: list[Change]) -> None:
        self._stream = stream
        self._changes = changes
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives a memoryview
        # Who looks ahead wants more than a line: the first may be empty now.
        ready = [self._ready]
        size = len(self._ready)
        while size < len(buffer) and (line := self._stream.readline()):
            for change in self._changes:
                line = change(line)
            ready.append(line)
            size += len(line)
        whole = b"".join(ready)
        piece, self._ready = whole[: len(buffer)], whole[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)
