"""The bytes of one file, block by block, over as many connections as it takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from http import HTTPStatus

from batchdoctor.errors import StateError
from batchdoctor.service.broken import too_slow
from batchdoctor.service.client import Client
from batchdoctor.service.faults import Fault
from batchdoctor.service.query import parameters
from batchdoctor.service.source import FileInfo, FileSource, content_range, info_of, length_of
from batchdoctor.service.transport import Request, Stream

BLOCK = 256 * 1024
# Less than this in the time of one attempt (45 s) is a connection worth replacing.
SLOWEST_BLOCK = 1024
# Statuses whose reason is in the service's code only.
UNEXPLAINED = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
# Content-Length and ranges count the file's own bytes only while nobody compresses them.
PLAIN = {"Accept-Encoding": "identity"}


class FileChangedError(StateError):
    """A file was rewritten while it was read, so the bytes handed out are of no use."""


class Download:
    """Reads a file from byte `start` up to `end` (exclusive), each byte once and in order.

    The unit of retry is a block. After a break the reading goes on with `ocp-range` at the next
    byte. When ETag, Last-Modified or size say that the file changed, it is read again from its
    first byte and compared with what was handed out: a log that grew goes on, anything else raises
    `FileChangedError`. `info` tells about the file once the first block is there.
    """

    def __init__(
        self, client: Client, source: FileSource, start: int = 0, end: int | None = None
    ) -> None:
        self.info: FileInfo | None = None
        self._client = client
        self._source = source
        self._start = start
        self._end = end
        self._offset = start  # the next byte to hand out
        self._position = start  # the next byte that the stream gives
        self._stream: Stream | None = None
        self._digest = hashlib.sha256()  # of all that was handed out
        self._check: hashlib._Hash | None = None  # of the same bytes, read again
        self._ready = bytearray()
        self._complete = False

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes; raises the errors of the service, and `UnreachableError`."""
        operation = f"read {self._source}"
        try:
            while (block := self._client.retry.run(operation, self._next_block)) is not None:
                if block:
                    yield block
        finally:
            self._drop()

    def _next_block(self, limit: float) -> bytes | None:
        """Return some bytes, none after a stretch that was read again, None at the end."""
        until = self._client.retry.clock() + limit
        try:
            if not self._ready and not self._complete:
                if self._stream is None:
                    self._open(until)
                self._fill(until, limit)
        except Fault:
            # What arrived before the break stays in `_ready`, for the next attempt to hand out.
            self._drop()
            raise
        if self._complete and not self._ready:
            return None
        block = bytes(self._ready)
        self._ready.clear()
        return block

    def _fill(self, until: float, limit: float) -> None:
        received = 0
        while self._stream is not None and received < BLOCK:
            chunk = self._stream.read()
            received += len(chunk)
            if chunk:
                self._take(chunk)
            else:
                self._finish()
            if self._stream is not None and self._client.retry.clock() >= until:
                if received < SLOWEST_BLOCK:
                    raise too_slow(self._client.transport.host, limit)
                return

    def _take(self, chunk: bytes) -> None:
        """Compare the bytes that were handed out before, and keep those that were not."""
        before = chunk[: self._offset - self._position]
        if before and self._check is not None:
            self._check.update(before[max(0, self._start - self._position) :])
        self._position += len(before)
        if self._check is not None and self._position == self._offset:
            if self._check.digest() != self._digest.digest():
                raise self._changed()
            self._check = None
        last = self._last()
        fresh = chunk[len(before) :]
        # A file that grows while it is read must not give more than it announced.
        fresh = fresh if last is None else fresh[: last - self._offset]
        self._digest.update(fresh)
        self._ready += fresh
        self._offset += len(fresh)
        self._position += len(fresh)

    def _finish(self) -> None:
        self._drop()
        last = self._last()
        if self._check is not None:
            raise self._changed()
        if last is not None and self._offset < last:
            raise Fault(
                f"the connection ended {last - self._offset} bytes before the file", passing=True
            )
        self._complete = True

    def _open(self, until: float) -> None:
        """Open the file at the next byte, and check that it still is the same file."""
        if self._check is not None or (self._offset == 0 and self._end is None):
            self._open_whole(until)
            return
        if self.info is None:
            self.info = ask(self._client, self._source, self._left(until))
        last = self._last()
        if last is not None and self._offset >= last:
            self._complete = True
            return
        stream = self._get(until, f"bytes={self._offset}-{'' if last is None else last - 1}")
        told = content_range(stream.headers)
        now = info_of(stream.headers, size=(told and told[1]) or self.info.size)
        if self._is_at_offset(stream, last) and not now.is_another_than(self.info):
            self._stream, self._position = stream, self._offset
        else:
            stream.close()
            self._open_whole(until)

    def _is_at_offset(self, stream: Stream, last: int | None) -> bool:
        """Whether an answer to a range begins where it was asked to.

        The service is documented to answer 200 to a range, which from anyone else means that the
        range was ignored; the length tells the two apart.
        """
        told = content_range(stream.headers)
        if told:
            return told[0] == self._offset
        length = length_of(stream.headers)
        asked_for = None if last is None else last - self._offset
        return stream.status == HTTPStatus.PARTIAL_CONTENT or (
            length is not None and length == asked_for
        )

    def _open_whole(self, until: float) -> None:
        """Open the file at its first byte, to compare and pass over what was handed out."""
        stream = self._get(until)
        size = length_of(stream.headers)
        if size is None and "chunked" not in stream.headers.get("Transfer-Encoding", "").lower():
            # Nothing in this answer tells its end from a broken connection.
            stream.close()
            size = ask(self._client, self._source, self._left(until)).size
            if size is None:
                raise Fault("the service does not say how long the file is", passing=True)
            stream = self._get(until)
        self.info = info_of(stream.headers, size=size)
        self._stream, self._position = stream, 0
        self._check = hashlib.sha256() if self._offset > self._start else None

    def _get(self, until: float, byte_range: str | None = None) -> Stream:
        headers = PLAIN | ({"ocp-range": byte_range} if byte_range else {})
        request = Request("GET", self._source.target, parameters(), headers)
        try:
            stream = self._client.transport.open(request, self._left(until))
        except Fault as fault:
            if fault.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                # It was long enough when its size was asked for.
                raise self._changed() from fault
            raise
        if _is_page_of_somebody_else(stream):
            stream.close()
            raise Fault(
                "the answer is a web page, not the file",
                passing=True,
                hint="A proxy or a sign-in page may stand between; check the endpoint.",
            )
        return stream

    def _last(self) -> int | None:
        """Return the byte to stop before, None while the size is not known."""
        size = self.info.size if self.info else None
        known = [each for each in (self._end, size) if each is not None]
        return min(known) if known else None

    def _left(self, until: float) -> float:
        return max(until - self._client.retry.clock(), 0.001)

    def _changed(self) -> FileChangedError:
        self._drop()
        return FileChangedError(
            f"Could not read {self._source} to the end: it was rewritten while it was read, after "
            f"{self._offset} bytes.",
            hint="Read it again, or wait until its task has ended.",
        )

    def _drop(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def _is_page_of_somebody_else(stream: Stream) -> bool:
    """Whether a file's bytes are in truth a web page of whoever stands between."""
    kind = stream.headers.get("Content-Type", "").lower()
    return kind.startswith("text/html") and "ocp-batch-file-isdirectory" not in stream.headers


def ask(client: Client, source: FileSource, limit: float) -> FileInfo:
    """Ask for a file's size and times in one exchange; raises `Fault`."""
    request = Request("HEAD", source.target, parameters(), PLAIN)
    try:
        answer = client.transport.exchange(request, limit)
    except Fault as fault:
        if fault.passing or fault.status not in UNEXPLAINED:
            raise
        # The answer to a HEAD has no body, so the service's code is asked for with a GET.
        first_byte = PLAIN | {"ocp-range": "bytes=0-0"}
        client.transport.open(
            Request("GET", source.target, parameters(), first_byte), limit
        ).close()
        raise
    return info_of(answer.headers, size=length_of(answer.headers))
