"""Brings the resource files of a task into its working folder, from storage on this computer.

https://learn.microsoft.com/azure/batch/resource-files
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlsplit
from urllib.request import ProxyHandler, build_opener

from batchdoctor.sandbox.account.model import Recipe

_SECONDS = 60
_BLOCK = 1 << 20
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_NAME = re.compile(r"<Name>([^<]*)</Name>")
_MORE = re.compile(r"<NextMarker>([^<]+)</NextMarker>")
_MOST_LIST_PAGES = 10_000
_CODES = {403: "BlobAccessDenied", 404: "BlobNotFound"}
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}


class NotProvidedError(Exception):
    """A resource file could not be brought: how the task fails before it has run."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.recipe = Recipe(name=code, code=code, category="UserError", message=message)


def provide(resource_files: list[Mapping[str, Any]], folder: Path) -> None:
    """Bring all resource files into a folder, those that are there already anew.

    Raises NotProvidedError, also for storage that is not on this computer.
    """
    for resource in resource_files:
        if resource.get("httpUrl"):
            _fetch(resource["httpUrl"], folder, resource.get("filePath") or "", resource)
        elif resource.get("storageContainerUrl"):
            below = resource.get("filePath") or ""
            for url, name in _blobs(resource["storageContainerUrl"], resource.get("blobPrefix")):
                _fetch(url, folder, f"{below}/{name}" if below else name, resource)
        else:
            raise NotProvidedError(
                "BlobDownloadMiscError", "The sandbox has no storage linked to the account."
            )


def _fetch(url: str, folder: Path, path: str, resource: Mapping[str, Any]) -> None:
    name = path or PurePosixPath(unquote(urlsplit(url).path)).name
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()) or target == folder.resolve():
        raise NotProvidedError("ResourceFileCreateFailed", f"The path {name} leaves the folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _opened(url) as answer, target.open("wb") as file:
        while block := answer.read(_BLOCK):
            file.write(block)
    target.chmod(int(resource.get("fileMode") or "0770", 8))


def _blobs(container: str, prefix: str | None) -> Iterator[tuple[str, str]]:
    """The URL and the name of each blob in a container."""
    parts = urlsplit(container)
    marker = ""
    for _ in range(_MOST_LIST_PAGES):
        query = f"restype=container&comp=list&prefix={quote(prefix or '')}&marker={quote(marker)}"
        query += f"&{parts.query}" if parts.query else ""
        with _opened(parts._replace(query=query).geturl()) as answer:
            page = answer.read().decode()
        for found in _NAME.findall(page):
            name = _plain(found)
            yield parts._replace(path=f"{parts.path}/{quote(name)}").geturl(), name
        more = _MORE.search(page)
        if more is None:
            return
        marker = _plain(more[1])


def _plain(text: str) -> str:
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    return text


def _opened(url: str) -> Any:
    host = urlsplit(url).hostname
    place = url.partition("?")[0]
    if host not in _LOOPBACK or not url.startswith(("http://", "https://")):
        raise NotProvidedError(
            "BlobDownloadMiscError", f"The sandbox fetches nothing from other computers: {place}"
        )
    try:
        # An emulator on this computer is never behind a proxy.
        return build_opener(ProxyHandler({})).open(url, timeout=_SECONDS)
    except HTTPError as error:
        code = _CODES.get(error.code, "BlobDownloadMiscError")
        raise NotProvidedError(code, f"{place} answered {error.code}") from None
    except OSError as error:
        raise NotProvidedError("BlobDownloadMiscError", f"{place}: {error}") from None
