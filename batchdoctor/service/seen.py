"""Which records of a listing were handed out: 8 bytes kept for each, however many there are."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

RecordType = TypeVar("RecordType")
# So many are looked through one by one, which is done in C; more are sorted and searched.
RECENT = 64_000


class Seen:
    """Which records were handed out, by the hash of what tells two of them apart.

    A list that changes while it is read shows a record again, on the next page or many pages on,
    and a list that is read again from its start shows all of them.
    """

    def __init__(self) -> None:
        self.repeated = 0
        self._recent = array("q")
        self._sorted: list[array[int]] = []
        self._starts_again = False

    def new_ones(
        self, records: list[RecordType], identity: Callable[[RecordType], str]
    ) -> list[RecordType]:
        """Return the records not handed out before."""
        hashes = [hash(identity(record)) for record in records]
        unique = set(hashes)
        if len(unique) == len(hashes) and not self._known(unique):
            self._add(hashes)
            return records
        return list(self._filtered(records, hashes))

    def start_again(self) -> None:
        """From now on records that come again were expected, and are not counted as repeated."""
        self._starts_again = True

    def _known(self, hashes: set[int]) -> set[int]:
        """Return those that were there before."""
        known = set() if hashes.isdisjoint(self._recent) else hashes.intersection(self._recent)
        for run in self._sorted:
            known |= {each for each in hashes if _holds(run, each)}
        return known

    def _filtered(self, records: Iterable[RecordType], hashes: list[int]) -> Iterator[RecordType]:
        known = self._known(set(hashes))
        for record, each in zip(records, hashes, strict=True):
            if each not in known:
                known.add(each)
                self._add([each])
                yield record
            elif not self._starts_again:
                self.repeated += 1

    def _add(self, hashes: list[int]) -> None:
        self._recent.extend(hashes)
        if len(self._recent) >= RECENT:
            self._sorted.append(array("q", sorted(self._recent)))
            self._recent = array("q")


def _holds(run: array[int], wanted: int) -> bool:
    at = bisect_left(run, wanted)
    return at < len(run) and run[at] == wanted
