"""Saved answers of az and of the service, as the records of an account of which little is known.

What each document is, its `url` says: `az batch task list --job-id J > tasks.json` names its job
there and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from batchdoctor.core.names import folded
from batchdoctor.errors import InputError
from batchdoctor.work.bundle.manifest import Key
from batchdoctor.work.bundle.saved_counts import node_counts, task_counts
from batchdoctor.work.bundle.saved_spelling import as_sent, as_utf8, values

_PLACES = (
    ("tasks", re.compile(r"/jobs/([^/]+)/tasks/[^/]+/?")),
    ("nodes", re.compile(r"/pools/([^/]+)/nodes/[^/]+/?")),
    ("jobs", re.compile(r"/jobs/[^/]+/?")),
    ("pools", re.compile(r"/pools/[^/]+/?")),
)
# Whose id the url of a document names, too.
_OWNERS = {"tasks": "jobs", "nodes": "pools"}
_MEMBERS = {owners: members for members, owners in _OWNERS.items()}
_LARGEST = 512 << 20
_HINT = (
    "az batch task list --job-id JOB > tasks.json makes one, without a --query that leaves url out;"
    " a bundle has everything"
)

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
        self._whole: set[Key] = set()
        self._owners: set[tuple[str, str]] = set()
        for file in _files(path):
            self._take(file)
        if not self._lists:
            raise InputError(
                f"{path} has no answer of the service: nothing in it has the url of a pool, node,"
                " job or task.",
                hint=_HINT,
            )
        self._add_owners()
        self._add_counts()

    def documents(self, kind: str, *of: str) -> Sequence[Document] | None:
        """The documents of a list; None where none of it was saved."""
        return self._lists.get((kind, *map(folded, of)))

    def missing(self, kind: str, *of: str) -> Collection[str]:
        """Everything, of what is no list that was saved to its end."""
        return () if (kind, *map(folded, of)) in self._whole else ("all",)

    def refusal(self, kind: str, *of: str) -> str | None:
        """No refusals were saved."""

    def content(self, *of: str) -> None:
        """No files were saved."""

    def _take(self, file: Path) -> None:
        try:
            if file.stat().st_size > _LARGEST:
                raise InputError(f"{file} is larger than {_LARGEST >> 20} MiB.", hint=_HINT)
            told = list(values(as_utf8(file.read_bytes())))
            saved = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        except OSError as error:
            raise InputError(f"Cannot read {file}: {error.strerror}.", hint=_HINT) from error
        except (ValueError, RecursionError) as error:
            raise InputError(f"{file} is not JSON: {error}.", hint=_HINT) from error
        self.saved_at = max(self.saved_at, saved)
        for value in told:
            documents, whole = _objects(value)
            for document in documents:
                self._add(document, whole=whole)

    def _add(self, document: dict[str, Any], *, whole: bool) -> None:
        url = urlsplit(str(document.get("url") or ""))
        for kind, place in _PLACES:
            found = place.fullmatch(url.path)
            if found and document.get("id"):
                names = [unquote(name) for name in found.groups()]
                key = (kind, *map(folded, names))
                self._lists.setdefault(key, []).append(as_sent(document))
                self._whole |= {key} if whole else set()
                self._owners |= {(_OWNERS[kind], name) for name in names}
                self.hosts.add(url.netloc)
                return

    def _add_owners(self) -> None:
        """Jobs and pools of which only tasks or nodes were saved: all that is known is their id."""
        for kind in _MEMBERS:
            names: dict[str, str] = {}
            for name in sorted(name for of, name in self._owners if of == kind):
                names.setdefault(folded(name), name)
            if names and (kind,) not in self._lists:
                self._whole.add((kind,))
            for document in self._lists.get((kind,), ()):
                names.pop(folded(str(document["id"])), None)
            if names:
                self._lists.setdefault((kind,), []).extend({"id": name} for name in names.values())

    def _add_counts(self) -> None:
        """What the service counts itself can be counted here, of lists that are whole."""
        for kind, counts, count in (
            ("jobs", "taskcounts", task_counts),
            ("pools", "nodecounts", node_counts),
        ):
            members, owners = _MEMBERS[kind], self._lists.get((kind,), ())
            names = [str(owner["id"]) for owner in owners]
            known = [name for name in names if (members, folded(name)) in self._whole]
            if known:
                self._lists[counts,] = [
                    count(name, self._lists[members, folded(name)]) for name in known
                ]
            if known and len(known) == len(names):
                self._whole.add((counts,))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*.json"))
    return [path]


def _objects(told: Any) -> tuple[list[dict[str, Any]], bool]:
    """The objects of an answer, and whether it is a whole list: of az, or a page without a next."""
    whole = isinstance(told, list)
    if isinstance(told, dict) and isinstance(told.get("value"), list):
        whole = not told.get("odata.nextLink")
        told = told["value"]
    found = told if isinstance(told, list) else [told]
    return [each for each in found if isinstance(each, dict)], whole
