"""Recognises by their beginning files that are no log but may hold one, and says what to do."""

from __future__ import annotations

import re

from batchdoctor.events.envelope import UnusableError

# What such a file is counted under.
NO_LOG = "no log"
_TAR_AT = 257
_UNPACK = "unpack it, and name the files in it"
_SAVE_AS = "save it as CSV or JSON, and name that"

# Beginning -> what it is, and what to do.
_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"Obj\x01", "an Avro file, as Event Hubs Capture writes", "convert it to JSON lines first"),
    (b"PAR1", "a Parquet file", "convert it to JSON lines first"),
    (b"ORC", "an ORC file", "convert it to JSON lines first"),
    (b"\xd0\xcf\x11\xe0", "a file of an old Excel, Word or Outlook", _SAVE_AS),
    (b"%PDF", "a PDF", "name the log itself: a page of it is no log"),
    (b"{\\rtf", "a rich text document", "save it as plain text, and name that"),
    (b"ElfFile\0", "an event log of Windows", "name a diagnostic log of the Batch account"),
    (b"SQLite format 3", "an SQLite database", "export its rows as CSV, and name that"),
    (b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"BZh", "packed by bzip2", "pipe it through: bzip2 -dc FILE"),
    (b"\xfd7zXZ", "packed by xz", "pipe it through: xz -dc FILE"),
    (b"\x04\x22\x4d\x18", "packed by lz4", "pipe it through: lz4 -dc FILE"),
    (b"\x89PNG", "a picture", "copy the text instead of a picture of it"),
    (b"\xff\xd8\xff", "a picture", "copy the text instead of a picture of it"),
)
_ZIP = b"PK\x03\x04"
_HTML = re.compile(rb"\s*(?:<!doctype html|<html|<head|<meta)", re.IGNORECASE)
_SIGN_IN = re.compile(rb"sign[ -]?in|login\.microsoftonline|<title>[^<]*log ?in", re.IGNORECASE)
_XML = re.compile(rb"\s*(?:<\?xml|<Error>)", re.IGNORECASE)
_CODE = re.compile(rb"<Code>([A-Za-z0-9]{1,80})</Code>")


def foreign(head: bytes) -> UnusableError | None:
    """What a file is that is no log, told by its first bytes; None if it may be a log."""
    for beginning, what, hint in _BEGINNINGS:
        if head.startswith(beginning):
            return _refusal(what, hint)
    if head.startswith(_ZIP):
        office = b"[Content_Types].xml" in head or b"xl/" in head
        what = "an Excel workbook or another Office document" if office else "a zip archive"
        return _refusal(what, _SAVE_AS if office else _UNPACK)
    if head[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return _refusal("a tar archive", "unpack it with tar -xf, and name the files in it")
    return _page(head)


def _page(head: bytes) -> UnusableError | None:
    if _HTML.match(head):
        if _SIGN_IN.search(head):
            return _refusal("the page to sign in, not the log", "sign in, and save it again")
        return _refusal("a web page", "save the log itself, not the page that shows it")
    if _XML.match(head):
        code = _CODE.search(head)
        if code is not None:
            told = code[1].decode()
            return _refusal(f"an answer of storage: {told}", f"batchdoctor explain {told}")
        return _refusal("XML", "diagnostic logs are JSON, or a table with column names")
    return None


def _refusal(what: str, hint: str) -> UnusableError:
    return UnusableError(NO_LOG, what, hint=hint)
