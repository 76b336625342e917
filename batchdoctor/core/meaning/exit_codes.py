"""What the exit code of a process says: values of Windows, signals, shells and containers.

Batch passes on what the process returned, as a signed 32-bit number. Only 0xC000013A is tied to
Batch by a source; the other NTSTATUS values are what Windows gives them for any process.
Source: https://learn.microsoft.com/azure/batch/error-handling
"""

from __future__ import annotations

import re

import msgspec

from batchdoctor.core.meaning.windows_codes import (
    INSTALLER,
    NTSTATUS,
    windows_family,
    windows_value,
)

STATUS_CONTROL_C_EXIT = -1073741510
SIGNAL_BASE = 128  # What a shell or container runtime adds to the number of the signal.
# Docker itself failed, and no program was started.
DOCKER_FAILED = 125
# What Windows and the hosts of .NET return for a program of which a DLL or the whole runtime is
# missing, or is for another processor.
_NOT_LOADED = (
    *(0xC0000135, 0xC000007B, 0xC0000139, 0xC0000142, 0x80131700),
    *(0x80008082, 0x80008083, 0x80008087, 0x80008088, 0x80008089, 0x8000808A),
    *(0x8000808C, 0x80008096),
)
LIBRARIES_MISSING = frozenset(each - sign for each in _NOT_LOADED for sign in (0, 1 << 32))
# These, and what shells and docker return for a program that they could not start.
NOT_STARTED = LIBRARIES_MISSING | {DOCKER_FAILED, 126, 127}
SIGKILL = 9
SIGTERM = 15
_HIGHEST_SIGNAL = 64
_UINT32 = 0xFFFFFFFF
_INT32_MAX = 0x7FFFFFFF

# Number of a Linux signal -> name, and a few words.
SIGNALS: dict[int, tuple[str, str]] = {
    1: ("SIGHUP", "its session ended"),
    2: ("SIGINT", "interrupted"),
    3: ("SIGQUIT", "asked to quit"),
    4: ("SIGILL", "has an instruction this processor does not know"),
    5: ("SIGTRAP", "stopped at a trap"),
    6: ("SIGABRT", "ended itself with abort()"),
    7: ("SIGBUS", "crashed on a bad memory access, or on a file cut short"),
    8: ("SIGFPE", "crashed in arithmetic, such as a division by zero"),
    SIGKILL: ("SIGKILL", "killed; the code does not say by whom"),
    10: ("SIGUSR1", "ended by SIGUSR1"),
    11: ("SIGSEGV", "crashed on a bad memory address"),
    12: ("SIGUSR2", "ended by SIGUSR2"),
    13: ("SIGPIPE", "wrote to a pipe that nobody reads"),
    14: ("SIGALRM", "ended by its own timer"),
    SIGTERM: ("SIGTERM", "asked to end; the code does not say by whom"),
    24: ("SIGXCPU", "used more processor time than it may"),
    25: ("SIGXFSZ", "wrote a larger file than it may"),
    31: ("SIGSYS", "made a system call that is not allowed"),
}

_SHELL: dict[int, tuple[str, str]] = {
    125: (
        "docker could not run the container (if the task has one)",
        "125 is docker's own: the daemon or the run options failed, not the program. Outside a "
        "container it is the program's own number.",
    ),
    126: (
        "shell or container: the command cannot be executed",
        "A shell, or docker, found the command and could not execute it: no execute permission, "
        "or not a program of this system.",
    ),
    127: (
        "shell or container: command not found",
        "A shell, or docker, did not find the command: a misspelt name, a wrong PATH, or a "
        "program that is not installed on the node or in the image.",
    ),
}

# Numbers that mean something in one setting only: told when asked, never claimed in a listing.
_HEDGED: dict[int, str] = {
    0: "The process ended without an error. A task can fail all the same, for example when its "
    "output files cannot be uploaded.",
    2: "Shells return 2 for wrong usage or a syntax error; other programs mean other things by it.",
    255: "Often a number outside 0 to 255 (such as -1) cut down to one byte; ssh returns it for a "
    "connection that failed.",
    145: "A .NET program on Linux returns 145 when no .NET SDK is found (0x80008091, of which one "
    "byte is left); other programs mean other things by it.",
    150: "A .NET program on Linux returns 150 when the .NET it needs is missing (0x80008096, of "
    "which one byte is left); other programs mean other things by it.",
    **{
        number: f"The Windows Installer (msiexec) means by it: {meaning}. Other programs mean other"
        " things by it."
        for number, meaning in INSTALLER.items()
    },
    -1: "On Windows many programs return -1 for any failure of their own; on Linux it can stand "
    "for signal 1 (SIGHUP).",
}

_NUMBER = re.compile(r"[+-]?[0-9]{1,10}|0x(?:f{8})?[0-9a-f]{1,8}", re.IGNORECASE)
_OUT_OF_MEMORY = re.compile(
    r"\boom\b|oom[-_ ]?kill|(?<!cuda )(?<!gpu )\bout[ -]of[ -]memory\b|memory cgroup", re.IGNORECASE
)
_NOT_OUT_OF_MEMORY = re.compile(r"oom[-_ ]?killed\W{0,4}(?:false|no|0)\b", re.IGNORECASE)
_LONGEST_EVIDENCE = 200


class ExitCodeMeaning(msgspec.Struct, frozen=True):
    """An exit code in every spelling, with as much meaning as it safely has."""

    signed: int
    unsigned: int
    hex: str
    name: str | None = None
    brief: str | None = None
    """A few words, for a listing."""
    meaning: str | None = None
    """In full; None when only the program itself can tell."""
    evidence: str | None = None
    """The line of other text on which the meaning rests."""

    @property
    def text(self) -> str | None:
        """Name and brief meaning in one short line, or None."""
        if self.brief is None:
            return None
        if self.name is None:
            return self.brief
        label = f"{self.hex} {self.name}" if self.windows else self.name
        return f"{label}: {self.brief}"

    @property
    def windows(self) -> bool:
        """Whether it is a value of Windows or .NET, which people look up in hexadecimal."""
        return windows_value(self.unsigned) is not None


def parse_exit_code(text: str) -> int | None:
    """The signed 32-bit exit code that a text spells, or None.

    Takes `137`, `-1073741510`, `3221225786`, `0xC000013A` and `0xFFFFFFFFC000013A`.
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    if text[:2].lower() == "0x":
        # Sixteen digits are the same number with its sign drawn out.
        return _signed(int(text, 16))
    value = int(text)
    if not -_INT32_MAX - 1 <= value <= _UINT32:
        return None
    return _signed(value)


def explain_exit_code(code: int, *, evidence: str | None = None) -> ExitCodeMeaning:
    """What an exit code, signed or unsigned, means; more than its 32 bits are cut off.

    `evidence` is other text from the same run, such as a container's error or the end of stderr.
    Without it a kill is not called a lack of memory. Small positive numbers other than those of
    shells and docker get no meaning: every program has its own.
    """
    signed, unsigned = _signed(code), code & _UINT32
    forms = (signed, unsigned, f"0x{unsigned:08X}")
    if (found := windows_value(unsigned)) is not None:
        name, brief = found
        whose = " of Windows" if unsigned in NTSTATUS else ", an HRESULT"
        return ExitCodeMeaning(*forms, name, brief, f"{name}{whose}: {brief}.")
    if signed in _SHELL:
        brief, meaning = _SHELL[signed]
        return ExitCodeMeaning(*forms, None, brief, meaning)
    if signed in _HEDGED:
        return ExitCodeMeaning(*forms, meaning=_HEDGED[signed])
    if (number := signal_of(signed)) is not None:
        return _signalled(forms, number, evidence)
    return ExitCodeMeaning(*forms, meaning=windows_family(unsigned))


def signal_of(code: int) -> int | None:
    """The number of the Linux signal that a signed exit code stands for, or None.

    The node agent reports the negative number, shells and container runtimes add 128.
    """
    if -_HIGHEST_SIGNAL <= code < 0:
        return -code if -code in SIGNALS else None
    return code - SIGNAL_BASE if code - SIGNAL_BASE in SIGNALS else None


def _signed(code: int) -> int:
    unsigned = code & _UINT32
    return unsigned if unsigned <= _INT32_MAX else unsigned - _UINT32 - 1


def _signalled(forms: tuple[int, int, str], number: int, evidence: str | None) -> ExitCodeMeaning:
    name, brief = SIGNALS[number]
    how = "the signal itself, as the node agent reports it" if forms[0] < 0 else f"128 + {number}"
    line = _out_of_memory_line(evidence) if number == SIGKILL and evidence else None
    if line is not None:
        meaning = f"Killed by signal {number} ({how}) because memory ran out: {line}"
        return ExitCodeMeaning(*forms, name, "killed for lack of memory", meaning, line)
    meaning = f"Ended by signal {number} ({how}): {brief}."
    if number == SIGKILL:
        meaning += (
            " A lack of memory is common, and so is an end from outside: look in the container's "
            "error text, in stderr and in the node's kernel log."
        )
    return ExitCodeMeaning(*forms, name, brief, meaning)


def _out_of_memory_line(evidence: str) -> str | None:
    for line in evidence.splitlines():
        if _OUT_OF_MEMORY.search(_NOT_OUT_OF_MEMORY.sub("", line)):
            return line.strip()[:_LONGEST_EVIDENCE]
    return None
