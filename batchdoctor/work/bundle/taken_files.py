"""Takes the ends of what failed tasks wrote, some of each kind of failure, and lists of files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from email.utils import format_datetime
from typing import Any

import msgspec

from batchdoctor.errors import NotFoundError, StateError
from batchdoctor.service.files import FileSource, NodeFile, TaskFile, read, sized
from batchdoctor.service.originals import Document, Originals
from batchdoctor.work.bundle.archive import Archive
from batchdoctor.work.bundle.opened import Bundle
from batchdoctor.work.bundle.wanted import END_OF_STREAM, MOST_WITH_FILES
from batchdoctor.work.files.words import COMMAND_ERR
from batchdoctor.work.reading.listings import only
from batchdoctor.work.reading.reading import Reading

STDERR = "stderr.txt"
_STREAMS = ("stdout.txt", STDERR)

# What a task or a node is called in a bundle: a word of ours and its two ids.
Owner = tuple[str, str, str]


class _Kept(msgspec.Struct):
    """The end of one file, or the code with which the service refused it."""

    path: str
    data: bytes = b""
    start: int = 0
    size: int = 0
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    refused: str | None = None


class _Taken(msgspec.Struct):
    files: list[Document] | None
    refused: str | None
    streams: list[_Kept]


class TakenFiles(msgspec.Struct):
    """Files on their way into a bundle."""

    reading: Reading
    archive: Archive
    earlier: Bundle | None = None

    def take_of_tasks(self, failed: Sequence[tuple[str, Document]]) -> None:
        """Take those of some failed tasks of each job, code and exit code. Raises FullError.

        Those that were read for the findings come first, so that these are the same afterwards.
        """
        heard = {(name.job_id, name.task_id) for name in self.reading.heard}
        chosen = _some_of_each(failed)
        owners = sorted(chosen, key=lambda name: name not in heard)[:MOST_WITH_FILES]
        left = len(failed) - len(owners)
        if left:
            self.archive.leave_out(
                f"files of {left:,} failed tasks",
                f"of each job, code and exit code the first were taken, {MOST_WITH_FILES} in all",
            )
        self._take({("jobs", job_id, task_id): _STREAMS for job_id, task_id in owners})

    def take_of_nodes(self, folders: Mapping[tuple[str, str], Sequence[str]]) -> None:
        """Take what start and preparation tasks wrote in folders of nodes. Raises FullError."""
        self._take(
            {
                ("pools", *node): [f"{folder}/{name}" for folder in some for name in _STREAMS]
                for node, some in folders.items()
            }
        )

    def _take(self, owners: Mapping[Owner, Sequence[str]]) -> None:
        wanted = [owner for owner, names in owners.items() if not self._is_taken(owner, names)]
        listings = self.reading.ahead(
            wanted, lambda owner: only(lambda _: self._read(owner, owners[owner]), "")
        )
        for owner, listing in listings:
            for taken in self.reading.each(f"files of {'/'.join(owner[1:])}", listing):
                self._add(owner, taken)

    def _is_taken(self, owner: Owner, names: Sequence[str]) -> bool:
        """Whether an earlier bundle has them all, which are copied from it then."""
        keys = [("files", *owner), *(("content", *owner, name) for name in names)]
        parts = [self.earlier.part(*key) for key in keys] if self.earlier else []
        if self.earlier is None or None in parts:
            return False
        for part in parts:
            if part is not None:
                self.archive.copy(part, self.earlier.data(part))
        return True

    def _add(self, owner: Owner, taken: _Taken) -> None:
        archive = self.archive
        archive.add_documents("files", owner, taken.files or [], _refusal(taken.refused))
        for kept in taken.streams:
            of = (*owner, kept.path)
            if kept.refused:
                archive.add_documents("content", of, [], _refusal(kept.refused))
            else:
                archive.add_content(of, kept.data, kept.start, kept.size, kept.headers)

    def _read(self, owner: Owner, names: Sequence[str]) -> _Taken:
        """What there is, and the ends of streams; raises what is no refusal of theirs."""
        noun, first, second = owner
        originals = Originals(self.reading.client)
        list_files = originals.task_files if noun == "jobs" else originals.node_files
        try:
            files, refused = list(list_files(first, second)), None
        except (NotFoundError, StateError) as error:
            files, refused = None, error.code or ""
        there = {str(file.get("name")).replace("\\", "/") for file in files or ()}
        more = [beside for name in names if (beside := _beside(name)) in there]
        ends = [self._end(_source(owner, name)) for name in (*names, *more)]
        return _Taken(files, refused, ends)

    def _end(self, source: FileSource) -> _Kept:
        client = self.reading.client
        try:
            info = sized(client, source)
            size = info.size or 0
            start = max(0, size - END_OF_STREAM)
            data = b"".join(read(client, source, start=start, end=size, info=info)) if size else b""
        except (NotFoundError, StateError) as error:
            return _Kept(source.path, refused=error.code or "")
        headers = {"Content-Type": "text/plain", "ocp-batch-file-isdirectory": "False"}
        if info.last_modified:
            headers["Last-Modified"] = format_datetime(info.last_modified, usegmt=True)
        return _Kept(source.path, data, start, size, headers)


def _beside(name: str) -> str:
    """Where a workflow system keeps what a program says beside stderr.txt; nothing of others."""
    folder, ours, rest = name.rpartition(STDERR)
    return f"{folder}{COMMAND_ERR}" if ours and not rest else ""


def _source(owner: Owner, name: str) -> FileSource:
    noun, first, second = owner
    return TaskFile(first, second, name) if noun == "jobs" else NodeFile(first, second, name)


def _refusal(code: str | None) -> tuple[str, ...]:
    return () if code is None else (f"refused:{code}",)


def _some_of_each(failed: Iterable[tuple[str, Document]]) -> list[tuple[str, str]]:
    """Failed tasks with their jobs: the first of each job, code and exit code before the second."""
    met: Counter[tuple[Any, ...]] = Counter()
    ranked: list[tuple[int, int, str, str]] = []
    for job_id, task in failed:
        execution = task.get("executionInfo") or {}
        code = (execution.get("failureInfo") or {}).get("code")
        group = (job_id, code, execution.get("exitCode"))
        ranked.append((met[group], len(ranked), job_id, str(task["id"])))
        met[group] += 1
    return [(job_id, task_id) for *_, job_id, task_id in sorted(ranked)]
