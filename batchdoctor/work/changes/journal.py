"""The journal of changes: what was begun and how it ended, in the user's own state folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from batchdoctor.core.changes import Outcome
from batchdoctor.core.names import folded
from batchdoctor.core.text.gate import json_line
from batchdoctor.core.text.times import utc_text
from batchdoctor.errors import BatchdoctorError, UsageError
from batchdoctor.work.changes import journal_file
from batchdoctor.work.surroundings import Surroundings

BEGIN = "begin"
# A change whose answer was lost may have been done or not.
_PERHAPS_DONE = {"done", "unfinished", "unknown"}
_PERHAPS_NOT = {"failed", "unknown"}


@dataclass(slots=True)
class Journal:
    """Writes down the changes to one account: each before it is sent, and again how it ended.

    What cannot be written down is not begun. Once a change is made, trouble with the journal is
    told once and stops nothing.

    Threads may share it: each change is written down by the thread that made it, as soon as its
    end is known, because whoever reads the results may go away before they are handed over.
    """

    outside: Surroundings
    folder: Path | None
    account: str
    kept: bool = True
    """Whether anything is written down; without, it is still known what was begun."""
    _told: bool = field(default=False, init=False)
    _under_way: dict[str, dict[str, object]] = field(default_factory=dict, init=False)
    _begun: set[str] = field(default_factory=set, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def require(self) -> Journal:
        """Be ready for changes. Raises UsageError where nothing could be written down."""
        try:
            if self.kept:
                journal_file.check(self.folder)
        except OSError as error:
            raise self._unwritable("Nothing was done", error) from error
        return self

    @contextmanager
    def sending(
        self, what: str, action: str, options: Mapping[str, object] | None = None
    ) -> Iterator[None]:
        """Begin a change that the block makes; the end of one that fails is noted here."""
        self.begin(what, action, options=options)
        try:
            yield
        except BatchdoctorError as error:
            self.note(
                what,
                action,
                Outcome.of(error).value,
                options=options,
                request_id=error.request_id,
                code=error.code,
            )
            raise

    def begin(
        self,
        what: str,
        action: str,
        *,
        options: Mapping[str, object] | None = None,
        erased: Mapping[str, object] | None = None,
    ) -> None:
        """Write down a change that is about to be sent, because the program may not see its end.

        If no `note` follows, `close` tells of it. Raises UsageError where it cannot be written
        down: then it must not be sent.
        """
        entry = self._entry(what, action, BEGIN, options=options, erased=erased)
        with self._lock:
            try:
                if self.kept:
                    journal_file.append(self.folder, json_line(entry), at_once=True)
            except OSError as error:
                raise self._unwritable("Not sent", error) from error
            self._begun.add(what)
            self._under_way[what] = {**entry, "result": "unknown"}

    def was_begun(self, what: str) -> bool:
        """Whether a change of this object was begun, and so may have been sent."""
        return what in self._begun

    def close(self) -> None:
        """Write down, with the result `unknown`, the changes that were begun and not noted."""
        with self._lock:
            for entry in self._under_way.values():
                self._write(entry)
            self._under_way.clear()

    def note(
        self,
        what: str,
        action: str,
        result: str,
        *,
        options: Mapping[str, object] | None = None,
        request_id: str | None = None,
        code: str | None = None,
        erased: Mapping[str, object] | None = None,
    ) -> None:
        """Append one change; `erased` is what the service forgets through it."""
        entry = self._entry(
            what,
            action,
            result,
            options=options,
            request_id=request_id,
            code=code,
            erased=erased,
        )
        with self._lock:
            self._under_way.pop(what, None)
            self._write(entry)

    def _entry(
        self,
        what: str,
        action: str,
        result: str,
        *,
        options: Mapping[str, object] | None = None,
        request_id: str | None = None,
        code: str | None = None,
        erased: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        entry: dict[str, object] = {
            "time": utc_text(self.outside.now()),
            "account": self.account,
            "object": what,
            "action": action,
            "options": dict(options or {}),
            "requestId": request_id,
            "result": result,
            "code": code,
        }
        if erased is not None:
            entry["erased"] = dict(erased)
        return entry

    def _write(self, entry: Mapping[str, object]) -> None:
        if not self.kept:
            return
        try:
            journal_file.append(self.folder, json_line(entry))
        except OSError as error:
            if not self._told:
                self._told = True
                why = error.strerror or type(error).__name__
                self.outside.note(f"warning: the journal of changes could not be written: {why}")

    def _unwritable(self, so: str, error: OSError) -> UsageError:
        where = f" in {self.folder}" if self.folder else ""
        return UsageError(
            f"{so}: the journal of changes{where} cannot be written to: "
            f"{error.strerror or type(error).__name__}.",
            hint="repair it, set XDG_STATE_HOME to a folder that you can write to, or go without: "
            "--no-journal",
        )


def entries(folder: Path | None, account: str) -> list[dict[str, Any]]:
    """What the journal holds about an account, oldest first; damaged lines are passed over.

    A change that was begun and never ended comes as `unknown`, one that ended with its end only.
    Raises OSError for a journal that is there and cannot be read.
    """
    found: dict[int, dict[str, Any]] = {}
    begun: dict[tuple[str, str], list[int]] = {}
    for number, line in enumerate(journal_file.lines(folder)):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not _is_entry(entry) or entry["account"] != account:
            continue
        open_ones = begun.setdefault((folded(entry["object"]), entry["action"]), [])
        if entry.get("result") == BEGIN:
            open_ones.append(number)
            entry["result"] = "unknown"
        elif open_ones:
            del found[open_ones.pop()]
        found[number] = entry
    return list(found.values())


def _is_entry(value: Any) -> bool:
    """Whether a line holds what we wrote; a hand or another program may have written it, too."""
    return isinstance(value, dict) and all(
        isinstance(value.get(name), str) for name in ("account", "object", "action", "result")
    )


def disabled_by_me(folder: Path | None, account: str) -> list[str]:
    """List the nodes, as `POOL/NODE`, that this user disabled and did not enable since."""
    found: dict[str, str] = {}
    for entry in entries(folder, account):
        node, done = str(entry.get("object")), entry.get("result") in _PERHAPS_DONE
        if entry.get("action") == "disable" and done:
            found[folded(node)] = node
        elif (
            entry.get("action") in {"enable", "remove"} and entry.get("result") not in _PERHAPS_NOT
        ):
            found.pop(folded(node), None)
    return list(found.values())
