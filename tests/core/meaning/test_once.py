"""Catalogs are read by one thread, whichever need them first at the same moment."""

from __future__ import annotations

from threading import Barrier, Thread

from batchdoctor.core.meaning.once import read_once


def test_threads_that_need_it_at_once_have_it_read_once_and_all_get_it() -> None:
    reads: list[int] = []
    together = Barrier(8)

    @read_once
    def read() -> list[str]:
        reads.append(1)
        return ["entry"]

    got: list[list[str]] = []

    def ask() -> None:
        together.wait()
        got.append(read())

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reads == [1]
    assert all(each is got[0] for each in got)


def test_what_fails_is_tried_again() -> None:
    reads: list[int] = []

    @read_once
    def read() -> int:
        reads.append(1)
        return 1 // (len(reads) - 1)

    for _ in range(2):
        try:
            read()
        except ZeroDivisionError:
            continue
    assert len(reads) == 2
