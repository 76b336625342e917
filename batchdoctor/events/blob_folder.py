"""A prefix of a container in a storage account as a folder of small files of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from batchdoctor.events.blobs import HINT, address_of, container_of
from batchdoctor.events.remote_errors import translated


class BlobFolder:
    """Files that are blobs. Methods raise errors of access, of names not found, of the network.

    `name` is its address, without a signature.
    """

    def __init__(self, url: str, environ: Mapping[str, str]) -> None:
        address = address_of(url)
        address = address.of(address.prefix.rstrip("/"))
        self.name = address.name
        self._container = container_of(address, environ)
        self._below = f"{address.prefix}/" if address.prefix else ""

    def names(self) -> Sequence[str]:
        """All files directly in it, in order."""
        with translated(self.name, HINT):
            found = self._container.list_blob_names(name_starts_with=self._below or None)
            names = [name.removeprefix(self._below) for name in found]
        return sorted(name for name in names if "/" not in name)

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """A file, or so many bytes of it."""
        with translated(f"{self.name}/{name}", HINT):
            blob = self._container.get_blob_client(self._below + name)
            content: bytes = blob.download_blob(start if length else None, length).readall()
            return content

    def write(self, name: str, content: bytes) -> None:
        """Put a file there, all of it or nothing."""
        with translated(f"{self.name}/{name}", HINT, "write"):
            blob = self._container.get_blob_client(self._below + name)
            blob.upload_blob(content, overwrite=True)
