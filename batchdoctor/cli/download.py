"""Brings one file here: to standard output as it is, or under a name that is whole or not there."""

from __future__ import annotations

import codecs
import os
import tempfile
from pathlib import Path

from batchdoctor.cli.call import Call
from batchdoctor.errors import UsageError
from batchdoctor.report.times import size_text
from batchdoctor.report.untrusted import visible
from batchdoctor.service.client import Client
from batchdoctor.service.files import download, read
from batchdoctor.service.source import FileSource


def show(call: Call, client: Client, source: FileSource, *, raw: bool) -> None:
    """Write a file to standard output: exact bytes, or readable text if a person is looking."""
    output = call.world.output
    if raw or not call.world.stdout.isatty():
        for block in read(client, source):
            output.write_bytes(block)
        return
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    for block in read(client, source):
        output.write(_harmless(decoder.decode(block)))
    output.write(_harmless(decoder.decode(b"", final=True)))


def _harmless(text: str) -> str:
    """Text without what a terminal would obey, its lines and tabs kept."""
    return "\n".join(
        "\t".join(visible(cell) for cell in line.split("\t")) for line in text.split("\n")
    )


def save(call: Call, client: Client, source: FileSource, target: Path, *, force: bool) -> None:
    """Write a file under `target`, which appears only when all of it is there.

    Raises UsageError if a file is in the way and `force` is not given, or if the place cannot be
    written to.
    """
    if target.exists() and not force:
        raise UsageError(
            f"{target} is there already and was left as it is.",
            hint="add --force to replace it, or choose another --out",
        )
    try:
        size = _save(client, source, target)
    except OSError as error:
        raise UsageError(f"{target} could not be written: {error.strerror}.") from error
    call.world.tell(f"wrote {size_text(size)} to {visible(str(target))}")


def _save(client: Client, source: FileSource, target: Path) -> int:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as sink:
            info = download(client, source, sink)
            sink.flush()
            os.fsync(sink.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(target)
    except BaseException:  # an interrupted download must not leave its half behind either
        part.unlink(missing_ok=True)
        raise
    return info.size


def _umask() -> int:
    """The process's mask for new files, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
