"""Remembers the names that listings had, in files that a shell reads when TAB is pressed.

No network and no Python is asked then: a folder for each account, in it a file for each kind of
name, one name a line. Beside them are files that tell a shell which folder is the account's: one
for each profile, and `default` for an account that neither an option nor the environment names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

# Names of one kind that a file holds; older ones go.
_MOST = 500
# What a shell may be given to type: the service allows no other characters in an id.
_HARMLESS = re.compile(r"[A-Za-z0-9_.:-]+(/[A-Za-z0-9_.:-]+)?")
_ODD = re.compile(r"[^a-z0-9.-]")


def folder_name(host: str) -> str:
    """The name of an account's folder, as the completion scripts make it from an endpoint."""
    return _ODD.sub("_", host.lower())


def remember(
    folder: Path, host: str, pointer: str | None, names: Mapping[str, Sequence[str]]
) -> None:
    """Write names, the new ones before those that were there.

    What cannot be written is not told: it is a help for typing, and nobody asked for it here.
    """
    known = {kind: list(filter(_HARMLESS.fullmatch, each)) for kind, each in names.items()}
    if not any(known.values()):
        return
    with suppress(OSError, UnicodeError):
        own = folder / folder_name(host)
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        for kind, each in known.items():
            if each:
                old = _lines(own / kind)
                _write(own / kind, list(dict.fromkeys([*each, *old]))[:_MOST])
        if pointer and _HARMLESS.fullmatch(pointer):
            _write(folder / pointer, [own.name])


def _lines(path: Path) -> list[str]:
    try:
        if not path.is_file():
            return []
        return list(filter(_HARMLESS.fullmatch, path.read_text("utf-8").splitlines()))
    except FileNotFoundError:
        return []


def _write(path: Path, lines: Sequence[str]) -> None:
    """Write a file in one go, for its owner's eyes only; what is there already stays untouched."""
    text = "".join(f"{line}\n" for line in lines)
    with suppress(FileNotFoundError):
        if path.is_file() and path.read_text("utf-8") == text:
            return
    part = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
