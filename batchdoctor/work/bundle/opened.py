"""Opens a bundle, whoever made it: nothing is unpacked to disk, and nothing believed unchecked."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import msgspec

from batchdoctor.core.names import folded
from batchdoctor.errors import InputError
from batchdoctor.work.bundle.manifest import FORMAT, NAME, PROGRAM, Key, Manifest, Part

# A bundle has a few parts for each job and failed task; a bomb has millions.
_MOST_PARTS = 200_000
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LARGEST_PART = 512 << 20
_LARGEST_TABLE = 64 << 20
_END = struct.Struct("<4s4H2LH")
# The end of a zip file may be followed by a comment of 64 KiB.
_LONGEST_END = 22 + 65_535 + 76
_END_64 = struct.Struct("<4sQ2H2L4Q")
_HINT = "batchdoctor bundle --out FILE.zip makes one"

Document = Mapping[str, Any]


class Bundle:
    """A bundle that was opened. Parts are read when they are asked for, and checked then.

    Raises InputError for what is no bundle, is damaged, hostile, or of a later batchdoctor.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._packed = self._open()
        self.manifest = self._manifest()
        self._parts: dict[Key, Part] = {part.key: part for part in self.manifest.parts}
        self._documents = lru_cache(maxsize=64)(self._decoded)

    def part(self, kind: str, *of: str) -> Part | None:
        """A part by what it holds; ids compare without case."""
        return self._parts.get((kind, *(folded(name) for name in of)))

    def parts(self, kind: str) -> list[Part]:
        """All parts of a kind."""
        return [part for part in self.manifest.parts if part.kind == kind]

    def data(self, part: Part) -> bytes:
        """The bytes of a part. Raises InputError where they are not those that were written."""
        data = self._read(part.path, min(part.bytes, _LARGEST_PART))
        if len(data) != part.bytes or hashlib.sha256(data).hexdigest() != part.sha256:
            self._refuse(f"its part {part.path} is not as it was written")
        return data

    def documents(self, kind: str, *of: str) -> Sequence[Document] | None:
        """The documents of a list; None if it was not taken."""
        part = self.part(kind, *of)
        return None if part is None else self._documents(part.path, part.key)

    def close(self) -> None:
        """Close the file."""
        self._packed.close()

    def _decoded(self, _path: str, key: Key) -> list[Document]:
        part = self._parts[key]
        try:
            return list(msgspec.json.Decoder(dict[str, Any]).decode_lines(self.data(part)))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self._refuse(f"its part {part.path} is no list of documents")

    def _open(self) -> zipfile.ZipFile:
        try:
            with self.path.open("rb") as file:
                entries, table = _told(file)
            if entries > _MOST_PARTS or table > _LARGEST_TABLE:
                self._refuse(f"it claims to have {entries:,} parts, in a table of {table:,} bytes")
            return zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, EOFError, ValueError, struct.error, NotImplementedError):
            self._refuse("it is no whole zip file")
        except OSError as error:
            raise InputError(f"Cannot read {self.path}: {error.strerror}.", hint=_HINT) from error

    def _manifest(self) -> Manifest:
        try:
            data = self._read(NAME, _LARGEST_TABLE)
            told = msgspec.json.decode(data)
        except (KeyError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self._refuse("it has no table of its parts that can be read")
        if not isinstance(told, dict) or told.get("program") != PROGRAM:
            self._refuse("another program made it")
        if isinstance(told.get("format"), int) and told["format"] > FORMAT:
            raise InputError(
                f"{self.path} was made by a later batchdoctor ({told.get('version')}).",
                hint="upgrade batchdoctor to read it",
            )
        try:
            return msgspec.convert(told, Manifest)
        except msgspec.ValidationError as error:
            self._refuse(f"the table of its parts is damaged: {error}")

    def _read(self, name: str, most: int) -> bytes:
        """A part's bytes, at most so many. Raises KeyError for one that is not there."""
        try:
            info = self._packed.getinfo(name)
            if info.compress_type not in _PACKINGS:
                self._refuse(f"its part {name} is packed in a way that bundles are not")
            if info.file_size > most:
                self._refuse(f"its part {name} unpacks to more than it says")
            with self._packed.open(info) as packed:
                return packed.read(most + 1)
        except KeyError:
            if name == NAME:
                raise
            self._refuse(f"its part {name} is missing")
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, zlib.error):
            self._refuse(f"its part {name} cannot be unpacked")

    def _refuse(self, why: str) -> NoReturn:
        raise InputError(f"{self.path} is no bundle that can be used: {why}.", hint=_HINT)


def _told(file: BinaryIO) -> tuple[int, int]:
    """How many entries a zip file says that it has, and how long their table is: looked at first.

    Raises BadZipFile for a file without the end of one.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read(_LONGEST_END)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + _END.size:
        raise zipfile.BadZipFile
    entries, table = _END.unpack_from(tail, at)[4:6]
    at = tail.rfind(b"PK\x06\x06")
    if at >= 0 and len(tail) >= at + _END_64.size:
        more, longer = _END_64.unpack_from(tail, at)[7:9]
        entries, table = max(entries, more), max(table, longer)
    return entries, table
