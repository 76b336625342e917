"""Unpacks gzip and zstandard, told by their first bytes and never by the name of the file.

What was unpacked before the data ends or breaks is delivered first; only then comes the error.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import import_module
from io import BufferedReader, RawIOBase
from typing import Any

from batchdoctor.errors import InputError

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
BUFFER = 64 * 1024

# A log shrinks to a twentieth, seldom to a hundredth. What shrinks to less is no log.
_SUSPICIOUS_RATIO = 500
_HARMLESS_SIZE = 128 * 1024 * 1024
_GZIP_WINDOW = 31


class UnpackError(OSError):
    """Compressed data that is cut off, broken, or unreasonable."""


def uncompressed(stream: BufferedReader) -> BufferedReader:
    """The stream itself, or one that unpacks it.

    Raises InputError when unpacking needs a package that is not installed.
    """
    head = stream.peek(len(ZSTD))
    if head.startswith(GZIP):
        return BufferedReader(_Unpacked(stream, _gzip_member, GZIP), BUFFER)
    if head.startswith(ZSTD):
        return BufferedReader(_Unpacked(stream, _zstd_frame(), ZSTD), BUFFER)
    return stream


def _gzip_member() -> Any:
    """An unpacker of one member: isal's if it is installed (extra `fast`), it is quicker."""
    try:
        return import_module("isal.isal_zlib").decompressobj(_GZIP_WINDOW)
    except ImportError:
        return zlib.decompressobj(_GZIP_WINDOW)


def _zstd_frame() -> Callable[[], Any]:
    try:
        made = import_module("compression.zstd").ZstdDecompressor
    except ImportError:
        try:
            made = import_module("backports.zstd").ZstdDecompressor
        except ImportError:
            raise InputError(
                "Cannot read zstandard data: the package for it is not installed.",
                hint="pip install 'batchdoctor[zstd]', or pipe through: zstd -dc FILE",
            ) from None
    return lambda: _Bounded(made())


class _Bounded:
    """Gives the unpacker of zstandard the face of zlib's, so that output comes in small pieces."""

    def __init__(self, unpacker: Any) -> None:
        self._unpacker = unpacker
        self.unconsumed_tail = b""

    def decompress(self, data: bytes, size: int) -> bytes:
        # It keeps what it did not consume itself.
        found: bytes = self._unpacker.decompress(data, size)
        return found

    @property
    def eof(self) -> bool:
        return bool(self._unpacker.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._unpacker.unused_data)

    @property
    def hungry(self) -> bool:
        return bool(self._unpacker.needs_input)


class _Unpacked(RawIOBase):
    """The content of one member or frame after the other."""

    def __init__(self, stream: BufferedReader, member: Callable[[], Any], magic: bytes) -> None:
        self._stream = stream
        self._magic = magic
        self._member = member
        self._unpacker = member()
        self._packed = b""
        self._taken = self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives a memoryview
        while True:
            if self._unpacker.eof and not self._next_member():
                return 0
            piece = self._unpack(len(buffer))
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)

    def _unpack(self, size: int) -> bytes:
        ended = False
        if not self._packed and getattr(self._unpacker, "hungry", True):
            self._packed = self._stream.read1(BUFFER)
            self._taken += len(self._packed)
            ended = not self._packed
        try:
            piece: bytes = self._unpacker.decompress(self._packed, size)
        except Exception as error:
            # Each library has its own; none of them is an OSError.
            raise UnpackError(f"the compressed data is broken: {error}") from None
        if ended and not piece and not self._unpacker.eof:
            raise UnpackError("the compressed data is cut off")
        self._packed = self._unpacker.unconsumed_tail
        self._given += len(piece)
        if self._given > max(_HARMLESS_SIZE, _SUSPICIOUS_RATIO * self._taken):
            raise UnpackError("it unpacks to far more than a log would; the rest is left out")
        return piece

    def _next_member(self) -> bool:
        """Begin the next member, if there is one; zeros that pad the last block are none."""
        rest = (self._unpacker.unused_data or self._stream.read1(BUFFER)).lstrip(b"\0")
        if not rest:
            return False
        if rest[: len(self._magic)] != self._magic[: len(rest)]:
            raise UnpackError("the compressed data is broken: something else follows its end")
        self._taken += len(rest)
        self._unpacker = self._member()
        self._packed = rest
        return True
