"""A container of a storage account that gives a log in parts: all that reading needs of one.

Azurite takes a processor of its own for what it sends. Beside this, readers have theirs.
"""

from __future__ import annotations

import mmap
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

_TAG, _DATE = '"0x1"', "Sat, 01 Aug 2026 00:00:00 GMT"


@contextmanager
def light_storage(log: Path, blobs: int) -> Iterator[str]:
    """The address of a container with a log in so many blobs, served by another process."""
    argv = [sys.executable, "-m", __name__, str(log), str(blobs)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/light/logs"
        process.terminate()


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    blobs: Mapping[str, memoryview]

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if "comp=list" in asked.query:
            self._answer(200, memoryview(self._listing()), {"Content-Type": "application/xml"})
            return
        first, last = (self.headers["x-ms-range"].removeprefix("bytes=")).split("-")
        content = self.blobs["/".join(asked.path.split("/")[3:])]
        part, size = content[int(first) : int(last) + 1], len(content)
        end = int(first) + len(part) - 1
        self._answer(206, part, {"Content-Range": f"bytes {first}-{end}/{size}"})

    def _listing(self) -> bytes:
        blobs = "".join(
            f"<Blob><Name>{name}</Name><Properties><Last-Modified>{_DATE}</Last-Modified>"
            f"<Etag>{_TAG}</Etag><Content-Length>{len(content)}</Content-Length>"
            "<BlobType>BlockBlob</BlobType></Properties></Blob>"
            for name, content in self.blobs.items()
        )
        return (
            '<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="logs">'
            f"<Blobs>{blobs}</Blobs><NextMarker /></EnumerationResults>"
        ).encode()

    def _answer(self, status: int, body: memoryview, more: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (
            *more.items(),
            ("Content-Length", str(len(body))),
            ("ETag", _TAG),
            ("Last-Modified", _DATE),
            ("x-ms-blob-type", "BlockBlob"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing of what was asked."""


def _serve(log: str, blobs: str) -> None:
    with Path(log).open("rb") as file:
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    count = int(blobs)
    cuts = [whole.find(b"\n", len(whole) * part // count) + 1 for part in range(1, count)]
    _Answering.blobs = {
        f"{part:03}/PT1H.json": memoryview(whole)[begin:end]
        for part, (begin, end) in enumerate(pairwise([0, *cuts, len(whole)]))
    }
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
