"""Saves what failed tasks wrote, while it still exists: their files, and a manifest of them."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Any

import msgspec

from batchdoctor.core.advance import Advance
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.problem import Problem, problem_of
from batchdoctor.core.text.gate import json_line
from batchdoctor.core.text.times import utc_text
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import AccessError, BatchdoctorError, ExitCode, UnreachableError, UsageError
from batchdoctor.prefetch import prefetched
from batchdoctor.service.client import Client
from batchdoctor.service.files import FileInfo, TaskFile
from batchdoctor.work.files.owner import STANDARD_NAMES
from batchdoctor.work.files.safe_names import LocalFolder
from batchdoctor.work.files.saved import copy_of
from batchdoctor.work.files.whole_file import save_whole
from batchdoctor.work.files.why_missing import with_reason
from batchdoctor.work.files.words import COMMAND_ERR
from batchdoctor.work.surroundings import Surroundings

MANIFEST = "manifest.jsonl"


# What makes a file of one attempt: job, task, the end of the attempt, and the file's name.
Attempt = tuple[Any, ...]


class Saved(msgspec.Struct):
    """What earlier runs have left: which file is of which attempt, and which of them are whole."""

    attempts: dict[str, Attempt] = msgspec.field(default_factory=dict)
    whole: dict[Attempt, str] = msgspec.field(default_factory=dict)


class LogKeeper(msgspec.Struct):
    """The folder that logs go to. What an earlier run has saved stays, of whichever attempt."""

    outside: Surroundings
    client: Client
    folder: Path
    problems: list[Problem] = msgspec.field(default_factory=list)
    """Of the answer: what could not be saved for another reason than that it is gone."""
    statuses: list[ExitCode] = msgspec.field(default_factory=list)
    saved: int = 0
    kept: int = 0
    missing: int = 0
    total: Callable[[], int | None] = lambda: None
    """How many tasks are to come; asked for only where somebody sees it."""

    def passing(self, failures: Iterator[Failure]) -> Iterator[Failure]:
        """Yield failures, each after its files were saved; several are fetched at a time."""
        self._check_manifest()
        done = self._saved_before()
        with self._manifest() as manifest:
            whole = self._whole()
            saving = prefetched(failures, lambda each: self._save(each, done))
            for count, (failure, results) in enumerate(saving):
                self.outside.progress(Advance("saving logs", count, whole, "tasks"))
                for entries in results:
                    for entry in entries:
                        self._count(entry)
                    self._write(manifest, entries)
                yield failure

    def _whole(self) -> int | None:
        try:
            return self.total() if self.outside.watched() else None
        except BatchdoctorError:
            return None  # then the bar has no end

    def _write(self, manifest: FileIO, entries: Sequence[dict[str, object]]) -> None:
        """Add lines to the manifest; those that it cannot take are a problem, and told once."""
        lines = [json_line(entry) for entry in entries if entry["status"] != "kept"]
        data = "".join(f"{line}\n" for line in lines).encode()
        try:
            if manifest.write(data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            subject = str(self.folder / MANIFEST)
            if all(problem.subject != subject for problem in self.problems):
                self._remember(subject, _unwritable(subject, error))

    def _remember(self, subject: str, error: BatchdoctorError) -> None:
        self.problems.append(problem_of(subject, error))
        self.statuses.append(error.exit_code)

    def tell(self) -> None:
        """Say what was saved, and what could not be had."""
        parts = [f"saved {plural(self.saved, 'file')} below {self.folder}"]
        if self.kept:
            parts.append(f"{self.kept} were there already")
        if self.missing:
            parts.append(f"{self.missing} could not be had; {MANIFEST} says why")
        self.outside.note("; ".join(parts))

    def _check_manifest(self) -> None:
        """Raise UsageError for a manifest that is no file: a device is never read to its end."""
        path = self.folder / MANIFEST
        if os.path.lexists(path) and not path.is_file():
            raise UsageError(
                f"{path} is no file, so nothing was saved.", hint="name another folder"
            )

    def _manifest(self) -> FileIO:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Without a buffer: what a full disk did not take is not tried again at the end.
            return (self.folder / MANIFEST).open("ab", buffering=0)
        except OSError as error:
            raise _unwritable(str(self.folder), error) from error

    def _saved_before(self) -> Saved:
        """What the manifest has as saved."""
        path, saved = self.folder / MANIFEST, Saved()
        if not path.exists():
            return saved
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    entry = json.loads(line)
                    if entry["status"] != "saved":
                        continue
                    saved.attempts[str(entry["file"])] = _attempt(entry)
                    if self._is_whole(entry):
                        saved.whole[_attempt(entry)] = str(entry["file"])
                except (ValueError, KeyError, TypeError):
                    continue  # the last line of a run that was killed
        return saved

    def _is_whole(self, entry: dict[str, Any]) -> bool:
        try:
            size: int = (self.folder / str(entry["file"])).stat().st_size
        except OSError:
            return False
        return bool(size == entry["size"])

    def _save(self, failure: Failure, done: Saved) -> Iterator[list[dict[str, object]]]:
        entries = [self._save_one(failure, name, done) for name in STANDARD_NAMES.values()]
        if all(entry.get("size") == 0 for entry in entries):
            own = self._save_one(failure, COMMAND_ERR, done)
            entries += [own] if own["status"] != "missing" else []
        yield entries

    def _save_one(self, failure: Failure, name: str, done: Saved) -> dict[str, object]:
        source = TaskFile(failure.job_id, failure.task_id, name)
        entry: dict[str, object] = {
            "jobId": failure.job_id,
            "taskId": failure.task_id,
            "poolId": failure.pool_id,
            "nodeId": failure.node_id,
            "endTime": utc_text(failure.end_time),
            "path": name,
            "status": "saved",
            "reason": None,
            "savedAs": None,
        }
        try:
            kept = done.whole.get(_attempt(entry))
            if kept is not None:
                size = (self.folder / kept).stat().st_size
                return entry | {"status": "kept", "file": kept, "size": size}
            target = self._place(failure, name, entry, done)
            entry["file"] = str(target.relative_to(self.folder))
            info, entry["savedAs"] = self._fetch(source, target)
        except BatchdoctorError as error:
            told = with_reason(error, self.client, source, self.outside.now())
            if isinstance(told, (UnreachableError, UsageError, AccessError)):
                self._remember(f"{name} of {failure.job_id}/{failure.task_id}", told)
            return entry | {"status": "missing", "reason": told.message, "code": told.code}
        return entry | {"size": info.size, "lastModified": utc_text(info.last_modified)}

    def _fetch(self, source: TaskFile, target: Path) -> tuple[FileInfo, str | None]:
        """Save a file, or the copy that lies elsewhere, whose URL is returned too."""
        try:
            return save_whole(self.client, source, target, force=True), None
        except BatchdoctorError as error:
            found = copy_of(self.client, source, error).copy
            if found is None:
                raise
            return save_whole(self.client, found.blob, target, force=True), found.blob.url

    def _place(self, failure: Failure, name: str, entry: dict[str, object], done: Saved) -> Path:
        """Where a file goes: by its name, or by name and time where another attempt's file is."""
        end = (utc_text(failure.end_time) or "again").replace(":", "").replace("-", "")
        stem, _, suffix = name.rpartition(".")
        for numbered in (name, f"{stem}.{end}.{suffix}"):
            target = LocalFolder(self.folder).path_of(
                f"{failure.job_id}/{failure.task_id}/{numbered}"
            )
            there = str(target.relative_to(self.folder))
            if done.attempts.get(there) == _attempt(entry) or not os.path.lexists(target):
                break
        return target

    def _count(self, entry: dict[str, object]) -> None:
        self.saved += entry["status"] == "saved"
        self.kept += entry["status"] == "kept"
        self.missing += entry["status"] == "missing"


def _unwritable(path: str, error: OSError) -> UsageError:
    return UsageError(f"{path} cannot be written to: {error.strerror}.")


def _attempt(entry: dict[str, Any]) -> Attempt:
    """What makes a file of one attempt: a task that ran again ended at another time."""
    return (entry["jobId"], entry["taskId"], entry["endTime"], entry["path"])
