"""What was told about an account: a file for each account and profile, under a lock."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from batchdoctor.core.findings.kinds import KINDS
from batchdoctor.core.notices.known import Known
from batchdoctor.errors import UsageError
from batchdoctor.machine import ONLY_MINE, lock
from batchdoctor.work.files.atomic_file import atomic_file

_VERSION = 1
_ODD = re.compile(r"[^A-Za-z0-9._-]+")


class _Kept(msgspec.Struct, rename="camel"):
    """The file as it is."""

    account: str
    profile: str | None
    version: int = _VERSION
    findings: tuple[msgspec.Raw, ...] = ()


class _Written(msgspec.Struct, rename="camel"):
    account: str
    profile: str | None
    findings: Sequence[Known]
    version: int = _VERSION


class Memory(msgspec.Struct, frozen=True):
    """What was told about one account; `folder` is None where no home folder is known."""

    folder: Path | None
    account: str
    profile: str | None

    @property
    def file(self) -> Path:
        """The file that holds it. Raises UsageError where there is no place for one."""
        if self.folder is None:
            raise _unusable("neither XDG_STATE_HOME nor HOME is set")
        name = "@".join(_ODD.sub("_", each) for each in (self.profile, self.account) if each)
        return self.folder / "notices" / f"{name}.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it, so that nobody else tells meanwhile; waits for whoever does. UsageError."""
        file = self.file
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, ONLY_MINE)
        except OSError as error:
            raise _unusable(error.strerror or str(error)) from error
        try:
            lock(handle)
            yield
        finally:
            os.close(handle)

    def read(self) -> list[Known]:
        """What is known; nothing where nothing was told yet. Raises UsageError.

        A kind of finding that this version does not know is left out.
        """
        try:
            if self.file.exists() and not self.file.is_file():
                raise OSError("it is no file")
            kept = msgspec.json.decode(self.file.read_bytes(), type=_Kept)
            known = [msgspec.json.decode(each, type=Known) for each in kept.findings]
        except FileNotFoundError:
            return []
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UsageError(
                f"{self.file}, which says what was told, cannot be read: {error}.",
                hint=f"rm {self.file} begins anew: everything is told once more",
            ) from error
        return [each for each in known if each.kind in KINDS]

    def write(self, known: Sequence[Known]) -> None:
        """Remember it, all or nothing. Raises UsageError."""
        told = _Written(self.account, self.profile, known)
        try:
            with atomic_file(self.file, mode=ONLY_MINE) as sink:
                sink.write(msgspec.json.encode(told))
        except OSError as error:
            raise _unusable(error.strerror or str(error)) from error


def _unusable(why: str) -> UsageError:
    return UsageError(
        f"What is told cannot be remembered, so nothing is: {why}.",
        hint="XDG_STATE_HOME names a folder to keep it in",
    )
