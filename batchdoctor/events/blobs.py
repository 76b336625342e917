"""Logs in a storage account: the only module that knows azure-storage-blob, loaded when needed.

A blob of the current hour grows while it is read, so its size is taken once, from the list, and it
is read up to there in ranges, each by itself. Ranges are fetched ahead, several at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from io import BufferedReader, RawIOBase
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from batchdoctor.errors import InputError, UsageError
from batchdoctor.events.archive_hours import may_hold
from batchdoctor.events.remote_errors import translated
from batchdoctor.events.source import Source

RANGE = 4 * 1024 * 1024
AT_ONCE = 4
# The library waits longer each time, some 50 s in all.
RETRIES = 4
KEY_VARIABLE = "AZURE_STORAGE_KEY"
_HINT = f"add a signature to the URL, set {KEY_VARIABLE}, or sign in with: az login"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Address(msgspec.Struct, frozen=True):
    """What a URL of a container says: where, which names in it, and a signature if it has one."""

    account_url: str
    container: str
    prefix: str
    signature: str

    @property
    def name(self) -> str:
        """The address for people, without the signature."""
        return "/".join(filter(None, (self.account_url, self.container, self.prefix)))


def address_of(url: str) -> Address:
    """Take a URL apart. Raises UsageError for one that names no container, or is not encrypted."""
    parts = urlsplit(url)
    loopback = parts.hostname in _LOOPBACK
    if parts.scheme != "https" and not loopback:
        raise UsageError(f"Cannot read {parts.scheme}://{parts.netloc}: only https is accepted.")
    path = [unquote(part) for part in parts.path.strip("/").split("/")]
    # An emulator on this machine has its account in the path.
    account = "/" + path.pop(0) if loopback and path else ""
    if not path or not path[0]:
        raise UsageError(
            f"Cannot read {parts.scheme}://{parts.netloc}: it names no container.",
            hint="https://ACCOUNT.blob.core.windows.net/insights-logs-servicelog[/PREFIX]",
        )
    signature = parts.query if "sig" in parse_qs(parts.query) else ""
    return Address(
        f"{parts.scheme}://{parts.netloc}{account}", path[0], "/".join(path[1:]), signature
    )


def blob_sources(
    url: str, environ: Mapping[str, str], since: datetime | None, until: datetime | None
) -> Iterator[Source]:
    """Every blob of a container below a prefix, but for hours that the time asked for cannot need.

    Signed in with the URL's own signature, else the account's key in `AZURE_STORAGE_KEY`, else as
    azure-identity finds. Raises errors of access, of names not found, and of the network.
    """
    address = address_of(url)
    container = _container(address, environ)
    with translated(address.name, _HINT):
        found = [
            (blob.name, blob.size)
            for blob in container.list_blobs(name_starts_with=address.prefix or None)
            if may_hold(blob.name, since, until)
        ]
    ahead = _Ahead(container, address, found)
    for index, (name, _) in enumerate(found):
        place = f"{address.account_url}/{address.container}/{name}"
        yield Source(place, opener=partial(ahead.opened, index))


def _container(address: Address, environ: Mapping[str, str]) -> Any:
    try:
        from azure.storage.blob import ContainerClient
    except ImportError:
        raise InputError(
            f"Cannot read {address.name}: the package for storage accounts is not installed.",
            hint="pip install 'batchdoctor[blob]'",
        ) from None
    return ContainerClient(
        address.account_url,
        address.container,
        credential=address.signature or environ.get(KEY_VARIABLE) or _identity(),
        # A range is one request, so it is asked for again as a whole when it breaks off.
        max_single_get_size=RANGE,
        retry_total=RETRIES,
    )


def _identity() -> Any:
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential()


class _Ahead:
    """Fetches the ranges of all blobs in their order, a few before they are asked for."""

    def __init__(self, container: Any, address: Address, blobs: Sequence[tuple[str, int]]) -> None:
        self._container = container
        self._address = address
        self._ranges = iter(
            [
                (index, name, start, min(RANGE, size - start))
                for index, (name, size) in enumerate(blobs)
                for start in range(0, size, RANGE)
            ]
        )
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="blobs")
        self._coming: deque[tuple[int, Future[bytes]]] = deque()

    def opened(self, index: int) -> BufferedReader:
        """One blob, to be read before any later one."""
        return BufferedReader(_Blob(self, index), RANGE)

    def next_of(self, index: int) -> bytes:
        """The next range of a blob; empty at its end. What was not read of earlier ones is lost."""
        while True:
            self._fill()
            if not self._coming or self._coming[0][0] > index:
                return b""
            owner, coming = self._coming.popleft()
            if owner == index:
                with translated(self._address.name, _HINT):
                    return coming.result()

    def _fill(self) -> None:
        while len(self._coming) < AT_ONCE:
            following = next(self._ranges, None)
            if following is None:
                return
            index, name, start, length = following
            self._coming.append((index, self._pool.submit(self._fetch, name, start, length)))

    def _fetch(self, name: str, start: int, length: int) -> bytes:
        blob = self._container.get_blob_client(name)
        content: bytes = blob.download_blob(offset=start, length=length).readall()
        return content


class _Blob(RawIOBase):
    """One blob as a stream."""

    def __init__(self, ahead: _Ahead, index: int) -> None:
        self._ahead = ahead
        self._index = index
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives a memoryview
        if not self._ready:
            self._ready = memoryview(self._ahead.next_of(self._index))
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size


def growing_blob(
    url: str, environ: Mapping[str, str], chunk: int
) -> tuple[int, Callable[[int], bytes | None]]:
    """The size of one blob now, and how to read on in it. Raises as `blob_sources` does."""
    address = address_of(url)
    blob = _container(address, environ).get_blob_client(address.prefix)

    def size() -> int:
        with translated(address.name, _HINT):
            found: int = blob.get_blob_properties().size
            return found

    def read(offset: int) -> bytes | None:
        length = size() - offset
        if length <= 0:
            return None if length < 0 else b""
        with translated(address.name, _HINT):
            content: bytes = blob.download_blob(offset, min(length, chunk)).readall()
            return content

    return size(), read
