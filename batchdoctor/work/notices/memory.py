"""What was told about an account: a file for each account and profile, under a lock."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from batchdoctor.core.findings.kinds import KINDS
from batchdoctor.core.notices.known import Known
from batchdoctor.errors import UsageError
from batchdoctor.work.files.atomic_file import atomic_file

_VERSION = 1
_ONLY_ME = 0o600
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
            handle = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, _ONLY_ME)
        except OSError as error:
            raise _unusable(error.strerror or str(error)) from error
        try:
            _lock(handle)
            yield
        finally:
            os.close(handle)

    def read(self) -> list[Known]:
        """What is known; nothing where nothing was told yet. Raises UsageError.

        A kind of finding that this version does not know is left out.
        """
        try:
            kept = msgspec.json.decode(self.file.read_bytes(), type=_Kept)
            known = [msgspec.json.decode(each, type=Known) for each in kept.findings]
        except FileNotFoundError:
            return []
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{self.file}, which says what was told, cannot be read: {error}.",
                hint=f"rm {self.file} begins anew: everything is told once more",
            ) from error
        return [each for each in known if each.kind in KINDS]

    def write(self, known: Sequence[Known]) -> None:
        """Remember it, all or nothing. Raises UsageError."""
        told = _Written(self.account, self.profile, known)
        try:
            with atomic_file(self.file, mode=_ONLY_ME) as sink:
                sink.write(msgspec.json.encode(told))
        except OSError as error:
            raise _unusable(error.strerror or str(error)) from error


def _unusable(why: str) -> UsageError:
    return UsageError(
        f"What is told cannot be remembered, so nothing is: {why}.",
        hint="XDG_STATE_HOME names a folder to keep it in",
    )


def _lock(handle: int) -> None:
    """Wait until nobody else has it; where files cannot be locked, nothing waits."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in {errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL}:
            raise
