"""The journal of changes: one JSON line for each, in the user's own state folder, for later."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from batchdoctor.core.names import folded
from batchdoctor.core.text.gate import json_line
from batchdoctor.core.text.times import utc_text
from batchdoctor.work.surroundings import Surroundings

_NAME = "journal.jsonl"
_ONLY_ME = 0o600
# A change whose answer was lost may have been done or not.
_PERHAPS_DONE = {"done", "unfinished", "unknown"}
_PERHAPS_NOT = {"failed", "unknown"}


@dataclass(slots=True)
class Journal:
    """Writes down the changes to one account. Trouble is told once and stops nothing.

    Threads may share it: each change is written down by the thread that made it, as soon as its
    end is known, because whoever reads the results may go away before they are handed over.
    """

    outside: Surroundings
    folder: Path | None
    account: str
    _told: bool = field(default=False, init=False)
    _under_way: dict[str, dict[str, object]] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def begin(
        self,
        what: str,
        action: str,
        *,
        options: Mapping[str, object] | None = None,
        erased: Mapping[str, object] | None = None,
    ) -> None:
        """Remember a change that is about to be sent; if no `note` follows, `close` tells of it."""
        entry = self._entry(what, action, "unknown", options=options, erased=erased)
        with self._lock:
            self._under_way[what] = entry

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
        try:
            self._append(json_line(entry))
        except OSError as error:
            self._warn(error.strerror or type(error).__name__)

    def _append(self, line: str) -> None:
        folder = self.folder
        if folder is None:
            self._warn("neither XDG_STATE_HOME nor HOME is set")
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(folder / _NAME, flags, _ONLY_ME)
        try:
            os.fchmod(handle, _ONLY_ME)
            # One call for the whole line, so that lines of two programs never mix.
            os.write(handle, line.encode() + b"\n")
        finally:
            os.close(handle)

    def _warn(self, why: str) -> None:
        if not self._told:
            self._told = True
            self.outside.note(f"warning: the journal of changes could not be written: {why}")


def entries(folder: Path | None, account: str) -> Iterator[dict[str, Any]]:
    """Yield what the journal holds about an account, oldest first; damaged lines are passed over.

    Raises OSError for a journal that is there and cannot be read.
    """
    path = folder / _NAME if folder else None
    if path is None or not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and entry.get("account") == account:
                yield entry


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
