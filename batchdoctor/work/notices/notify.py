"""Tells somebody what has changed since they were last told, at a URL or in a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.notices.known import News, news_of
from batchdoctor.core.problem import Problem, ProblemKind
from batchdoctor.errors import BatchdoctorError, UsageError
from batchdoctor.machine import WITHOUT_WAITING
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.service.small_file import read_small
from batchdoctor.service.webhook import place_of, post
from batchdoctor.work.notices.memory import Memory
from batchdoctor.work.surroundings import Surroundings

_ONLY_ME = 0o600


class Destination(msgspec.Struct, frozen=True):
    """Where to tell: a URL, or a file that gets a line. `shown` may be seen by anybody."""

    shown: str
    url: str | None = None
    file: Path | None = None

    @classmethod
    def of(cls, word: str) -> Destination:
        """A URL, a file, or `@FILE` that holds a URL. Raises UsageError.

        Arguments can be seen by every user of a host, and the URL of a webhook is a secret.
        """
        if word.startswith("@"):
            word = _first_line(Path(word[1:]))
            if "://" not in word:
                raise UsageError("The file that --notify names holds no URL in its first line.")
        if "://" in word:
            return cls(place_of(word), url=word)
        if not Path(word).parent.is_dir():
            raise UsageError(
                f"{Path(word).parent} is no folder.", hint="--notify names a file in one that is"
            )
        return cls(word, file=Path(word))


class Teller(msgspec.Struct, frozen=True):
    """Tells of an account; `body` makes of news what is posted."""

    outside: Surroundings
    retry: RetryPolicy
    memory: Memory
    destination: Destination
    body: Callable[[News], bytes]

    def tell(
        self,
        findings: Sequence[Finding],
        at: datetime,
        *,
        complete: bool,
        unwanted: Callable[[Finding], bool],
    ) -> Problem | None:
        """Tell what is new and what has ended, each once; the problem if that failed.

        Then it is told the next time. Raises UsageError where nothing can be remembered.
        """
        with self.memory.held():
            known = self.memory.read()
            news = news_of(findings, known, at, complete=complete, unwanted=unwanted)
            if not news.any:
                self.memory.write(news.known)
                return None
            try:
                self._deliver(self.body(news))
            except (BatchdoctorError, OSError) as error:
                self.memory.write(news.untold)
                return _problem(self.destination, error)
            self.memory.write(news.known)
        told = f"{len(news.new):,} new and {len(news.ended):,} ended findings"
        self.outside.note(f"note: told {self.destination.shown} of {told}")
        return None

    def _deliver(self, body: bytes) -> None:
        destination = self.destination
        if destination.url is not None:
            post(destination.url, body, self.retry, self.outside.now)
        elif destination.file is not None:
            _append(destination.file, body.rstrip(b"\n") + b"\n")


def _append(file: Path, line: bytes) -> None:
    """One line at the end, in one call, so that lines of two programs never mix. OSError.

    A pipe that nobody reads is an error; a line that a full disk has cut off is left behind.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | WITHOUT_WAITING
    if _ends_within_a_line(file):
        line = b"\n" + line
    handle = os.open(file, flags, _ONLY_ME)
    try:
        while line:
            line = line[os.write(handle, line) :]
    finally:
        os.close(handle)


def _ends_within_a_line(file: Path) -> bool:
    """Whether its last line was cut off; what is no file that can be read has no last line."""
    if not file.is_file():
        return False
    try:
        with file.open("rb") as found:
            if found.seek(0, os.SEEK_END) == 0:
                return False
            found.seek(-1, os.SEEK_END)
            return found.read(1) != b"\n"
    except OSError:
        return False


def _first_line(file: Path) -> str:
    try:
        return read_small(file).partition("\n")[0].strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"{file}, which --notify names, cannot be read: {reason}.") from error


def _problem(destination: Destination, error: Exception) -> Problem:
    subject = f"notice to {destination.shown}"
    if isinstance(error, BatchdoctorError):
        return Problem(subject, error.message, ProblemKind.UNREACHABLE)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Problem(subject, f"could not be written: {reason}", ProblemKind.UNREACHABLE)
