"""Logs in a storage account: the only module that knows azure-storage-blob, loaded when needed.

A blob of the current hour grows while it is read, so its size is taken once, from the list, and it
is read up to there in ranges, each by itself. Ranges are fetched ahead, several at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from io import BufferedReader, RawIOBase
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

import msgspec
from msgspec import structs

from batchdoctor.errors import InputError, UsageError
from batchdoctor.events.archive_hours import may_hold
from batchdoctor.events.days import StoredLog
from batchdoctor.events.remote_errors import translated
from batchdoctor.events.source import Source
from batchdoctor.prefetch import prefetched

RANGE = 4 * 1024 * 1024
AT_ONCE = 4
# The library waits longer each time, some 50 s in all.
RETRIES = 4
KEY_VARIABLE = "AZURE_STORAGE_KEY"
# Whole URLs with their signatures, parted by blanks: for programs whose arguments others can see.
SIGNED_URLS_VARIABLE = "BATCHDOCTOR_SIGNED_URLS"
HINT = f"add a signature to the URL, set {KEY_VARIABLE}, or sign in with: az login"
_PORTS = {"https": 443, "http": 80}
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

    @property
    def url(self) -> str:
        """The address as a URL, without the signature."""
        whole = f"{self.account_url}/{self.container}/{quote(self.prefix, safe='/=')}"
        return whole if self.prefix else whole.rstrip("/")

    @property
    def signed_url(self) -> str:
        """The same with the signature, where there is one."""
        return f"{self.url}?{self.signature}" if self.signature else self.url

    def of(self, prefix: str) -> Address:
        """Another prefix of the same container."""
        return structs.replace(self, prefix=prefix)


def address_of(url: str) -> Address:
    """Take a URL apart. Raises UsageError for one that names no container, or is not encrypted."""
    parts = urlsplit(url)
    loopback = parts.hostname in _LOOPBACK
    if parts.scheme != "https" and not loopback:
        raise UsageError(f"Cannot read {parts.scheme}://{parts.netloc}: only https is accepted.")
    path = [unquote(part) for part in parts.path.strip("/").split("/")]
    if len(path) > 1 and parts.path.endswith("/"):
        path.append("")
    # An emulator on this machine has its account in the path.
    account = "/" + path.pop(0) if loopback and path else ""
    if not path or not path[0]:
        raise UsageError(
            f"Cannot read {parts.scheme}://{parts.netloc}: it names no container.",
            hint="https://ACCOUNT.blob.core.windows.net/insights-logs-servicelog[/PREFIX]",
        )
    signature = parts.query if "sig" in parse_qs(parts.query) else ""
    return Address(
        f"{parts.scheme}://{_host_of(parts)}{account}", path[0], "/".join(path[1:]), signature
    )


def _host_of(parts: SplitResult) -> str:
    """The host in the one way to write it, with its port where that is not the usual one."""
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host
    try:
        port = parts.port
    except ValueError:
        raise UsageError(
            f"Cannot read {parts.scheme}://{parts.netloc}: its port is no number."
        ) from None
    return name if port in {None, _PORTS.get(parts.scheme)} else f"{name}:{port}"


def blob_sources(
    url: str, environ: Mapping[str, str], since: datetime | None, until: datetime | None
) -> Iterator[Source]:
    """Every blob of a container below a prefix, but for hours that the time asked for cannot need.

    Signed in with the URL's own signature or the one of a URL in `BATCHDOCTOR_SIGNED_URLS`, else
    the account's key in `AZURE_STORAGE_KEY`, else as azure-identity finds. Raises errors of access,
    of names not found, and of the network.
    """
    address = address_of(url)
    address = structs.replace(address, signature=signature_of(address, environ))
    found = stored_logs(address, environ, since, until)
    below = f"{address.account_url}/{address.container}"
    shelf = _BlobShelf(
        address,
        environ.get(KEY_VARIABLE),
        {f"{below}/{name}": (name, size) for name, size, _ in found},
    )
    for name, size, tag in found:
        place = f"{below}/{name}"
        yield Source(place, opener=partial(shelf.opened, place), size=size, tag=tag, shelf=shelf)


def stored_logs(
    address: Address,
    environ: Mapping[str, str],
    since: datetime | None,
    until: datetime | None,
) -> list[StoredLog]:
    """Names and sizes of the blobs that `blob_sources` would read. Raises as that does."""
    container = container_of(address, environ)
    with translated(address.name, HINT):
        return [
            StoredLog(blob.name, blob.size, str(blob.etag or ""))
            for blob in container.list_blobs(name_starts_with=address.prefix or None)
            if may_hold(blob.name, since, until)
        ]


def signature_of(address: Address, environ: Mapping[str, str]) -> str:
    """The signature that lets one in at an address: its own, or that of a URL it lies in."""
    if address.signature:
        return address.signature
    signed = map(address_of, environ.get(SIGNED_URLS_VARIABLE, "").split())
    fitting = [
        each
        for each in signed
        if (each.account_url, each.container) == (address.account_url, address.container)
        and address.prefix.startswith(each.prefix)
    ]
    return max(fitting, key=lambda each: len(each.prefix)).signature if fitting else ""


def container_of(address: Address, environ: Mapping[str, str]) -> Any:
    """A client of the container. Raises InputError without the package for storage accounts."""
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
        credential=signature_of(address, environ) or environ.get(KEY_VARIABLE) or _identity(),
        # A range is one request, so it is asked for again as a whole when it breaks off.
        max_single_get_size=RANGE,
        retry_total=RETRIES,
    )


def _identity() -> Any:
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential()


class _BlobShelf:
    """The blobs of one listing; each process that reads some of them fetches those ahead."""

    def __init__(
        self, address: Address, key: str | None, blobs: Mapping[str, tuple[str, int]]
    ) -> None:
        self._address = address
        self._environ = {KEY_VARIABLE: key} if key else {}
        self._blobs = blobs
        self._order: dict[str, int] = {}

    def expect(self, places: Sequence[str]) -> None:
        """Fetch these ahead, in this order, with a client of this process."""
        self._order = {place: index for index, place in enumerate(places)}
        self._ahead = self._fetching([self._blobs[place] for place in places])

    def opened(self, place: str) -> BufferedReader:
        """One blob, to be read before any later one."""
        if place not in self._order:
            self.expect(list(self._blobs))
        return BufferedReader(_Blob(self._ahead, self._order[place]), RANGE)

    def _fetching(self, blobs: Sequence[tuple[str, int]]) -> _Ahead:
        return _Ahead(container_of(self._address, self._environ), self._address, blobs)


class _Range(NamedTuple):
    """A part of a blob: the blob's place in the order of reading, its name, and bytes."""

    place: int
    name: str
    start: int
    length: int


class _Ahead:
    """Fetches the ranges of some blobs in their order, a few before they are asked for."""

    def __init__(self, container: Any, address: Address, blobs: Sequence[tuple[str, int]]) -> None:
        self._container = container
        self._address = address
        ranges = [
            _Range(index, name, start, min(RANGE, size - start))
            for index, (name, size) in enumerate(blobs)
            for start in range(0, size, RANGE)
        ]
        self._coming = prefetched(ranges, self._fetch, width=AT_ONCE)
        self._held: tuple[_Range, Iterator[bytes]] | None = None

    def next_of(self, index: int) -> bytes:
        """The next range of a blob; empty at its end. What was not read of earlier ones is lost."""
        while True:
            self._held = self._held or next(self._coming, None)
            if self._held is None or self._held[0].place > index:
                return b""
            (owner, *_), content = self._held
            self._held = None
            if owner == index:
                with translated(self._address.name, HINT):
                    return b"".join(content)

    def _fetch(self, wanted: _Range) -> Iterator[bytes]:
        blob = self._container.get_blob_client(wanted.name)
        content: bytes = blob.download_blob(offset=wanted.start, length=wanted.length).readall()
        yield content


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
    blob = container_of(address, environ).get_blob_client(address.prefix)

    def size() -> int:
        with translated(address.name, HINT):
            found: int = blob.get_blob_properties().size
            return found

    def read(offset: int) -> bytes | None:
        length = size() - offset
        if length <= 0:
            return None if length < 0 else b""
        with translated(address.name, HINT):
            content: bytes = blob.download_blob(offset, min(length, chunk)).readall()
            return content

    return size(), read
