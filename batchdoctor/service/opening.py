"""Opens a file at its next byte: which part to ask for, and what the answer turns out to be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus

from batchdoctor.service.broken import too_slow
from batchdoctor.service.client import Client
from batchdoctor.service.faults import Fault
from batchdoctor.service.file_answer import open_file, part_told
from batchdoctor.service.known import Known
from batchdoctor.service.source import FileInfo, FileSource, is_chunked, length_of
from batchdoctor.service.stretch import MismatchError, Part, Stretch
from batchdoctor.service.transport import Stream

# The longest part that is asked for while nothing is known that it could be held against.
HELD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """An open answer. `ignored`: headers say that all comes where a part was asked for."""

    stream: Stream
    stretch: Stretch
    info: FileInfo
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens one file for one attempt, which has time until `until`; raises `Fault`.

    Raises `MismatchError` where the file has become another one.
    """

    client: Client
    source: FileSource
    known: Known
    until: float

    def at_next_byte(
        self, info: FileInfo, last: int | None, overlap: int, before: FileInfo | None
    ) -> Opened:
        """Open the file to be read up to `last`, and `overlap` bytes before the next once more.

        `before` is what was told about the file earlier, None where nobody can have written to it.
        """
        moved = before is not None and info.is_another_than(before)
        grown = before is not None and (info.size or 0) > (before.size or 0)
        if last is None or (moved and not grown):
            return self._whole(info)
        known = self.known
        overlap = min(overlap, known.offset - known.begin)
        first = known.offset - overlap
        if first == 0:
            # A range that begins with the file cannot be mistaken for the whole file.
            return self._whole(info, Part(0, last) if (info.size or 0) > last else None)
        part = Part(first, last if overlap else min(last, first + HELD))
        return self._part(info, part, moved=moved)

    def _part(self, info: FileInfo, part: Part, *, moved: bool) -> Opened:
        stream = self._get(part)
        told = part_told(stream, part, info.size)
        if told is False:
            return Opened(stream, Stretch(self.known, None), info, ignored=True)
        moved = moved or info.was_written_to(stream.headers)
        if moved and part.first > self.known.begin and not self._begins_as_before(stream):
            return self._whole(info)
        return Opened(stream, Stretch(self.known, part, told=bool(told)), info)

    def _whole(self, info: FileInfo, part: Part | None = None) -> Opened:
        """Open the file at its first byte, to compare and pass over what was handed out."""
        stream = self._get(part)
        length = length_of(stream.headers)
        if part is None and length is not None:
            info = replace(info, size=length)
        if info.size is None and not is_chunked(stream.headers):
            # Nothing in this answer tells its end from a broken connection.
            stream.close()
            raise Fault("the service does not say how long the file is", passing=True)
        return Opened(stream, Stretch(self.known, None), info)

    def _begins_as_before(self, opened: Stream) -> bool:
        """Compare what was handed out first; unless it is the same, close what is open."""
        known = self.known
        part = Part(known.begin, known.begin + len(known.first))
        same = False
        try:
            same = self._read(part) == known.first
        finally:
            if not same:
                opened.close()
        return same

    def _read(self, part: Part) -> bytes:
        stream = self._get(part)
        read = b""
        try:
            while len(read) < part.size and (chunk := stream.read()):
                read += chunk
                if self.client.retry.clock() >= self.until:
                    raise too_slow(self.client.transport.host, self._left())
        finally:
            stream.close()
        return read[: part.size]

    def _get(self, part: Part | None) -> Stream:
        try:
            return open_file(self.client, self.source, self._left(), part)
        except Fault as fault:
            if fault.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                # It was long enough when its size was asked for.
                raise MismatchError from fault
            raise

    def _left(self) -> float:
        return max(self.until - self.client.retry.clock(), 0.001)
