"""What kind of task a command line stands for: its programs and options, without their values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

# More of a line tells no more of its kind.
_LONGEST = 4096
_WORD = re.compile(r"[^\s\"';&|()]+|[;&|()]")
_ENDS = frozenset(";&|()")
_ASSIGNED = re.compile(r"[A-Za-z_]+=")
_OF_CMD = re.compile(r"/[a-zA-Z]")
_NO_DIGITS = str.maketrans("", "", "0123456789")
_NOT_LETTERS = re.compile(r"[^a-z-]+")
# What only starts another program.
_STARTERS = frozenset({"sh", "bash", "zsh", "dash", "cmd", "env", "sudo", "exec", "time", "nice"})
_SCRIPT = re.compile(r"\.(?:py|sh|r|jl|pl|rb|js|jar|exe|bat|cmd|ps1|m)$", re.IGNORECASE)

KIND_BITS = 16
_KIND = 0xFFFF


def with_command(kind: int, command_line: str | None) -> int:
    """The kind of a task's id, and above it that of its command line; nothing for none.

    `render --frame 17 a.blend` and `render --frame 18 b.blend` are alike, `encode --frame 17` is
    not, and neither is `render --frame 17 --denoise`.
    """
    if not command_line:
        return kind
    # Most lines of a job differ in their numbers alone, and are looked at once.
    return _command_kind(command_line[:_LONGEST].translate(_NO_DIGITS)) << KIND_BITS | kind


def without_command(kind: int) -> int:
    """The kind of a task's id alone."""
    return kind & _KIND


def has_command(kind: int) -> bool:
    """Whether the command line is part of a kind."""
    return kind > _KIND


@lru_cache(maxsize=4096)
def _command_kind(line: str) -> int:
    """Sixteen bits, never all of them zero."""
    words = (_NOT_LETTERS.sub("", word.lower()) for word in _telling(line))
    return crc32(" ".join(words).encode()) & _KIND or 1


def _telling(line: str) -> Iterator[str]:
    """The programs, scripts, modules and names of options."""
    begins, module = True, False
    for word in _WORD.findall(line):
        name = word.replace("\\", "/").rpartition("/")[2]
        if word in _ENDS:
            begins, module = True, False
        elif word.startswith("-"):
            yield word.partition("=")[0]
            begins, module = begins and word != "-m", word == "-m"
        elif begins and (_ASSIGNED.match(word) or _OF_CMD.fullmatch(word)):
            continue
        elif begins or module or _SCRIPT.search(word):
            yield name
            begins, module = begins and _stem(name) in _STARTERS, False


def _stem(name: str) -> str:
    return name.lower().removesuffix(".exe")
