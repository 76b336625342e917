"""Where a file of a task or a node may be written here: never outside the folder that was given."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

import msgspec

from batchdoctor.errors import RefusedError

# What one part of a path may be long on the file systems in use, in bytes.
_LONGEST_PART = 255
_DRIVE = re.compile(r"[A-Za-z]:")
# Names that Windows takes for devices, whatever their extension.
_DEVICES = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE
)
_FORBIDDEN = frozenset('<>:"|?*')


class LocalFolder(msgspec.Struct):
    """A folder that files are written below, under names that came from elsewhere.

    Names that no file system takes for anything else stay as they are. Characters and names that
    some system does not allow are written as `%1B`; the second of two names that differ only in
    case or in Unicode form gets a number.
    """

    root: Path
    _taken: dict[str, str] = msgspec.field(default_factory=dict)

    def path_of(self, name: str) -> Path:
        """Where the file `name` goes. Raises RefusedError for a name that points elsewhere."""
        parts = [_safe_part(part) for part in _parts(name)]
        relative = self._free("/".join(parts), name)
        path = self.root.joinpath(*relative.split("/"))
        # A link that stands in the folder already must not lead out of it either.
        # (`Path.resolve` would call links that lead to each other a bug.)
        if not Path(os.path.realpath(path.parent)).is_relative_to(os.path.realpath(self.root)):
            raise RefusedError(f"{name!r} was not written: a link leads out of {self.root}.")
        return path

    def _free(self, relative: str, name: str) -> str:
        wanted, number = relative, 2
        while self._taken.setdefault(_folded(relative), name) != name:
            relative, number = f"{wanted}~{number}", number + 1
        return relative


def _folded(text: str) -> str:
    """What file systems that ignore case and Unicode form make of a name."""
    return unicodedata.normalize("NFC", text).casefold()


def _parts(name: str) -> list[str]:
    """The parts of a path that stays below its root. Raises RefusedError for any other."""
    text = name.replace("\\", "/")
    parts = [part for part in text.split("/") if part not in {"", "."}]
    outside = text.startswith("/") or _DRIVE.match(text) or ".." in parts or "\0" in text
    if outside or not parts:
        raise RefusedError(
            f"{name!r} was not written: its name points outside the folder.",
            hint="fetch it on its own, under a name of yours: --out FILE",
        )
    if any(len(part.encode("utf-8", "surrogatepass")) > _LONGEST_PART for part in parts):
        raise RefusedError(f"{name!r} was not written: its name is too long.")
    return parts


def _safe_part(part: str) -> str:
    if _DEVICES.fullmatch(part):
        return f"%{ord(part[0]):02X}{part[1:]}"
    safe = "".join(
        char if char.isprintable() and char not in _FORBIDDEN else _escaped(char) for char in part
    )
    # Windows drops dots and blanks at the end, which makes another name of it.
    return safe[:-1] + _escaped(safe[-1]) if safe[-1] in ". " else safe


def _escaped(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))
