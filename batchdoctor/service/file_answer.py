"""One question about a file and its answer: its length, its bytes, and what headers tell of them.

The service answers a range with 200, chunked, without Content-Length, Content-Range or ETag; only a
HEAD and a listing tell how long a file is. Documentation and proxies do otherwise, so whatever the
headers do tell is used.
"""

from __future__ import annotations

from http import HTTPStatus

from batchdoctor.service.client import Client
from batchdoctor.service.faults import Fault
from batchdoctor.service.query import parameters
from batchdoctor.service.source import (
    BlobFile,
    FileInfo,
    FileSource,
    NodeFile,
    TaskFile,
    content_range,
    info_of,
    length_of,
    packing_of,
)
from batchdoctor.service.stretch import Part
from batchdoctor.service.transport import Answer, Request, Stream

# Content-Length and ranges count the file's own bytes only while nobody compresses them.
PLAIN = {"Accept-Encoding": "identity"}
# What is unpacked on the way to us although nobody asked for it to be packed.
UNPACKED = {"", "identity", "gzip", "x-gzip", "deflate"}
# Statuses whose reason is in the service's code only.
UNEXPLAINED = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
_BETWEEN = "A proxy or a sign-in page may stand between; check the endpoint."


def ask(client: Client, source: FileSource, limit: float) -> FileInfo:
    """Ask for a file's size and times in one exchange; raises `Fault`."""
    if isinstance(source, BlobFile):
        stream = client.blobs.open("HEAD", source, limit)
        stream.close()
        return info_of(stream.headers, size=length_of(stream.headers))
    request = Request("HEAD", source.target, parameters(), PLAIN)
    try:
        answer = client.transport.exchange(request, limit)
    except Fault as fault:
        if fault.passing or fault.status not in UNEXPLAINED:
            raise
        _explain(client, source, limit)
        # It has appeared in between.
        answer = client.transport.exchange(request, limit)
    if why := _whose_answer(answer):
        raise Fault(why, passing=True, hint=_BETWEEN)
    return info_of(answer.headers, size=length_of(answer.headers))


def _explain(client: Client, source: TaskFile | NodeFile, limit: float) -> None:
    """Raise why a file cannot be had, which the answer to a HEAD has no body for."""
    first_byte = Request("GET", source.target, parameters(), PLAIN | {"ocp-range": "bytes=0-0"})
    try:
        client.transport.open(first_byte, limit).close()
    except Fault as fault:
        # A file without a first byte is there, and empty.
        if fault.status != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise


def open_file(client: Client, source: FileSource, limit: float, part: Part | None) -> Stream:
    """Ask for a file's bytes, all or a part of them; raises `Fault`."""
    if isinstance(source, BlobFile):
        return client.blobs.open("GET", source, limit, part)
    headers = PLAIN | ({"ocp-range": f"bytes={part.first}-{part.end - 1}"} if part else {})
    stream = client.transport.open(Request("GET", source.target, parameters(), headers), limit)
    why = _whose_answer(stream)
    if why:
        stream.close()
        raise Fault(why, passing=True, hint=_BETWEEN)
    return stream


def _whose_answer(stream: Stream | Answer) -> str | None:
    """Say why an answer is not the file's own bytes; None for one that is."""
    kind = stream.headers.get("Content-Type", "").lower()
    if kind.startswith("text/html") and "ocp-batch-file-isdirectory" not in stream.headers:
        return "the answer is a web page, not the file"
    if packing_of(stream.headers) not in UNPACKED:
        return "the answer was packed on the way, in a way that cannot be unpacked here"
    return None


def part_told(stream: Stream, part: Part, size: int | None) -> bool | None:
    """Whether an answer's headers say that it is the part asked for: yes, no, or nothing at all."""
    told = content_range(stream.headers)
    if told is not None:
        return told[0] == part.first
    length = length_of(stream.headers)
    if length == part.size:
        return True
    if length is not None and (length > part.size or length == size):
        return False
    return None
