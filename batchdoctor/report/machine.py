"""The machine formats: json, jsonl, csv, tsv and ids; none of them knows of the terminal."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from types import NoneType
from typing import IO, Any

import msgspec

from batchdoctor.core.item import Item, encodable, plain
from batchdoctor.core.text.gate import json_line, shown_lines
from batchdoctor.core.text.times import utc_text
from batchdoctor.errors import BatchdoctorError
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.envelope import SCHEMA_VERSION, Envelope, problem_item
from batchdoctor.report.formats import Format

# Up to here the items of a json document wait in memory for the summary that precedes them.
_SPOOL_BYTES = 8 * 1024 * 1024

# What a spreadsheet would take for a formula. A number with a sign stays bare.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t")


Write = Callable[[str], object]


def write_json(document: Document[Any], write: Write) -> Ending:
    """One document on one line, items last.

    Raises BatchdoctorError where the disk has no room for the items until they are written.
    """
    import tempfile  # which brings in far more than the other formats need

    spool = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115
    try:
        for index, item in enumerate(document.items):
            kept = (b"," if index else b"") + json_line(encodable(item)).encode()
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


def _head(document: Document[Any], ending: Ending) -> dict[str, object]:
    head = document.head
    envelope: Envelope[Item, Item] = Envelope(
        schema_version=SCHEMA_VERSION,
        command=head.command,
        account=head.account,
        generated_at=head.generated_at,
        complete=not ending.problems,
        problems=tuple(map(problem_item, ending.problems)),
        summary=ending.summary,
        span=ending.span,
        checked=tuple(ending.checked),
        items=(),
    )
    told: dict[str, object] = plain(envelope)
    del told["items"]  # which are written one by one
    return told


def write_jsonl(document: Document[Any], write: Write) -> Ending:
    """One item a line, each written as soon as it is known."""
    for item in document.items:
        write(json_line(encodable(item)) + "\n")
    return document.ending()


def write_csv(document: Document[Any], write: Write) -> Ending:
    """RFC 4180 with a header; cells that a spreadsheet would run start with an apostrophe."""
    import csv

    writer = csv.writer(_Lines(write))
    kind = document.item_type
    writer.writerow(kind.__struct_encode_fields__ if kind else ())
    for item in document.items:
        writer.writerow([_harmless_cell(cell) for cell in _cells(item)])
    return document.ending()


class _Lines:
    """The one method of a file that the csv module asks for."""

    def __init__(self, write: Write) -> None:
        self.write = write


def write_tsv(document: Document[Any], write: Write) -> Ending:
    r"""Tab-separated without a header, as az does; `\`, tabs and line ends are escaped."""
    for item in document.items:
        write("\t".join(_tsv_cell(cell) for cell in _cells(item)) + "\n")
    return document.ending()


def write_ids(document: Document[Any], write: Write) -> Ending:
    """One `JOB/TASK` or `POOL/NODE` a line, each once in a row."""
    previous = None
    for item in document.items:
        names = document.name_of(item)
        if names is not None and names != previous:
            for name in [names] if isinstance(names, str) else names:
                # A name may hold the end of a line, and would be two.
                write(shown_lines(name).replace("\n", "\\n") + "\n")
        previous = names
    return document.ending()


def _cells(item: Item) -> list[str]:
    cells = [_cell(getattr(item, name)) for name in item.__struct_fields__]
    whole = " ".join(cells)
    # One look at the row instead of one at each cell: most rows hold nothing to be taken out.
    return cells if shown_lines(whole) == whole else [shown_lines(cell) for cell in cells]


def _cell(value: object) -> str:
    """A value as one cell: nothing for None, `;` between the entries of a list of words."""
    return _CELLS.get(type(value), _nested_cell)(value)


def _nested_cell(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple) and all(isinstance(entry, str) for entry in value):
        return "; ".join(value)
    return msgspec.json.encode(plain(value)).decode()


_CELLS: dict[type, Callable[[Any], str]] = {
    NoneType: lambda _: "",
    str: lambda value: value,
    bool: lambda value: "true" if value else "false",
    int: str,
    float: str,
    datetime: lambda value: utc_text(value) or "",
}


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


MACHINE_FORMATS: dict[Format, Callable[[Document[Any], Write], Ending]] = {
    Format.JSON: write_json,
    Format.JSONL: write_jsonl,
    Format.CSV: write_csv,
    Format.TSV: write_tsv,
    Format.IDS: write_ids,
}
