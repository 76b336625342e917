"""The files that are not whole yet: none stays behind, however this program or another ends."""

from __future__ import annotations

import atexit
import os
from contextlib import suppress
from pathlib import Path
from threading import Lock

from batchdoctor.machine import PLAIN_FILE_ONLY, lock_at_once

# Nobody else names a file so, which is why one may be removed that another program left.
SUFFIX = ".batchdoctor.part"

# A thread that makes a file needs less; one that was stopped by a signal will never go on.
_PATIENCE = 0.2


class Halves:
    """Knows them by their paths, because the threads that write them do not outlive the program."""

    def __init__(self) -> None:
        self._paths: set[Path] = set()
        self._swept: set[Path] = set()
        self._lock = Lock()
        self._ended = False

    def new(self, folder: Path, prefix: str) -> tuple[int, Path]:
        """Make one in a folder. Raises OSError, also once the program ends.

        What programs left there that were killed is taken away first; they hold no lock any more.
        """
        # Few commands write files.
        import tempfile

        with self._lock:
            if self._ended:
                raise InterruptedError("the program is about to end")
            if folder not in self._swept:
                self._swept.add(folder)
                _sweep(folder)
            handle, name = tempfile.mkstemp(prefix=prefix, suffix=SUFFIX, dir=folder)
            self._paths.add(Path(name))
            lock_at_once(handle)
            return handle, Path(name)

    def finish(self, half: Path, target: Path) -> None:
        """Give one that became whole its name. Raises OSError."""
        half.replace(target)
        self._paths.discard(half)

    def drop(self, half: Path) -> None:
        """Take one away. Raises OSError."""
        half.unlink(missing_ok=True)
        self._paths.discard(half)

    def end(self) -> None:
        """Take all away, and let no further one be made."""
        locked = self._lock.acquire(timeout=_PATIENCE)
        self._ended = True
        for half in list(self._paths):
            with suppress(OSError):
                self.drop(half)
        if locked:
            self._lock.release()


def _sweep(folder: Path) -> None:
    """Remove the halves in a folder that nobody writes to. What cannot be removed stays."""
    with suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            if entry.name.startswith(".") and entry.name.endswith(SUFFIX):
                with suppress(OSError):
                    _remove_if_left(entry.path)


def _remove_if_left(path: str) -> None:
    handle = os.open(path, os.O_RDWR | PLAIN_FILE_ONLY)
    try:
        if lock_at_once(handle):
            Path(path).unlink()
    finally:
        os.close(handle)


HALVES = Halves()
atexit.register(HALVES.end)
