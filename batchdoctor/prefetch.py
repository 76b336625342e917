"""Starts several listings at once and gives their records one listing after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from threading import Thread
from typing import Generic, TypeVar

# One client in more threads than this gained nothing: the work is Python's own by then.
WIDTH = 8

Name = TypeVar("Name")
Record = TypeVar("Record")


class _Started(Generic[Record]):
    """A listing whose first record is being fetched by a thread of its own.

    The thread is a daemon, so that an interrupted program need not wait for an answer.
    """

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self._first: list[Record] = []
        self._error: BaseException | None = None
        self._thread: Thread | None = Thread(target=self._fetch, daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # a limit of the system or of a container: then one after the other
            self._thread = None
            self._fetch()

    def _fetch(self) -> None:
        try:
            self._first = list(islice(self._records, 1))
        except BaseException as error:  # it belongs to whoever reads the records
            self._error = error

    def records(self) -> Iterator[Record]:
        if self._thread is not None:
            self._thread.join()
        if self._error:
            raise self._error
        yield from chain(self._first, self._records)


def prefetched(
    names: Iterable[Name],
    listing: Callable[[Name], Iterator[Record]],
    stopped: Callable[[], bool] = lambda: False,
    width: int = WIDTH,
) -> Iterator[tuple[Name, Iterator[Record]]]:
    """Yield each name with its records, in order, while the next few listings are under way.

    At most one page of each of `width` listings is in memory. What a listing raises is raised when
    its records are read. Once `stopped` says so, no further listing is started or given.
    """
    window: deque[tuple[Name, _Started[Record]]] = deque()
    for name in names:
        if stopped():
            return
        window.append((name, _Started(listing(name))))
        if len(window) >= width:
            first, started = window.popleft()
            yield first, started.records()
    for name, started in window:
        if stopped():
            return
        yield name, started.records()
