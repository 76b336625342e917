"""What a command touches of the outside: streams, environment, clock. Tests bring their own."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, TextIO

from batchdoctor.cli.interruption import Interruption
from batchdoctor.cli.progress import Progress
from batchdoctor.core.advance import Advance
from batchdoctor.core.text.gate import shown, shown_lines
from batchdoctor.errors import BatchdoctorError
from batchdoctor.machine import columns_of, read_unseen
from batchdoctor.report.terminal import Terminal, describe_terminal

# A reader at the other end of a pipe sees each item within this time, in seconds.
_FLUSH_INTERVAL = 0.2


class ReaderGoneError(Exception):
    """Whoever read our output has closed it."""


class OutputError(BatchdoctorError):
    """Standard output cannot be written to."""


class ClosedStream(io.StringIO):
    """Standard output when the caller has closed it: an answer must not vanish in silence."""

    def write(self, text: str) -> int:
        """Refuse. Raises OSError."""
        raise OSError(errno.EBADF, "standard output is closed", text[:0])


class _Unbuffered(io.BufferedWriter):
    """Bytes that are handed over at once, and all of them.

    A raw stream takes what there is room for, and less when a signal comes; what it did not take
    would be missing in the middle.
    """

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # text becomes nothing else
        """Write everything. Raises OSError."""
        count = super().write(data)
        self.flush()
        return count


def whole_writes(stream: TextIO) -> TextIO:
    """A stream that loses nothing under a signal: the same one unless Python runs unbuffered."""
    raw = getattr(stream, "buffer", None)
    if not isinstance(raw, io.RawIOBase):
        return stream
    return io.TextIOWrapper(_Unbuffered(raw), encoding=stream.encoding, write_through=True)


class Output:
    """Standard output: every failure to write becomes one of two errors of ours."""

    def __init__(self, stream: TextIO, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress
        # Into a file nothing gets in the way of the line on the screen.
        self._clears = not _is_file(stream)
        self._flushed = time.monotonic()
        self._there = b""

    def pass_over(self, there: bytes) -> None:
        """Do not write what is there already, for as long as what is written is the same."""
        self._there = there

    @property
    def ahead(self) -> int:
        """How many bytes of what is there already have not come to be written again."""
        return len(self._there)

    def write(self, text: str) -> None:
        """Write text. Raises ReaderGoneError or OutputError."""
        if self._there and not (text := self._not_there(text)):
            return
        if self._clears:
            self._progress.clear()
        self._guard(lambda: self._stream.write(text))
        if time.monotonic() - self._flushed > _FLUSH_INTERVAL:
            self.flush()

    def write_bytes(self, data: bytes) -> None:
        """Write bytes as they are. Raises ReaderGoneError or OutputError."""
        if self._clears:
            self._progress.clear()
        buffer = getattr(self._stream, "buffer", None)
        if buffer is None:
            self.write(data.decode("utf-8", "backslashreplace"))
            return
        self._guard(self._stream.flush)  # text written before must come before
        self._guard(lambda: buffer.write(data))

    def flush(self) -> None:
        """Hand everything written to the reader. Raises ReaderGoneError or OutputError."""
        self._guard(self._stream.flush)
        self._flushed = time.monotonic()

    def _not_there(self, text: str) -> str:
        data = text.encode()
        common = min(len(data), len(self._there))
        same = data[:common] == self._there[:common]
        self._there = self._there[common:] if same else b""
        return data[common:].decode(errors="backslashreplace") if same else text

    def _guard(self, action: Callable[[], object]) -> None:
        try:
            action()
        except BrokenPipeError as error:
            raise ReaderGoneError from error
        except OSError as error:
            raise OutputError(f"The output could not be written: {error.strerror}.") from error


@dataclass(frozen=True, slots=True)
class World:
    """The streams, the environment and the clock of one run; `sleep` waits that many seconds."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str]
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    secret: Callable[[str], str] | None = None
    """Asks for a line without showing it; None reads it from `stdin`."""
    progress_line: Progress = field(init=False)
    output: Output = field(init=False)
    interruption: Interruption = field(init=False, default_factory=Interruption)

    def __post_init__(self) -> None:
        animated = (
            self.stderr.isatty()
            and self.environ.get("TERM") != "dumb"
            and not self.environ.get("CI")
        )
        progress = Progress(self._error_terminal, self.stderr, enabled=animated)
        object.__setattr__(self, "progress_line", progress)
        object.__setattr__(self, "output", Output(self.stdout, progress))

    def at(self, moment: datetime, environ: Mapping[str, str]) -> World:
        """The same streams at another time, which stands still, in another environment."""
        then = copy(self)
        object.__setattr__(then, "now", lambda: moment)
        object.__setattr__(then, "environ", environ)
        return then

    def progress(self, now: str | Advance) -> None:
        """Say what is being done, where a person sees it."""
        self.progress_line.show(now)

    def watched(self) -> bool:
        """Whether a person sees the progress."""
        return self.progress_line.enabled

    def deliver(self) -> None:
        """Hand everything written to the reader. Raises ReaderGoneError or OutputError."""
        self.output.flush()

    def stop_if_asked(self) -> None:
        """Raise the KeyboardInterrupt that was remembered."""
        self.interruption.check()

    def read_secret(self, question: str) -> str:
        """What was typed after a question; on a terminal it is not shown as it is typed."""
        if self.secret:
            return self.secret(question)
        self.stderr.write(f"{question}\n")
        return self.stdin.readline()

    def note(self, text: str) -> None:
        """Write a line to standard error."""
        self.tell(shown(text))

    def tell(self, text: str, paint: Callable[[str], str] = str) -> None:
        """Write lines to standard error, painted; nobody reading them is no reason to stop."""
        self.progress_line.clear()
        try:
            self.stderr.write(paint(shown_lines(text)) + "\n")
            self.stderr.flush()
        except OSError:
            return

    def terminal(self) -> Terminal:
        """What standard output can show."""
        is_terminal = self.stdout.isatty()
        return describe_terminal(
            self.environ,
            is_terminal=is_terminal,
            columns=columns_of(self.stdout) if is_terminal else None,
            encoding=self.stdout.encoding,
        )

    def _error_terminal(self) -> Terminal:
        """What standard error can show."""
        return describe_terminal(
            self.environ,
            is_terminal=True,
            columns=columns_of(self.stderr),
            encoding=self.stderr.encoding,
        )


class Session(NamedTuple):
    """The world of one run, and the way to run another command line inside of it."""

    world: World
    run: Callable[[Sequence[str], World], int]


def _is_file(stream: TextIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def process_world() -> World:
    """The real streams, environment and clock; a closed standard stream is one that refuses."""
    if sys.stdout is not None:
        # In its place, so that the interpreter ends this one and no other.
        sys.stdout = whole_writes(sys.stdout)
    stdin, stdout, stderr = sys.stdin, sys.stdout or ClosedStream(), sys.stderr
    for stream in (stdout, stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that is not UTF-8 shows an escape instead of ending the program.
            stream.reconfigure(errors="backslashreplace")
    return World(
        stdin=stdin or io.StringIO(),
        stdout=stdout,
        stderr=stderr or io.StringIO(),
        environ=os.environ,
        now=lambda: datetime.now(UTC),
        secret=read_unseen,
    )
