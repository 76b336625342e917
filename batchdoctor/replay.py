"""Answers from a bundle, or from saved answers, in the place of an account.

Reading goes through the same client as on the night, which asks the recorded account without a
wire: no connection, no signature, no SDK.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from batchdoctor.errors import InputError
from batchdoctor.machine import STATE_HOME
from batchdoctor.sandbox.recorded import RecordedAccount, Records
from batchdoctor.service.account import Account, SharedKey
from batchdoctor.service.client import Client
from batchdoctor.service.replayed import Recorded, ReplayedTransport
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.work.bundle.opened import Bundle
from batchdoctor.work.bundle.records import BundleRecords
from batchdoctor.work.bundle.saved_answers import SavedAnswers
from batchdoctor.work.changes.journal_file import NAME as JOURNAL
from batchdoctor.work.folders import state_folder


class Replay:
    """What was recorded of an account: who it is, the moment of it, and a client that asks it.

    Raises InputError for a file that is no bundle and no answer of the service.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._folder: Path | None = None
        self.bundle: Bundle | None = None
        if _is_bundle(path):
            self.bundle = Bundle(path)
            manifest = self.bundle.manifest
            self.at: datetime = manifest.taken_at
            self._records: Records = BundleRecords(self.bundle)
            self.account = _account(manifest.endpoint, manifest.account)
        else:
            answers = SavedAnswers(path)
            self.at = answers.saved_at
            self._records = answers
            host = min(answers.hosts) or "saved"
            self.account = _account(f"https://{host}", host.partition(".")[0])

    @property
    def since(self) -> datetime | None:
        """From when on it has the jobs that ended; None where it is not known to lack any."""
        return self.bundle.manifest.since if self.bundle else None

    def client(self, retry: RetryPolicy) -> Client:
        """A client whose answers come from what was recorded."""
        recorded = RecordedAccount(self._records, self.account.endpoint)

        def answer(
            method: str, target: str, query: dict[str, str], headers: dict[str, str]
        ) -> Recorded:
            reply = recorded.answer(method, target, query, headers)
            framing = {} if reply.length else {"Transfer-Encoding": "chunked"}
            return Recorded(reply.status, {**framing, **reply.headers}, reply.body)

        transport = ReplayedTransport(self.account, answer, self.path.name, self.close)
        return Client(self.account, retry=retry, transport=transport)

    def logs(self) -> list[str]:
        """The event logs that were taken along, as files that are there until it is closed."""
        parts = self.bundle.parts("log") if self.bundle else []
        if self.bundle is None or not parts:
            return []
        folder = self._own_folder() / "logs"
        folder.mkdir(exist_ok=True)
        for number, part in enumerate(parts):
            # Of its name in the bundle only the ending matters, which says how it is packed.
            name = f"{number}{''.join(Path(part.path).suffixes[-2:])}"
            (folder / name).write_bytes(self.bundle.data(part))
        return [str(folder)]

    def _own_folder(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="batchdoctor-"))
            self._put_journal(self._folder)
        return self._folder

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The same environment, with the bundle's part of the journal in the place of one's own."""
        return {**environ, STATE_HOME: str(self._own_folder())}

    def _put_journal(self, home: Path) -> None:
        folder = state_folder({STATE_HOME: str(home)})
        parts = self.bundle.parts("journal") if self.bundle else []
        if folder is not None and self.bundle is not None and parts:
            folder.mkdir()
            (folder / JOURNAL).write_bytes(self.bundle.data(parts[0]))

    def close(self) -> None:
        """Close the bundle, and take the folder away."""
        if self.bundle is not None:
            self.bundle.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


class OfBundle(NamedTuple):
    """A bundle, and a client whose answers come from it."""

    bundle: Bundle
    client: Client


@contextmanager
def bundle_of(path: Path) -> Iterator[OfBundle]:
    """Open a bundle to be asked. Raises InputError for a file that is none."""
    replay = Replay(path)
    try:
        if replay.bundle is None:
            raise InputError(
                f"{path} is no bundle.", hint="batchdoctor bundle --out FILE.zip makes one"
            )
        with replay.client(RetryPolicy()) as client:
            yield OfBundle(replay.bundle, client)
    finally:
        replay.close()


def _account(endpoint: str, name: str) -> Account:
    return Account(endpoint=endpoint, name=name, credential=SharedKey(""))


def _is_bundle(path: Path) -> bool:
    """Whether a file is a zip file, or pretends to be one. Raises InputError."""
    if path.is_dir():
        return False
    if path.exists() and not path.is_file():
        raise InputError(f"Cannot read {path}: it is no file.")
    try:
        with path.open("rb") as file:
            begins_like_one = file.read(2) == b"PK"
        return begins_like_one or zipfile.is_zipfile(path) or path.suffix == ".zip"
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}.") from error
