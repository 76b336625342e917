"""Signals: Ctrl-C and those that end a program end a wait at once, printing after the item."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from batchdoctor.machine import STOP, do_as_usual, ending_signals, send_to_myself

Item = TypeVar("Item")
# What is to be tidied up before a signal ends the program, the outermost first.
_TIDYING: list[Callable[[], None]] = []


class Interruption:
    """Whether the user has pressed Ctrl-C, and what was left out because of it.

    While items are fetched Ctrl-C raises `KeyboardInterrupt` as ever. While they are printed it is
    remembered instead, so that no line is cut in two and the document gets its end. Pressed for
    the second time it raises wherever the program is: who reads a full pipe may never come back.
    """

    def __init__(self) -> None:
        self.happened = False
        self.cut = False
        """Whether items were left out, and nobody else has noted that."""
        self._asked = False
        self._fetching = False

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Remember Ctrl-C rather than raise it, except while an item is fetched."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        # In the background of a script Ctrl-C is ignored, and another signal may come all the same.
        usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if usual:
            signal.signal(signal.SIGINT, self._handle)
        _DEFERRING.append(self)
        try:
            yield
        finally:
            _DEFERRING.remove(self)
            if usual:
                signal.signal(signal.SIGINT, signal.default_int_handler)

    def _handle(self, *_: object) -> None:
        self.ask()

    def ask(self) -> None:
        """Remember that the user wants to stop, or raise KeyboardInterrupt."""
        again, self.happened, self._asked = self.happened, True, True
        if again or self._fetching:
            self._asked = False
            raise KeyboardInterrupt

    def check(self) -> None:
        """Raise the `KeyboardInterrupt` that was remembered, for those who end in their own way."""
        if self._asked:
            self._asked = False
            raise KeyboardInterrupt

    def until_asked(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield items until there are no more or the user wants to stop."""
        while True:
            try:
                self._fetching = True
                item = next(items)
                self._fetching = False
                # Whoever fetched the item has had the first chance to end in a way of its own.
                self.check()
            except StopIteration:
                return
            except KeyboardInterrupt:
                self.happened = self.cut = True
                return
            finally:
                self._fetching = False
            yield item


# Those in whose hands a signal is while they print; the last one has it.
_DEFERRING: list[Interruption] = []
# So long may an answer take to end before the program goes without; Kubernetes kills it after 30 s.
_PATIENCE = 5.0
_SIGNALLED = 128


class Ended:
    """Which signal asked the program to end, if one did; None for Ctrl-C."""

    def __init__(self) -> None:
        self.by: int | None = None

    def status(self, status: int) -> int:
        """The exit status: that of the signal, as shells have it, else the one given."""
        return status if self.by is None else _SIGNALLED + self.by


@contextmanager
def before_the_end(tidy: Callable[[], None]) -> Iterator[Ended]:
    """Have a signal that ends the program, SIGTERM or SIGHUP, end it as Ctrl-C does.

    What somebody has them ignored for, such as nohup, stays ignored. At a second one, and if the
    end takes too long because nobody reads what is printed, it goes at once, after `tidy`; that of
    a block inside of another one is called first.
    """
    ended = Ended()
    usual = [each for each in ending_signals() if signal.getsignal(each) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        usual = []

    def end(number: int, _frame: object) -> None:
        if ended.by is not None:
            for each in reversed(_TIDYING):
                each()
            do_as_usual(number)
        ended.by = number
        _lose_patience(number)
        if _DEFERRING:
            _DEFERRING[-1].ask()
        else:
            raise KeyboardInterrupt

    _TIDYING.append(tidy)
    for each in usual:
        signal.signal(each, end)
    try:
        yield ended
    finally:
        _TIDYING.remove(tidy)
        for each in usual:
            signal.signal(each, signal.SIG_DFL)


def _lose_patience(number: int) -> None:
    """Send the same signal again if the program is still there by then."""

    def again() -> None:
        time.sleep(_PATIENCE)
        send_to_myself(number)

    # Not by `threading`, which waits until the thread runs: for ever, where memory is lacking.
    with suppress(RuntimeError):  # where no thread can be started, the first signal has to do
        _thread.start_new_thread(again, ())


@contextmanager
def around_a_stop(before: Callable[[], None], after: Callable[[], None]) -> Iterator[None]:
    """Have `before` called before Ctrl-Z stops the program, and `after` once it goes on."""
    number = STOP
    usual = number is not None and signal.getsignal(number) is signal.SIG_DFL
    if number is None or not usual or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        before()
        do_as_usual(number)
        # Here it goes on.
        signal.signal(number, stop)
        after()

    signal.signal(number, stop)
    try:
        yield
    finally:
        signal.signal(number, signal.SIG_DFL)
