"""Shows a page that is longer than the screen through a pager, as git and man do."""

from __future__ import annotations

import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Protocol

from batchdoctor.cli.world import ReaderGoneError, World
from batchdoctor.machine import size_of
from batchdoctor.report.hyperlinks import without_links

# What less does unless it is told otherwise: end where a page fits after all, keep colours, and
# leave the page on the screen.
_LESS = "FRX"


class Sink(Protocol):
    """Where a page goes."""

    def write(self, text: str) -> None:
        """Take some of it."""


def pager_of(environ: Mapping[str, str]) -> list[str]:
    """The command of the pager: BATCHDOCTOR_PAGER, else PAGER, else less; nothing for none."""
    for name in ("BATCHDOCTOR_PAGER", "PAGER"):
        if name in environ:
            words = shlex.split(environ[name])
            return [] if words == ["cat"] else words
    return ["less"]


class _Paged:
    """A page that stays here until it is longer than the screen, and then goes to the pager."""

    def __init__(self, world: World, command: list[str], rows: int) -> None:
        self._world, self._command, self._rows = world, command, rows
        self._environ = {"LESS": _LESS, "LV": "-c", **world.environ}
        self._held: list[str] = []
        self._lines = 0
        self._pager: subprocess.Popen[str] | None = None
        self._direct = False

    def write(self, text: str) -> None:
        """Take some of the page. Raises BrokenPipeError once the reader has left the pager."""
        if self._pager and self._pager.stdin:
            # Not every pager, nor every less, knows of links.
            self._pager.stdin.write(without_links(text))
        elif self._direct:
            self._world.output.write(text)
        else:
            self._held.append(text)
            self._lines += text.count("\n")
            if self._lines >= self._rows:
                self._begin()

    def _begin(self) -> None:
        held, self._held = "".join(self._held), []
        self._world.progress_line.hush()
        self._world.output.flush()
        try:
            self._pager = subprocess.Popen(  # noqa: S603 - the user's own words
                self._command,
                stdin=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="backslashreplace",
                env=self._environ,
            )
        except OSError:
            # A page is shown in any case.
            self._direct = True
        self.write(held)

    def end(self) -> None:
        """Show what was held back, or wait until the reader leaves the pager."""
        if self._pager is None:
            self._world.output.write("".join(self._held))
            return
        with _interrupts_left_to_it():
            with suppress(BrokenPipeError):
                if self._pager.stdin:
                    self._pager.stdin.close()
            self._pager.wait()


@contextmanager
def _interrupts_left_to_it() -> Iterator[None]:
    """Leave Ctrl-C to the pager: there it ends a search, and everything was written already."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


@contextmanager
def paged(world: World) -> Iterator[Sink]:
    """Where to write a page. Raises ReaderGoneError for a reader who leaves before its end."""
    rows, command = _rows_of(world), pager_of(world.environ)
    if rows is None or not command or world.environ.get("TERM") == "dumb":
        yield world.output
        return
    page = _Paged(world, command, rows)
    try:
        yield page
    except BrokenPipeError as error:
        raise ReaderGoneError from error
    finally:
        page.end()


def _rows_of(world: World) -> int | None:
    """The lines of the screen; None where nobody sees one."""
    if not world.stdout.isatty():
        return None
    size = size_of(world.stdout)
    # Where nobody has said how large it is, a terminal has no lines.
    return size.lines or None if size else None
