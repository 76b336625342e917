"""The machine formats: json, jsonl, csv, tsv and ids; none of them knows of the terminal."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

import msgspec

from batchdoctor.core.text.gate import json_line, shown_lines
from batchdoctor.core.text.times import utc_text
from batchdoctor.errors import BatchdoctorError
from batchdoctor.report.document import SCHEMA_VERSION, Document, Ending, Item
from batchdoctor.report.formats import Format

# Up to here the items of a json document wait in memory for the summary that precedes them.
_SPOOL_BYTES = 8 * 1024 * 1024

# What a spreadsheet would take for a formula. A number with a sign stays bare.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t")


Write = Callable[[str], object]


def write_json(document: Document, write: Write) -> Ending:
    """One document on one line, items last.

    Raises BatchdoctorError where the disk has no room for the items until they are written.
    """
    import tempfile  # which brings in far more than the other formats need

    spool = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115
    try:
        for index, item in enumerate(document.items):
            kept = (b"," if index else b"") + json_line(item).encode()
            with _kept_on_disk():
                spool.write(kept)
        ending = document.ending()
        with _kept_on_disk():
            spool.seek(0)
        write(f'{json_line(_head(document, ending))[:-1]},"items":[')
        for chunk in _utf8_chunks(spool):
            write(chunk)
        write("]}\n")
    finally:
        # What could not be written is tried once more by closing it.
        with suppress(OSError):
            spool.close()
    return ending


@contextmanager
def _kept_on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise BatchdoctorError(
            f"The answer is not complete: it could not be kept until its end: {reason}.",
            hint="-o jsonl keeps nothing; TMPDIR names another folder to keep it in",
        ) from error


def _utf8_chunks(spool: IO[bytes]) -> Iterator[str]:
    decode = codecs.getincrementaldecoder("utf-8")().decode
    while block := spool.read(1024 * 1024):
        yield decode(block)


def _head(document: Document, ending: Ending) -> dict[str, object]:
    return {
        "schemaVersion": SCHEMA_VERSION,
        "command": document.head.command,
        "account": document.head.account,
        "generatedAt": utc_text(document.head.generated_at),
        "complete": not ending.problems,
        "problems": [
            {"subject": problem.subject, "message": problem.message} for problem in ending.problems
        ],
        "summary": ending.summary,
        "span": {"since": utc_text(ending.span.since), "until": utc_text(ending.span.until)},
        "checked": ending.checked,
    }


def write_jsonl(document: Document, write: Write) -> Ending:
    """One item a line, each written as soon as it is known."""
    for item in document.items:
        write(json_line(item) + "\n")
    return document.ending()


def write_csv(document: Document, write: Write) -> Ending:
    """RFC 4180 with a header; cells that a spreadsheet would run start with an apostrophe."""
    import csv

    writer = csv.writer(_Lines(write))
    writer.writerow(document.keys)
    for item in document.items:
        writer.writerow([_harmless_cell(cell) for cell in _cells(document, item)])
    return document.ending()


class _Lines:
    """The one method of a file that the csv module asks for."""

    def __init__(self, write: Write) -> None:
        self.write = write


def write_tsv(document: Document, write: Write) -> Ending:
    r"""Tab-separated without a header, as az does; `\`, tabs and line ends are escaped."""
    for item in document.items:
        write("\t".join(_tsv_cell(cell) for cell in _cells(document, item)) + "\n")
    return document.ending()


def write_ids(document: Document, write: Write) -> Ending:
    """One `JOB/TASK` or `POOL/NODE` a line, each once in a row."""
    previous = None
    for item in document.items:
        name = document.name_of(item)
        if name is not None and name != previous:
            write(shown_lines(name) + "\n")
        previous = name
    return document.ending()


def _cells(document: Document, item: Item) -> list[str]:
    cells = [_cell(item[key]) for key in document.keys]
    whole = " ".join(cells)
    # One look at the row instead of one at each cell: most rows hold nothing to be taken out.
    return cells if shown_lines(whole) == whole else [shown_lines(cell) for cell in cells]


def _cell(value: object) -> str:
    """A value as one cell: nothing for null, `;` between the entries of a list of words."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list() if all(isinstance(entry, str) for entry in value):
            return "; ".join(value)
        case list() | dict():
            return msgspec.json.encode(value).decode()
        case _:
            return str(value)


def _harmless_cell(cell: str) -> str:
    if not cell.startswith(_FORMULA_STARTS) or _is_number(cell):
        return cell
    return f"'{cell}"


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _tsv_cell(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


MACHINE_FORMATS: dict[Format, Callable[[Document, Write], Ending]] = {
    Format.JSON: write_json,
    Format.JSONL: write_jsonl,
    Format.CSV: write_csv,
    Format.TSV: write_tsv,
    Format.IDS: write_ids,
}
