"""Signals: Ctrl-C ends a wait at once, printing after the item at hand; others end it all."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

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
        usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if not usual or threading.current_thread() is not threading.main_thread():
            yield
            return
        signal.signal(signal.SIGINT, self._handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _handle(self, *_: object) -> None:
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


@contextmanager
def before_the_end(tidy: Callable[[], None]) -> Iterator[None]:
    """Have `tidy` called before a signal that ends the program does so: SIGTERM, SIGHUP.

    Inside of another such block it is called first. What somebody has them ignored for, such as
    nohup, stays ignored.
    """
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ending = [getattr(signal, name) for name in names]
    usual = [each for each in ending if signal.getsignal(each) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        usual = []

    def end(number: int, _frame: object) -> None:
        for each in reversed(_TIDYING):
            each()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    _TIDYING.append(tidy)
    for each in usual:
        signal.signal(each, end)
    try:
        yield
    finally:
        _TIDYING.remove(tidy)
        for each in usual:
            signal.signal(each, signal.SIG_DFL)


@contextmanager
def around_a_stop(before: Callable[[], None], after: Callable[[], None]) -> Iterator[None]:
    """Have `before` called before Ctrl-Z stops the program, and `after` once it goes on."""
    number = getattr(signal, "SIGTSTP", None)
    usual = number is not None and signal.getsignal(number) is signal.SIG_DFL
    if number is None or not usual or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        before()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        # Here it goes on.
        signal.signal(number, stop)
        after()

    signal.signal(number, stop)
    try:
        yield
    finally:
        signal.signal(number, signal.SIG_DFL)
