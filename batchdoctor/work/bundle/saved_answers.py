"""Saved answers of az and of the service, as the records of an account of which little is known.

What each document is, its `url` says: `az batch task list --job-id J > tasks.json` names its job
there and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from batchdoctor.core.names import folded
from batchdoctor.errors import InputError
from batchdoctor.work.bundle.manifest import Key

_PLACES = (
    ("tasks", re.compile(r"/jobs/([^/]+)/tasks/[^/]+/?")),
    ("nodes", re.compile(r"/pools/([^/]+)/nodes/[^/]+/?")),
    ("jobs", re.compile(r"/jobs/[^/]+/?")),
    ("pools", re.compile(r"/pools/[^/]+/?")),
)
_LARGEST = 512 << 20
_HINT = "az batch task list --job-id JOB > tasks.json makes one; a bundle has everything"

Document = Mapping[str, Any]


class SavedAnswers:
    """The documents of one file, or of the .json files of a folder.

    Raises InputError for what cannot be read, and where nothing tells what it is about.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hosts: set[str] = set()
        self.saved_at = datetime.min.replace(tzinfo=UTC)
        self._lists: dict[Key, list[Document]] = {}
        for file in _files(path):
            self._take(file)
        if not self._lists:
            raise InputError(
                f"{path} has no answer of the service: nothing in it has the url of a pool, node,"
                " job or task.",
                hint=_HINT,
            )

    def documents(self, kind: str, *of: str) -> Sequence[Document] | None:
        """The documents of a list; None where none of it was saved."""
        return self._lists.get((kind, *map(folded, of)))

    def missing(self, kind: str, *of: str) -> Collection[str]:
        """Whether a list that was saved is whole is not known."""
        return () if (kind, *map(folded, of)) in self._lists else ("all",)

    def refusal(self, kind: str, *of: str) -> str | None:
        """No refusals were saved."""

    def content(self, *of: str) -> None:
        """No files were saved."""

    def _take(self, file: Path) -> None:
        try:
            if file.stat().st_size > _LARGEST:
                raise InputError(f"{file} is larger than {_LARGEST >> 20} MiB.", hint=_HINT)
            told = msgspec.json.decode(file.read_bytes())
            saved = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        except OSError as error:
            raise InputError(f"Cannot read {file}: {error.strerror}.", hint=_HINT) from error
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(f"{file} is not JSON: {error}.", hint=_HINT) from error
        self.saved_at = max(self.saved_at, saved)
        for document in _objects(told):
            self._add(document)

    def _add(self, document: dict[str, Any]) -> None:
        url = urlsplit(str(document.get("url") or ""))
        for kind, place in _PLACES:
            found = place.fullmatch(url.path)
            if found and document.get("id"):
                of = [folded(unquote(name)) for name in found.groups()]
                self._lists.setdefault((kind, *of), []).append(document)
                self.hosts.add(url.netloc)
                return


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*.json"))
    return [path]


def _objects(told: Any) -> Iterator[dict[str, Any]]:
    """The objects of an answer: one by itself, a list of az, a page of the service."""
    if isinstance(told, dict) and isinstance(told.get("value"), list):
        told = told["value"]
    if isinstance(told, dict):
        told = [told]
    if isinstance(told, list):
        yield from (each for each in told if isinstance(each, dict))
