"""The program that travels to the nodes: a single file, and whether it can do what is asked."""

from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import Path

import msgspec

from batchdoctor.errors import UsageError

HOW_MADE = (
    "pip install shiv && shiv --compile-pyc -c batchdoctor -p '/usr/bin/env python3' "
    "-o batchdoctor.pyz '.[blob,fast,zstd]'"
)
_PACKAGES = "site-packages/"
_NEEDED = f"{_PACKAGES}azure/storage/blob/__init__.py"
_MADE_FOR = re.compile(r"\.cpython-(\d)(\d+)-([a-z0-9_]+)-linux")


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A single file, or the URL of one: then nothing is known of it but where it is.

    `made_for` is the Python and the machine that it needs, where it says so.
    """

    path: Path | None = None
    url: str | None = None
    size: int = 0
    digest: str = ""
    made_for: str | None = None

    @property
    def blob(self) -> str:
        """Its name in a container: the same file has the same name."""
        return f"batchdoctor-{self.digest}.pyz"


def _no_program(path: Path) -> UsageError:
    return UsageError(f"{path} is no program in a single file.", hint=f"made by: {HOW_MADE}")


def program_of(where: str | None, own: str) -> Program:
    """The program that a path or a URL names; without one our `own` file, if we are a single file.

    Raises UsageError for what is no such file, or lacks the package for storage accounts.
    """
    if where is not None and where.startswith(("https://", "http://")):
        return Program(url=where)
    path = Path(where if where is not None else own)
    if where is None and not (path.is_file() and zipfile.is_zipfile(path)):
        raise UsageError(
            "The nodes need batchdoctor as a single file, and none was named.",
            hint=f"--program batchdoctor.pyz, made by: {HOW_MADE}",
        )
    try:
        if path.exists() and not path.is_file():
            raise _no_program(path)
        content = path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except zipfile.BadZipFile:
        raise _no_program(path) from None
    if any(name.startswith(_PACKAGES) for name in names) and _NEEDED not in names:
        raise UsageError(
            f"{path} lacks the package for storage accounts.", hint=f"make it with: {HOW_MADE}"
        )
    return Program(
        path=path,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest()[:12],
        made_for=_made_for(names),
    )


def _made_for(names: list[str]) -> str | None:
    for name in names:
        if found := _MADE_FOR.search(name):
            return f"Python {found[1]}.{found[2]} on {found[3]}"
    return None
