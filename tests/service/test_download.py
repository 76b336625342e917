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
    etag: str = "1"
    status: int = 206
    content_range: bool = True
    honours_range: bool = True
    length: bool = True
    chunked: bool = False
    cut_after: int | None = None


class FileStream:
    """An answer in chunks of 100 bytes, which may break."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, *, cut: bool) -> None:
        self.status = status
        self.headers = headers
        self._left = body
        self._cut = cut

    def read(self) -> bytes:
        chunk, self._left = self._left[:100], self._left[100:]
        if not chunk and self._cut:
            raise Fault("the connection broke", passing=True)
        return chunk

    def close(self) -> None:
        self._left = b""


class FileServer:
    """A transport in front of one file; `before` is called with the number of each GET."""

    host = "acct.example"

    def __init__(self, file: File, before: Callable[[int], None] = lambda _number: None) -> None:
        self.account = Account("https://acct.example", "acct", SharedKey("a2V5"))
        self.file = file
        self.before = before
        self.ranges: list[str | None] = []

    def exchange(self, request: Request, _limit: float) -> Answer:
        assert request.method == "HEAD"
        return Answer(200, self._headers(len(self.file.content)), b"")

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
            self.file.status if partial else 200,
            headers,
            body if cut is None else body[:cut],
            cut=cut is not None and (self.file.length or self.file.chunked),
        )
        return cast("Stream", stream)

    def _headers(self, length: int) -> dict[str, str]:
        headers = {"ETag": self.file.etag, "Last-Modified": "Sat, 21 Nov 2026 20:00:00 GMT"}
        if self.file.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif self.file.length or length == len(self.file.content):
            headers["Content-Length"] = str(length)
        return headers

    def client(self) -> Client:
        retry = RetryPolicy(sleep=lambda _seconds: None)
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
        {"status": 200},
        {"status": 200, "content_range": False},
        {"content_range": False},
        {"honours_range": False},
        {"chunked": True},
        {"chunked": True, "content_range": False, "status": 200},
        {"chunked": True, "honours_range": False},
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
    file = File(length=False, content_range=False)
    server = breaking_at(file, [1000])
    assert b"".join(files.read(server.client(), LOG)) == TEXT


def test_a_log_that_grows_is_read_on() -> None:
    file = File()

    def grow(number: int) -> None:
        file.cut_after = 1000 if number == 0 else None
        if number == 1:
            file.content, file.etag = TEXT + b"more", "2"

    server = FileServer(file, grow)
    assert b"".join(files.read(server.client(), LOG)) == TEXT + b"more"
    assert server.ranges == [None, f"bytes=1000-{len(TEXT) - 1}", None]


def rewritten(file: File, content: bytes) -> FileServer:
    def rewrite(number: int) -> None:
        file.cut_after = 1000 if number == 0 else None
        if number == 1:
            file.content, file.etag = content, "2"

    return FileServer(file, rewrite)


@pytest.mark.parametrize(
    "content", [b"x" * len(TEXT), b"short", b"", TEXT[:500], b"x" + TEXT[1:]], ids=len
)
def test_a_file_that_was_rewritten_is_not_patched_together(content: bytes) -> None:
    reading = files.read(rewritten(File(), content).client(), LOG)
    with pytest.raises(FileChangedError, match="rewritten while it was read, after 1000 bytes"):
        list(reading)


def test_a_rewritten_file_starts_again_where_the_sink_can_go_back() -> None:
    sink = io.BytesIO(b"head")
    sink.seek(4)
    info = files.download(rewritten(File(), b"new and short").client(), LOG, sink)
    assert sink.getvalue() == b"headnew and short"
    assert (info.size, info.etag) == (13, "2")


def test_a_file_that_is_rewritten_all_the_time_is_given_up() -> None:
    file = File()

    def rewrite(number: int) -> None:
        file.cut_after = 1000
        file.content, file.etag = bytes([number % 256]) * 5000, str(number)

    with pytest.raises(FileChangedError):
        files.download(FileServer(file, rewrite).client(), LOG, io.BytesIO())


def test_an_empty_file_is_empty_and_asked_for_without_a_range() -> None:
    server = FileServer(File(content=b""))
    assert list(files.read(server.client(), LOG)) == []
    assert server.ranges == [None]


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
