"""Makes UTF-8 of what Windows programs save as UTF-16, and takes byte order marks away."""

from __future__ import annotations

import codecs
from io import BufferedReader, RawIOBase

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# The first character of JSON, where no mark tells the order of bytes.
_UNMARKED = {b"{\0": "utf-16-le", b"[\0": "utf-16-le", b"\0{": "utf-16-be", b"\0[": "utf-16-be"}
_CHUNK = 64 * 1024


def as_utf8(stream: BufferedReader) -> BufferedReader:
    """The stream without a byte order mark, and in UTF-8."""
    head = stream.peek(4)
    if head.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
        return stream
    encoding = _UTF16.get(head[:2])
    if encoding is not None:
        stream.read(2)
    else:
        encoding = _UNMARKED.get(head[:2])
    return stream if encoding is None else BufferedReader(_Recoded(stream, encoding), _CHUNK)


class _Recoded(RawIOBase):
    """Reads another encoding as UTF-8; what is damaged becomes a replacement character."""

    def __init__(self, stream: BufferedReader, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives a memoryview
        while not self._ready:
            block = self._stream.read(_CHUNK)
            self._ready = self._decoder.decode(block, not block).encode("utf-8")
            if not block:
                break
        piece, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)
