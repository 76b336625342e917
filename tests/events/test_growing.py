"""A blob that grows is cut into whole lines, each given once and each byte fetched once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BufferedReader

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.events import growing
from batchdoctor.events.archive_hours import filed_hours, hour_prefixes
from batchdoctor.events.growing import GrowingBlob, beginning, end_of_last_line

LINES = [b'{"a":%d}' % number for number in range(40)]


class Blob:
    """Bytes that grow, and which of them were asked for."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.fetched: list[int] = []

    def read(self, offset: int, length: int) -> bytes:
        assert offset + length <= len(self.content)
        self.fetched += range(offset, offset + length)
        return self.content[offset : offset + length]


@given(st.lists(st.integers(0, 60), max_size=30), st.integers(3, 50))
def test_lines_come_once_however_they_are_appended_and_fetched(
    sizes: list[int], chunk: int
) -> None:
    blob = Blob(b"\n".join(LINES) + b"\n")
    found: list[bytes | None] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growing, "CHUNK", chunk)
        at, grown = GrowingBlob(blob.read), 0
        for size in [*sizes, len(blob.content)]:
            grown = min(grown + size, len(blob.content))
            found += at.lines(grown)
    assert found == LINES
    assert blob.fetched == list(range(len(blob.content)))
    assert (at.offset, at.number) == (len(blob.content), len(LINES) + 1)


@given(st.integers(0, len(LINES)))
def test_who_begins_again_gets_the_rest(told: int) -> None:
    blob = Blob(b"\n".join(LINES) + b"\n")
    first = GrowingBlob(blob.read)
    lines = first.lines(len(blob.content))
    assert [next(lines) for _ in range(told)] == LINES[:told]
    # The last one counts as given when the next one is asked for.
    begun = max(told - 1, 0)
    again = GrowingBlob(blob.read, first.offset, first.number)
    assert list(again.lines(len(blob.content))) == LINES[begun:]


def test_a_last_line_without_an_end_waits_until_it_is_whole_and_nothing_comes() -> None:
    blob = Blob(b'{"a":1}\n{"b"')
    at = GrowingBlob(blob.read)
    assert list(at.lines(12)) == [b'{"a":1}']
    assert [list(at.lines(12)) for _ in range(3)] == [[], [], []]
    blob.content += b":2}"
    assert [list(at.lines(15)) for _ in range(3)] == [[], [], [b'{"b":2}']]
    blob.content += b'\n{"c":3}\n'
    assert list(at.lines(24)) == [b"", b'{"c":3}']
    assert at.offset == 24


def test_another_blob_of_the_same_name_is_read_from_its_beginning() -> None:
    blob = Blob(b'{"a":1}\n')
    at = GrowingBlob(blob.read)
    assert list(at.lines(8)) == [b'{"a":1}']
    blob.content = b"{}\n"
    assert list(at.lines(3)) == [b"{}"]


def test_a_line_that_is_too_long_is_stepped_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "CHUNK", 10)
    monkeypatch.setattr(growing, "LONGEST_LINE", 25)
    blob = Blob(b"{}\n" + b"x" * 40 + b"\n{}\n")
    found = list(GrowingBlob(blob.read).lines(len(blob.content)))
    assert (found[0], None in found, found[-1]) == (b"{}", True, b"{}")


def test_the_beginning_of_a_blob_is_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "RANGE", 7)
    blob = Blob(b"0123456789" * 5)
    with beginning(blob.read, 33) as stream:
        assert isinstance(stream, BufferedReader)
        assert stream.read() == blob.content[:33]
    assert blob.fetched == list(range(33))


def test_where_the_last_whole_line_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "CHUNK", 8)
    for content, end in ((b"", 0), (b"{}", 0), (b"{}\n", 3), (b'{"a":1}\n{}\n{"b', 11)):
        assert end_of_last_line(Blob(content).read, len(content)) == end


@given(
    st.timedeltas(timedelta(0), timedelta(days=420)),
    st.timedeltas(timedelta(0), timedelta(days=4)),
)
def test_the_names_of_hours_are_all_and_few(after: timedelta, length: timedelta) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC) + after
    end = begin + length
    prefixes = list(hour_prefixes(begin, end))
    hour = begin.replace(minute=0, second=0, microsecond=0)
    while hour <= end:
        name = f"y={hour:%Y}/m={hour:%m}/d={hour:%d}/h={hour:%H}/m=00/PT1H.json"
        assert sum(name.startswith(each) for each in prefixes) == 1
        hour += timedelta(hours=1)
    assert len(prefixes) <= 3 * 2 + length.days + 1
    assert all(filed_hours(each) for each in prefixes)
