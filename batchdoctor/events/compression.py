"""Unpacks gzip and zstandard, told by their first bytes and never by the name of the file."""

from __future__ import annotations

import gzip
from io import BufferedReader

GZIP = b"\x1f\x8b"
BUFFER = 256 * 1024


def uncompressed(stream: BufferedReader) -> BufferedReader:
    """The stream itself, or one that unpacks it."""
    if stream.peek(4)[:2] == GZIP:
        return BufferedReader(gzip.GzipFile(fileobj=stream), BUFFER)
    return stream
