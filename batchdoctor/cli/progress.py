"""One line on standard error that says what is going on, from a second of silence on.

It is drawn by a thread of its own, since whoever works may be waiting for an answer.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Event, RLock, Thread
from typing import TextIO

from batchdoctor.core.advance import Advance
from batchdoctor.core.text.gate import shown
from batchdoctor.report.terminal import Terminal

# So long nothing may be on the screen before the line comes, and so often it is drawn, in seconds.
SILENCE, EVERY = 1.0, 0.1
# A rate is that of the last so many seconds, and of so many at least.
_WINDOW, _LEAST = 10.0, 1.0

Told = Callable[[float], str]


class Progress:
    """The line; nothing of it is seen unless `enabled`.

    What goes wrong comes before what is being done, and that before what is asked for.
    """

    def __init__(
        self,
        terminal: Callable[[], Terminal],
        stream: TextIO,
        *,
        enabled: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.enabled = enabled
        self._terminal = terminal
        self._stream = stream
        self._clock = clock
        self._now: str | Advance | None = None
        self._asked: str | None = None
        self._trouble: tuple[Told, float] | None = None
        self._samples: deque[tuple[float, int]] = deque()
        self._silent_since = clock()
        self._shown = False
        self._lock = RLock()
        self._ended = Event()
        self._thread: Thread | None = None

    def show(self, now: str | Advance) -> None:
        """Say what is being done from now on."""
        if not self.enabled:
            return
        if _subject(self._now) != _subject(now):
            self._samples = deque()
        self._now = now
        self._begin()

    def ask(self, operation: str) -> None:
        """Say what the service is asked for, such as `list the jobs`, until more is known."""
        if self.enabled:
            self._asked = operation
            self._begin()

    def troubled(self, told: Told) -> None:
        """Say what is going wrong, by the seconds since now, until it is over."""
        if self.enabled:
            self._trouble = (told, self._clock())
            self._begin()

    def recovered(self) -> None:
        """What went wrong is over."""
        self._trouble = None

    def clear(self) -> None:
        """Take the line away: something else is about to be written, or asked.

        It comes again when there is something new to be said, and again a second later only.
        """
        if not self.enabled:
            return
        with self._lock:
            self._now = self._asked = self._trouble = None
            self._silent_since = self._clock()
            if self._shown:
                self._shown = False
                self._write("\r\x1b[K")

    def hush(self) -> None:
        """Take the line away for good: something else has the screen."""
        self.clear()
        self.enabled = False

    def close(self) -> None:
        """Take the line away for good."""
        self.clear()
        self._ended.set()

    def tick(self) -> None:
        """Draw the line if it is due."""
        with self._lock:
            if self._ended.is_set() or self._clock() - self._silent_since < SILENCE:
                return
            text = self._text()
            if text is not None:
                self._shown = True
                self._write(f"\r\x1b[K{text}")

    def _text(self) -> str | None:
        if (trouble := self._trouble) is not None:
            told, since = trouble
            return self._cut(told(self._clock() - since))
        now = self._now
        if isinstance(now, Advance):
            from batchdoctor.report.advance import advance_line  # and with it rich

            count = now.count()
            return advance_line(now, count, self._rate(count), self._terminal())
        if now is not None:
            return self._cut(now)
        return None if self._asked is None else self._cut(f"waiting for an answer: {self._asked}")

    def _cut(self, text: str) -> str:
        """A line that wraps could not be taken away again."""
        return shown(text)[: self._terminal().width - 1]

    def _rate(self, count: int) -> float | None:
        """Units a second, by the last seconds; None while that is too early to say."""
        at, samples = self._clock(), self._samples
        samples.append((at, count))
        while at - samples[0][0] > _WINDOW:
            samples.popleft()
        spent = at - samples[0][0]
        return (count - samples[0][1]) / spent if spent >= _LEAST else None

    def _begin(self) -> None:
        if self._thread is None and not self._ended.is_set():
            self._thread = Thread(target=self._run, name="progress", daemon=True)
            if hasattr(os, "register_at_fork"):
                # A process that is forked off must not inherit a stream in the middle of a line.
                os.register_at_fork(
                    before=self._lock.acquire,
                    after_in_parent=self._lock.release,
                    after_in_child=self._lock.release,
                )
            self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(EVERY):
            self.tick()

    def _write(self, text: str) -> None:
        """Write to standard error; nobody reading it is no reason to stop."""
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


def _subject(now: str | Advance | None) -> str | None:
    return now.what if isinstance(now, Advance) else None
