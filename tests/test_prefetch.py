"""Listings that are started ahead lose nothing, keep their order and keep their errors."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.prefetch import WIDTH, prefetched


@given(st.lists(st.integers(min_value=0, max_value=5), max_size=30))
def test_every_record_of_every_listing_comes_once_in_order(lengths: list[int]) -> None:
    names = [str(index) for index in range(len(lengths))]

    def listing(name: str) -> Iterator[tuple[str, int]]:
        yield from ((name, place) for place in range(lengths[int(name)]))

    read = [(name, list(records)) for name, records in prefetched(names, listing)]
    assert read == [
        (name, [(name, place) for place in range(length)])
        for name, length in zip(names, lengths, strict=True)
    ]


def test_no_more_listings_are_under_way_than_the_width_allows() -> None:
    started: list[str] = []
    lock = Lock()

    def listing(name: str) -> Iterator[str]:
        with lock:
            started.append(name)
        yield name

    listings = prefetched(map(str, range(100)), listing)
    _, records = next(listings)
    assert list(records) == ["0"]
    assert len(started) <= WIDTH


def test_an_error_belongs_to_the_listing_that_met_it() -> None:
    def listing(name: str) -> Iterator[str]:
        if name == "bad":
            raise ValueError(name)
        yield name

    read: list[str] = []
    for name, records in prefetched(["a", "bad", "b"], listing):
        if name == "bad":
            with pytest.raises(ValueError, match="bad"):
                list(records)
        else:
            read += records
    assert read == ["a", "b"]


def test_an_error_after_the_first_record_comes_after_it() -> None:
    def listing(name: str) -> Iterator[str]:
        yield name
        raise ValueError(name)

    ((_, records),) = prefetched(["a"], listing)
    assert next(records) == "a"
    with pytest.raises(ValueError, match="a"):
        next(records)


def test_once_stopped_nothing_more_is_started_or_given() -> None:
    started: list[str] = []
    given: list[str] = []

    def listing(name: str) -> Iterator[str]:
        started.append(name)
        yield name

    for name, records in prefetched(map(str, range(100)), listing, lambda: len(given) >= 3):
        list(records)
        given.append(name)
    assert given == ["0", "1", "2"]
    assert len(started) <= WIDTH + 3
