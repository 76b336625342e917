"""Writes a bundle: parts one after the other into a zip file, the table of them at the end."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from batchdoctor.core.made_up_ids import MadeUpIds
from batchdoctor.core.text.masked_document import Masking
from batchdoctor.work.bundle.manifest import NAME, LeftOut, Manifest, Part
from batchdoctor.work.files.atomic_file import atomic_file

# Kept free for the table of parts, of which each takes some 100 bytes when packed.
_FOR_THE_TABLE = 1 << 20
_encode = msgspec.json.Encoder().encode


_NOUNS = {"pools": "pool", "nodes": "node", "jobs": "job", "tasks": "task", "endings": "task"}


class FullError(Exception):
    """The bundle may not grow further."""


class Archive:
    """A bundle that is being written; what goes into it passes the masks.

    A thread writes, since no Ctrl-C reaches it: a part is in the file and in the table, or neither.
    """

    def __init__(self, packed: zipfile.ZipFile, manifest: Manifest, max_size: int) -> None:
        self.manifest = manifest
        self._packed = packed
        self._max_size = max_size
        self._numbers = count()
        self._masking = Masking()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bundle")
        self.ids = MadeUpIds() if manifest.made_up_ids else None

    @property
    def size(self) -> int:
        """How many bytes it takes so far."""
        return self._packed.fp.tell() if self._packed.fp else 0

    def add_documents(
        self, kind: str, of: tuple[str, ...], documents: Iterable[Any], missing: Iterable[str] = ()
    ) -> None:
        """Add a list of documents, one a line. Raises FullError before it would be too large."""
        listed = list(documents)
        self._learn(kind, listed)
        lines = [_encode(self._passed(kind, document)) for document in listed]
        part = Part(path=self._path(kind, "jsonl"), kind=kind, of=self._of(kind, of))
        data = b"".join(line + b"\n" for line in lines)
        told = msgspec.structs.replace(part, count=len(lines), missing=tuple(missing))
        self._add(told, data)

    def add_content(
        self, of: tuple[str, ...], data: bytes, start: int, size: int, headers: Mapping[str, str]
    ) -> None:
        """Add bytes of a file that begin at `start`; text is masked, and keeps its length."""
        passed = self._passed_bytes(data)
        kept = headers if self.ids is None else {}
        self._add(
            Part(
                path=self._path("content", "txt"),
                kind="content",
                of=self._of("content", of),
                start=start,
                size=size + len(passed) - len(data),
                headers=kept,
            ),
            passed,
        )

    def add_log(self, name: str, data: bytes) -> None:
        """Add an event log; it is masked like everything else. Raises FullError."""
        part = Part(path=self._path("log", "txt"), kind="log", of=(name,))
        self._add(part, self._passed_bytes(data))

    def add_text(self, kind: str, text: str) -> None:
        """Add a text of ours, such as the journal; it is masked like everything else."""
        data = self._passed_bytes(text.encode())
        self._add(Part(path=self._path(kind, "txt"), kind=kind), data, bounded=False)

    def copy(self, part: Part, data: bytes, *, bounded: bool = True) -> None:
        """Take over a part of an earlier bundle of the same account, which passed the masks."""
        path = self._path(part.kind, part.path.rpartition(".")[2])
        self._add(msgspec.structs.replace(part, path=path), data, bounded=bounded)

    def leave_out(self, what: str, why: str) -> None:
        """Say what is not in it."""
        self.manifest.left_out.append(LeftOut(what=what, why=why))

    def finish(self) -> None:
        """Write the table of parts, after all of them."""
        self.close()
        counts = self.manifest.masked
        for sort, masked in self._masking.counts.items():
            counts[sort] = counts.get(sort, 0) + masked
        self._packed.writestr(NAME, msgspec.json.format(_encode(self.manifest), indent=1))

    def close(self) -> None:
        """Wait for what is being written."""
        self._writer.shutdown()

    def _add(self, part: Part, data: bytes, *, bounded: bool = True) -> None:
        self._writer.submit(self._write, part, data, bounded=bounded).result()

    def _write(self, part: Part, data: bytes, *, bounded: bool) -> None:
        if bounded and not self._fits(data):
            raise FullError
        self._packed.writestr(part.path, data)
        digest = hashlib.sha256(data).hexdigest()
        self.manifest.parts.append(msgspec.structs.replace(part, bytes=len(data), sha256=digest))

    def _fits(self, data: bytes) -> bool:
        """Whether data may still be added; how small they become is tried only near the end."""
        room = self._max_size - self.size - _FOR_THE_TABLE
        return len(data) <= room or len(zlib.compress(data)) <= room

    def _learn(self, kind: str, documents: Sequence[Mapping[str, Any]]) -> None:
        """Make up ids for all documents of a list before any text of theirs is looked at."""
        noun = _NOUNS.get(kind)
        if self.ids is None:
            return
        for document in documents if noun else ():
            self.ids.learn(str(noun), str(document["id"]))
        self.ids.meet(documents)

    def _passed(self, kind: str, document: Any) -> Any:
        passed = self._masking.document(document)
        return passed if self.ids is None else self.ids.document(passed, _NOUNS.get(kind))

    def _passed_bytes(self, data: bytes) -> bytes:
        text = data.decode("utf-8", "surrogateescape")
        passed = self._masking.text(text)
        if self.ids is not None:
            passed = self.ids.text(passed)
        return data if passed == text else passed.encode("utf-8", "surrogateescape")

    def _of(self, kind: str, of: tuple[str, ...]) -> tuple[str, ...]:
        """The ids of a part, made up if they are to be."""
        if self.ids is None or not of:
            return of
        return tuple(
            self.ids.learn(noun, name) if noun else self.ids.text(name)
            for noun, name in zip(_nouns(kind, of[0]), of, strict=False)
        )

    def _path(self, kind: str, ending: str) -> str:
        return f"{kind}/{next(self._numbers):06}.{ending}"


def _nouns(kind: str, first: str) -> tuple[str, ...]:
    """What the ids of a part are ids of; nothing for a word of our own and for paths."""
    if kind in {"files", "content"}:
        return ("", "job", "task", "") if first == "jobs" else ("", "pool", "node", "")
    return ("pool",) if kind == "nodes" else ("job", "task")


@contextmanager
def new_archive(target: Path, manifest: Manifest, max_size: int) -> Iterator[Archive]:
    """A bundle that takes its name at the end of the block, whole. Raises OSError."""
    with atomic_file(target) as sink, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        archive = Archive(packed, manifest, max_size)
        try:
            yield archive
            archive.finish()
        finally:
            archive.close()
