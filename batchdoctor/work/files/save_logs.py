"""Saves what failed tasks wrote, while it still exists: their files, and a manifest of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.text.gate import json_line
from batchdoctor.core.text.times import utc_text
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import BatchdoctorError, ExitCode, UnreachableError, UsageError
from batchdoctor.prefetch import prefetched
from batchdoctor.service.client import Client
from batchdoctor.service.files import TaskFile
from batchdoctor.work.files.owner import STANDARD_NAMES
from batchdoctor.work.files.safe_names import LocalFolder
from batchdoctor.work.files.whole_file import save_whole
from batchdoctor.work.files.why_missing import with_reason
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
    statuses: list[ExitCode] = msgspec.field(default_factory=list)
    saved: int = 0
    kept: int = 0
    missing: int = 0

    def passing(self, failures: Iterator[Failure]) -> Iterator[Failure]:
        """Yield failures, each after its files were saved; several are fetched at a time."""
        done = self._saved_before()
        with self._manifest() as manifest:
            for failure, results in prefetched(failures, lambda each: self._save(each, done)):
                for entries in results:
                    for entry in entries:
                        self._count(entry)
                        if entry["status"] != "kept":
                            manifest.write(json_line(entry) + "\n")
                manifest.flush()
                yield failure

    def tell(self) -> None:
        """Say what was saved, and what could not be had."""
        parts = [f"saved {plural(self.saved, 'file')} below {self.folder}"]
        if self.kept:
            parts.append(f"{self.kept} were there already")
        if self.missing:
            parts.append(f"{self.missing} could not be had; {MANIFEST} says why")
        self.outside.note("; ".join(parts))

    def _manifest(self) -> IO[str]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return (self.folder / MANIFEST).open("a", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{self.folder} cannot be written to: {error.strerror}.") from error

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
        yield [self._save_one(failure, name, done) for name in STANDARD_NAMES.values()]

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
        }
        try:
            kept = done.whole.get(_attempt(entry))
            if kept is not None:
                size = (self.folder / kept).stat().st_size
                return entry | {"status": "kept", "file": kept, "size": size}
            target = self._place(failure, name, entry, done)
            entry["file"] = str(target.relative_to(self.folder))
            info = save_whole(self.client, source, target, force=True)
        except BatchdoctorError as error:
            told = with_reason(error, self.client, source, self.outside.now())
            if isinstance(told, UnreachableError):
                self.statuses.append(told.exit_code)
            return entry | {"status": "missing", "reason": told.message, "code": told.code}
        return entry | {"size": info.size, "lastModified": utc_text(info.last_modified)}

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


def _attempt(entry: dict[str, Any]) -> Attempt:
    """What makes a file of one attempt: a task that ran again ended at another time."""
    return (entry["jobId"], entry["taskId"], entry["endTime"], entry["path"])
