"""The bytes of one file, block by block, over as many connections as it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from batchdoctor.errors import StateError
from batchdoctor.service.broken import too_slow
from batchdoctor.service.client import Client
from batchdoctor.service.faults import Fault
from batchdoctor.service.file_answer import ask
from batchdoctor.service.known import LAST, Known
from batchdoctor.service.opening import Opened, Opener
from batchdoctor.service.source import FileInfo, FileSource
from batchdoctor.service.stretch import MismatchError, Stretch
from batchdoctor.service.transport import Stream

BLOCK = 256 * 1024
# Less than this in the time of one attempt (45 s) is a connection worth replacing.
SLOWEST_BLOCK = 1024
SHORTEST_OVERLAP = 16
IGNORED = "Whole files came where a part was asked for, so more was moved than was needed."


class FileChangedError(StateError):
    """A file was rewritten while it was read, so the bytes handed out are of no use."""


class Download:
    """Reads a file from byte `start` up to `end` (exclusive), each byte once and in order.

    A HEAD tells how far the file reaches, and it is read up to there. After a break the reading
    goes on with `ocp-range` a little before the next byte, and what is read again is compared. A
    file that may have been written to meanwhile must also begin as before: a log that grew goes on,
    anything else raises `FileChangedError`. `before` are bytes known to stand before `start`;
    `info` is what a HEAD has just told.

    The unit of retry is a block of bytes that were not there before. What is read again is no
    progress, so `--timeout` ends a download that never gets ahead.
    """

    def __init__(
        self,
        client: Client,
        source: FileSource,
        start: int = 0,
        end: int | None = None,
        *,
        before: bytes = b"",
        info: FileInfo | None = None,
    ) -> None:
        self.info = info
        self._client = client
        self._source = source
        self._end = end
        self._start = start
        self._known = Known(start, before)
        self._overlap = LAST
        self._stream: Stream | None = None
        self._stretch = Stretch(self._known, None)
        self._opened_at = start
        self._broken = False
        self._ready = bytearray()
        self._complete = False

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes; raises the errors of the service, and `UnreachableError`."""
        retry = self._client.retry
        try:
            while block := retry.run(
                f"read {self._source}", self._attempt(retry.clock() + retry.timeout)
            ):
                yield block
        finally:
            self._drop()

    def _attempt(self, deadline: float) -> Callable[[float], bytes]:
        """Return what gets the next block in one attempt; none is the end of the file."""

        def attempt(limit: float) -> bytes:
            until = self._client.retry.clock() + limit
            try:
                while not self._ready and not self._complete:
                    if self._stream is None:
                        self._open(until)
                    self._fill(until, deadline, limit)
            except Fault:
                # What arrived before the break stays in `_ready`, for the next attempt.
                self._break()
                raise
            except MismatchError as mismatch:
                self._drop()
                raise self._changed() from mismatch
            block = bytes(self._ready)
            self._ready.clear()
            return block

        return attempt

    def _fill(self, until: float, deadline: float, limit: float) -> None:
        """Read on until there is a block. What is only read again may take until `deadline`."""
        received = 0
        while self._stream is not None and len(self._ready) < BLOCK:
            chunk = self._stream.read()
            received += len(chunk)
            if chunk:
                self._take(chunk)
            else:
                self._finish()
            now = self._client.retry.clock()
            if self._stream is None or now < until:
                continue
            if received < SLOWEST_BLOCK or (not self._ready and now >= deadline):
                raise too_slow(self._client.transport.host, limit)
            if self._ready:
                return
            until, received = now + limit, 0

    def _take(self, chunk: bytes) -> None:
        was_at_end = self._is_at_end()
        fresh = self._stretch.take(chunk)
        if self._stretch.ignored:
            self._tell_ignored()
        self._keep(fresh)
        if was_at_end and self._stretch.part is None:
            # A file that grows while it is read must not give more than it announced.
            self._drop()
            self._complete = True

    def _keep(self, fresh: bytes) -> None:
        last = self._last()
        if last is not None:
            fresh = fresh[: max(last - self._known.offset, 0)]
        self._known.add(fresh)
        self._ready += fresh

    def _finish(self) -> None:
        """Take the end of an answer for the end of what was asked for, if it is."""
        self._keep(self._stretch.end())
        part = self._stretch.part
        wanted = part.end if part else self._last()
        missing = 0 if wanted is None else wanted - self._known.offset
        if missing > 0:
            raise Fault(f"the connection ended {missing} bytes before the file", passing=True)
        self._drop()
        self._complete = self._last() is None or self._is_at_end()

    def _open(self, until: float) -> None:
        """Open the file at the next byte, and see whether it still is the same file."""
        before = self.info
        if before is None or self._broken:
            left = max(until - self._client.retry.clock(), 0.001)
            self.info = ask(self._client, self._source, left)
        info, last = self.info or before, self._last()
        if self._is_at_end():
            if self._known.offset > max(self._start, last or 0):
                raise MismatchError
            self._complete = True
        elif info is not None:
            opener = Opener(self._client, self._source, self._known, until)
            written = before if self._broken else None
            self._begin(opener.at_next_byte(info, last, self._overlap, written))
        self._broken = False

    def _begin(self, opened: Opened) -> None:
        self.info, self._stream, self._stretch = opened.info, opened.stream, opened.stretch
        self._opened_at = self._known.offset
        if opened.ignored:
            self._tell_ignored()

    def _tell_ignored(self) -> None:
        if IGNORED not in self._client.notices:
            self._client.notices.append(IGNORED)

    def _last(self) -> int | None:
        """Return the byte to stop before, None while the size is not known."""
        size = self.info.size if self.info else None
        known = [each for each in (self._end, size) if each is not None]
        return min(known) if known else None

    def _is_at_end(self) -> bool:
        last = self._last()
        return last is not None and self._known.offset >= last

    def _changed(self) -> FileChangedError:
        return FileChangedError(
            f"Could not read {self._source} to the end: it was rewritten while it was read, after "
            f"{self._known.offset} bytes.",
            hint="Read it again, or wait until its task has ended.",
        )

    def _break(self) -> None:
        """After a break ask for less again than the connection has brought, or it gets nowhere."""
        if self._stream is not None:
            gained = self._known.offset - self._opened_at
            self._overlap = max(min(LAST, gained // 2), SHORTEST_OVERLAP)
        self._broken = True
        self._drop()

    def _drop(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
