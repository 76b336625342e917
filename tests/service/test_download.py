"""Servers that do strange things with ranges, and files that change while they are read."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest

from batchdoctor.errors import UnreachableError
from batchdoctor.service import files
from batchdoctor.service.account import Account, SharedKey
from batchdoctor.service.client import Client
from batchdoctor.service.faults import Fault
from batchdoctor.service.files import FileChangedError, TaskFile
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.service.transport import Answer, Request, Stream, Transport

LOG = TaskFile("job", "task", "stdout.txt")
TEXT = bytes(range(256)) * 40


@dataclass
class File:
    """A file on a server that can be told how to behave."""

    content: bytes = TEXT
    etag: str | None = None
    written: int = 0
    status: int = 200
    content_range: bool = False
    honours_range: bool = True
    length: bool = False
    chunked: bool = True
    packed: str | None = None
    cut_after: int | None = None


class FileStream:
    """An answer in chunks of 100 bytes, which may break."""

    def __init__(
        self, server: FileServer, headers: Mapping[str, str], body: bytes, *, cut: bool, status: int
    ) -> None:
        self.status = status
        self.headers = headers
        self._server = server
        self._left = body
        self._cut = cut

    def read(self) -> bytes:
        chunk, self._left = self._left[: self._server.packet], self._left[self._server.packet :]
        if not chunk and self._cut:
            raise Fault("the connection broke", passing=True)
        self._server.moved += len(chunk)
        self._server.time += self._server.seconds_a_packet
        return chunk

    def close(self) -> None:
        self._left = b""


class FileServer:
    """A transport in front of one file, as the service is: ranges come without a word about them.

    `before` is called with the number of each GET, `looked_at` with that of the next at each HEAD.
    """

    host = "acct.example"

    def __init__(
        self,
        file: File,
        before: Callable[[int], None] = lambda _number: None,
        looked_at: Callable[[int], None] = lambda _number: None,
    ) -> None:
        self.account = Account("https://acct.example", "acct", SharedKey("a2V5"))
        self.file = file
        self.before = before
        self.looked_at = looked_at
        self.ranges: list[str | None] = []
        self.moved = 0
        self.packet = 100
        self.time = 0.0
        self.seconds_a_packet = 0.0

    def exchange(self, request: Request, _limit: float) -> Answer:
        assert request.method == "HEAD"
        self.looked_at(len(self.ranges))
        length = str(len(self.file.content))
        return Answer(200, self._common() | {"Content-Length": length}, b"")

    def open(self, request: Request, _limit: float) -> Stream:
        self.before(len(self.ranges))
        wanted = (request.headers or {}).get("ocp-range")
        self.ranges.append(wanted)
        first, last = 0, len(self.file.content) - 1
        if wanted and self.file.honours_range:
            left, _, right = wanted.removeprefix("bytes=").partition("-")
            first, last = int(left), min(int(right or last), last)
            if first > last:
                raise Fault("beyond the end", status=416, code="InvalidRange")
        body = self.file.content[first : last + 1]
        headers = self._headers(len(body))
        partial = bool(wanted) and self.file.honours_range
        if partial and self.file.content_range:
            headers["Content-Range"] = f"bytes {first}-{last}/{len(self.file.content)}"
        cut = self.file.cut_after
        stream = FileStream(
            self,
            headers,
            body if cut is None else body[:cut],
            cut=cut is not None and (self.file.length or self.file.chunked),
            status=self.file.status if partial else 200,
        )
        return cast("Stream", stream)

    def _common(self) -> dict[str, str]:
        headers = {"Last-Modified": f"Sat, 21 Nov 2026 20:00:{self.file.written:02} GMT"}
        headers |= {"ETag": self.file.etag} if self.file.etag else {}
        return headers | ({"Content-Encoding": self.file.packed} if self.file.packed else {})

    def _headers(self, length: int) -> dict[str, str]:
        headers = self._common()
        if self.file.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif self.file.length or length == len(self.file.content):
            headers["Content-Length"] = str(length)
        return headers

    def client(self) -> Client:
        retry = RetryPolicy(sleep=lambda _seconds: None, clock=lambda: self.time)
        return Client(self.account, retry=retry, transport=cast("Transport", self))


def breaking_at(file: File, cuts: list[int | None]) -> FileServer:
    """Return a server whose answers break after so many bytes, one after the other."""

    def before(number: int) -> None:
        file.cut_after = cuts[number] if number < len(cuts) else None

    return FileServer(file, before)


@pytest.mark.parametrize(
    "behaviour",
    [
        {},
        {"honours_range": False},
        {"status": 206, "content_range": True, "length": True, "chunked": False},
        {"status": 206, "length": True, "chunked": False},
        {"status": 206},
        {"content_range": True, "length": True, "chunked": False},
        {"length": True, "chunked": False},
        {"honours_range": False, "length": True, "chunked": False},
    ],
    ids=str,
)
def test_the_bytes_are_exact_whatever_a_range_is_answered_with(behaviour: dict[str, Any]) -> None:
    server = breaking_at(File(**behaviour), [1000, 2000, 0, 3000, 100])
    assert b"".join(files.read(server.client(), LOG)) == TEXT
    server = breaking_at(File(**behaviour), [1000, 2000])
    assert b"".join(files.read(server.client(), LOG, start=777)) == TEXT[777:]
    server = breaking_at(File(**behaviour), [1000])
    assert b"".join(files.read(server.client(), LOG, start=50, end=4000)) == TEXT[50:4000]


def test_an_answer_without_a_length_that_ends_early_is_noticed() -> None:
    file = File(chunked=False)
    server = breaking_at(file, [1000])
    assert b"".join(files.read(server.client(), LOG)) == TEXT


def test_a_log_that_grows_is_read_on_where_it_begins_as_before() -> None:
    file = File()

    def grow(number: int) -> None:
        file.cut_after = 5000 if number == 0 else None
        if number == 1:
            file.content, file.written = TEXT + b"more", 7

    server = FileServer(file, looked_at=grow)
    assert b"".join(files.read(server.client(), LOG)) == TEXT + b"more"
    assert server.ranges == [None, f"bytes={5000 - 256}-{len(TEXT) + 3}", "bytes=0-1023"]


def rewritten(file: File, content: bytes, *, seen: bool = True) -> FileServer:
    """A file rewritten after a break: before it is looked at again, or just after that."""

    def rewrite(number: int) -> None:
        file.cut_after = 1000 if number == 0 else None
        if number == 1:
            file.content, file.written = content, 9

    return FileServer(file, looked_at=rewrite) if seen else FileServer(file, before=rewrite)


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize(
    "content",
    [b"x" * len(TEXT), b"short", b"", TEXT[:500], b"x" + TEXT[1:], b"x" + TEXT + b"and more"],
    ids=len,
)
def test_a_file_that_was_rewritten_is_not_patched_together(content: bytes, *, seen: bool) -> None:
    reading = files.read(rewritten(File(), content, seen=seen).client(), LOG)
    with pytest.raises(FileChangedError, match="rewritten while it was read, after 1000 bytes"):
        list(reading)


def test_a_rewritten_file_starts_again_where_the_sink_can_go_back() -> None:
    sink = io.BytesIO(b"head")
    sink.seek(4)
    info = files.download(rewritten(File(), b"new and short").client(), LOG, sink)
    assert sink.getvalue() == b"headnew and short"
    assert (info.size, info.last_modified and info.last_modified.second) == (13, 9)


def test_a_file_that_is_rewritten_all_the_time_is_given_up() -> None:
    file = File()

    def rewrite(number: int) -> None:
        file.cut_after = 1000
        file.content, file.written = bytes([number % 256]) * 5000, number % 60

    with pytest.raises(FileChangedError):
        files.download(FileServer(file, rewrite).client(), LOG, io.BytesIO())


def test_an_empty_file_is_only_looked_at() -> None:
    server = FileServer(File(content=b""))
    assert list(files.read(server.client(), LOG)) == []
    assert server.ranges == []


def test_a_server_that_breaks_after_every_few_bytes_ends_all_the_same() -> None:
    server = breaking_at(File(), [100] * 200)
    assert b"".join(files.read(server.client(), LOG)) == TEXT


def test_a_server_that_gives_nothing_is_given_up() -> None:
    server = breaking_at(File(), [0] * 200)
    with pytest.raises(UnreachableError, match="gave up after 10 attempts"):
        list(files.read(server.client(), LOG))


def test_large_files_are_handed_out_in_bounded_blocks() -> None:
    server = FileServer(File(content=b"z" * 600_000))
    sizes = [len(block) for block in files.read(server.client(), LOG)]
    assert sum(sizes) == 600_000
    assert max(sizes) <= 256 * 1024 + 100


@pytest.mark.parametrize(("packet", "replaced"), [(1024, False), (1023, True)])
def test_a_connection_that_gives_next_to_nothing_is_replaced(packet: int, replaced: bool) -> None:
    server = FileServer(File())
    server.packet, server.seconds_a_packet = packet, 45.0
    assert b"".join(files.read(server.client(), LOG)) == TEXT
    assert (len(server.ranges) > 1) is replaced


def test_a_part_moves_no_more_than_the_part() -> None:
    server = FileServer(File(content=b"0123456789" * 100_000))
    assert b"".join(files.read(server.client(), LOG, start=999_990)) == b"0123456789"
    assert server.moved == 10


def test_a_download_that_is_cut_nine_times_moves_little_twice() -> None:
    content = bytes(range(256)) * 4000
    server = breaking_at(File(content=content), [100_000] * 9)
    assert b"".join(files.read(server.client(), LOG)) == content
    assert len(server.ranges) == 10 + (len(content) - 9 * 100_000) // 10**6
    assert len(content) <= server.moved <= len(content) * 1.01


def test_the_last_byte_of_a_long_file_is_not_waited_for_twice() -> None:
    server = FileServer(File())
    sink = io.BytesIO()
    assert files.download(server.client(), LOG, sink).size == len(TEXT)
    assert server.ranges == [None]


@pytest.mark.parametrize("content", [TEXT, b"z" * len(TEXT), b"tick\n" * 2000])
def test_a_whole_file_where_a_part_was_asked_for_is_passed_over_and_told_of(content: bytes) -> None:
    server = FileServer(File(content=content, honours_range=False))
    client = server.client()
    assert b"".join(files.read(client, LOG, start=5000)) == content[5000:]
    assert b"".join(files.read(client, LOG, start=5000)) == content[5000:]
    assert client.notices == [
        "Whole files came where a part was asked for, so more was moved than was needed."
    ]


def test_what_repeats_itself_is_never_taken_for_the_rest() -> None:
    # After the break the whole file comes, and it begins with what was read last.
    content = b"z" * 2000 + b"a" * 2000 + b"z" * 2000 + b"end"
    server = breaking_at(File(content=content, honours_range=False), [6000])
    sink = io.BytesIO()
    files.download(server.client(), LOG, sink)
    assert server.ranges == [None, "bytes=5744-6002", None]
    assert sink.getvalue() == content


@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_a_download_that_never_gets_ahead_ends(seconds: float) -> None:
    """Every answer breaks at the same byte, and every answer is the whole file."""
    server = breaking_at(File(honours_range=False), [4500] * 10_000)
    server.seconds_a_packet = seconds
    with pytest.raises(UnreachableError, match=r"gave up after \d+ attempts"):
        list(files.read(server.client(), LOG))
    assert server.moved <= 11 * 4500
    assert server.time <= 60 + 45 * seconds * 2


def test_a_long_way_to_the_next_byte_may_take_longer_than_one_attempt() -> None:
    server = breaking_at(File(honours_range=False), [9000])
    server.seconds_a_packet = 0.6
    assert b"".join(files.read(server.client(), LOG)) == TEXT
    assert server.time > 100


def test_what_was_packed_on_the_way_is_counted_unpacked_or_refused() -> None:
    plain = FileServer(File(packed="gzip"))
    assert b"".join(files.read(plain.client(), LOG)) == TEXT
    with pytest.raises(UnreachableError, match="packed on the way"):
        list(files.read(FileServer(File(packed="zstd")).client(), LOG))


def test_bytes_that_are_known_from_before_must_still_be_there() -> None:
    server = FileServer(File())
    reading = files.read(server.client(), LOG, start=500, before=TEXT[300:500])
    assert b"".join(reading) == TEXT[500:]
    assert server.ranges == [f"bytes=300-{len(TEXT) - 1}"]
    with pytest.raises(FileChangedError):
        list(files.read(server.client(), LOG, start=500, before=b"other"))
